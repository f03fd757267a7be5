using System.Text.RegularExpressions;
using Commerce.Architecture.Tests.Reading;

namespace Commerce.Architecture.Tests;

/// <summary>Grammar is the map: names that say nothing are not let in.</summary>
public sealed class NameTests
{
    private static readonly Regex Empty = new("(Manager|Helper|Helpers|Service|Utils|Util|Utility|Common|Base)$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    [Fact]
    public void No_type_of_src_has_an_empty_name() =>
        Disk.ProjectsUnder("src").SelectMany(project => EmptyNames(Code.Assembly(project.Name))).ShouldBeEmpty();

    [Fact]
    public void Namespaces_are_folders()
    {
        var wrong = Disk.FilesUnder("src", "*.cs").Where(file => Path.GetFileName(file) != "Program.cs").Select(file =>
        {
            var project = Directory.GetFiles(ProjectFolder(file), "*.csproj").Single();
            var folder = Path.GetRelativePath(Path.GetDirectoryName(project)!, Path.GetDirectoryName(file)!);
            var expected = Path.GetFileNameWithoutExtension(project) + (folder == "." ? "" : "." + folder.Replace('/', '.'));
            var found = Regex.Match(File.ReadAllText(file), @"^namespace (?<name>[\w.]+);", RegexOptions.Multiline, TimeSpan.FromSeconds(5)).Groups["name"].Value;
            return found == expected ? null : $"{Disk.Relative(file)}: '{found}' instead of '{expected}'";
        });

        wrong.OfType<string>().ShouldBeEmpty();
    }

    [Fact]
    public void Wire_types_have_one_name_each_in_the_whole_shop() =>
        Disk.Modules.SelectMany(module => Code.Module(module).Types())
            .Where(type => Regex.IsMatch(type.Name, "(Request|Response)$", RegexOptions.None, TimeSpan.FromSeconds(1)))
            .GroupBy(type => type.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => string.Join(" and ", group.Select(type => type.FullName))).ShouldBeEmpty();

    [Fact]
    public void An_empty_name_is_found() => EmptyNames(Code.BadSamples).ShouldContain("Commerce.Architecture.Tests.BadSamples.OrderHelper");

    private static IEnumerable<string> EmptyNames(Mono.Cecil.AssemblyDefinition assembly) =>
        assembly.Types().Where(type => !type.IsCompilerMade() && !type.FullName.Contains("Generated", StringComparison.Ordinal) && Empty.IsMatch(type.Name.Split('`')[0])).Select(type => type.FullName);

    private static string ProjectFolder(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        while (Directory.GetFiles(folder, "*.csproj").Length == 0)
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
