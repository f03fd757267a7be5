using System.Xml.Linq;
using Commerce.Architecture.Tests.Reading;
using Commerce.Architecture.Tests.Rules;

namespace Commerce.Architecture.Tests;

public sealed class BannedSymbolsWallTests
{
    private static readonly IReadOnlyList<ProjectFile> Projects = Disk.ProjectsUnder("src");
    private static readonly IReadOnlySet<string> Banned = BannedSymbolsWall.Members(File.ReadAllText(Path.Combine(Disk.Root, "BannedSymbols.txt")));

    [Fact]
    public void The_list_of_banned_symbols_reaches_every_project_of_src()
    {
        var common = XDocument.Load(Path.Combine(Disk.Root, "Directory.Build.props"));
        common.Descendants("AdditionalFiles").ShouldContain(file => ((string?)file.Attribute("Include"))!.EndsWith("BannedSymbols.txt", StringComparison.Ordinal));
        common.Descendants("PackageReference").ShouldContain(package => (string?)package.Attribute("Include") == "Microsoft.CodeAnalysis.BannedApiAnalyzers");
        common.Descendants("TreatWarningsAsErrors").Single().Value.ShouldBe("true");
        Banned.ShouldContain("System.DateTime.UtcNow");
        Banned.ShouldContain("System.Guid.NewGuid");
        Projects.ShouldNotBeEmpty();
        Projects.SelectMany(BannedSymbolsWall.SwitchedOff).ShouldBeEmpty();
    }

    [Fact]
    public void The_ban_is_lifted_in_its_rooms_alone()
    {
        var config = File.ReadAllText(Path.Combine(Disk.Root, ".editorconfig"));

        config.ShouldContain("dotnet_diagnostic.RS0030.severity = error");
        config.ShouldContain("dotnet_diagnostic.CS8509.severity = error");
        config.ShouldContain("dotnet_diagnostic.CA2016.severity = error");
        BannedSymbolsWall.LiftedIn(config).ShouldBe(BannedSymbolsWall.Rooms);
    }

    [Fact]
    public void No_source_hushes_a_rule() =>
        Disk.FilesUnder("src", "*.cs").SelectMany(file => BannedSymbolsWall.HushedIn(Disk.Relative(file), File.ReadAllText(file))).ShouldBeEmpty();

    [Fact]
    public void No_compiled_code_calls_what_is_banned() =>
        Projects.SelectMany(project => BannedSymbolsWall.Calls(Code.Assembly(project.Name), Banned)).ShouldBeEmpty();

    [Fact]
    public void Money_and_stock_compute_checked_and_never_in_floats()
    {
        var common = XDocument.Load(Path.Combine(Disk.Root, "Directory.Build.props"));
        common.Descendants("CheckForOverflowUnderflow").Single().Value.ShouldBe("true");
        FloatsOf([.. Disk.Modules.Select(Code.Module), Code.Assembly("Commerce.Monetary")]).ShouldBeEmpty();
    }

    [Fact]
    public void A_banned_call_and_a_hushed_rule_are_found()
    {
        BannedSymbolsWall.Calls(Code.BadSamples, Banned).Where(call => call.Contains("BadClock", StringComparison.Ordinal)).Count().ShouldBe(2);
        BannedSymbolsWall.HushedIn("x.cs", "#pragma warning disable CA1000").ShouldNotBeEmpty();
        BannedSymbolsWall.HushedIn("x.cs", "[SuppressMessage(\"a\", \"b\")]").ShouldNotBeEmpty();
        BannedSymbolsWall.SwitchedOff(new ProjectFile("x.csproj", XDocument.Parse("<Project><PropertyGroup><NoWarn>RS0030</NoWarn></PropertyGroup></Project>"))).ShouldNotBeEmpty();
        BannedSymbolsWall.SwitchedOff(new ProjectFile("x.csproj", XDocument.Parse("""<Project><ItemGroup><AdditionalFiles Remove="$(R)BannedSymbols.txt" /></ItemGroup></Project>"""))).ShouldNotBeEmpty();
        BannedSymbolsWall.LiftedIn("[src/*.cs]\ndotnet_diagnostic.RS0030.severity = none").ShouldBe(["src/*.cs"]);
        FloatsOf([Code.BadSamples]).ShouldNotBeEmpty();
    }

    /// <summary>Fields and properties that look like money and are no decimal.</summary>
    private static IEnumerable<string> FloatsOf(IEnumerable<Mono.Cecil.AssemblyDefinition> assemblies) =>
        from assembly in assemblies
        from type in assembly.Types()
        from field in type.Fields
        where field.FieldType.FullName is "System.Double" or "System.Single" or "System.Nullable`1<System.Double>"
        where (string[])["amount", "price", "total", "money", "tax", "discount", "cost"] is var words && words.Any(word => field.Name.Contains(word, StringComparison.OrdinalIgnoreCase))
        select $"{type.FullName}.{field.Name} is a float.";
}
