using System.Text.RegularExpressions;
using Commerce.Architecture.Tests.Reading;
using Mono.Cecil;

namespace Commerce.Architecture.Tests.Rules;

/// <summary>The symbols of BannedSymbols.txt stay outside, both for the analyzer's settings and in what was compiled.</summary>
internal static class BannedSymbolsWall
{
    /// <summary>The rooms of the banned symbols; each is named in .editorconfig with its reason.</summary>
    public static readonly IReadOnlyList<string> Rooms = ["src/BuildingBlocks/Commerce.EventStore/Identifiers.cs"];

    private static readonly Regex Hushed = new(
        @"#pragma\s+warning\s+disable|SuppressMessage|RS0030", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    /// <summary>Project settings that would switch the analyzer off.</summary>
    public static IEnumerable<string> SwitchedOff(ProjectFile project)
    {
        var text = project.Xml.ToString();
        foreach (var word in (string[])["RS0030", "BannedSymbols", "RunAnalyzers", "<TreatWarningsAsErrors", "<AnalysisMode", "<NoWarn", "WarningsNotAsErrors", "BannedApiAnalyzers"])
        {
            if (text.Contains(word, StringComparison.Ordinal))
            {
                yield return $"{project.Name} says {word}: the rules of the house are set in one place.";
            }
        }
    }

    /// <summary>Source that hushes a rule.</summary>
    public static IEnumerable<string> HushedIn(string file, string text) =>
        Hushed.Matches(text).Select(match => $"{file} says '{match.Value}'.");

    /// <summary>Sections of .editorconfig that lift the ban.</summary>
    public static IReadOnlyList<string> LiftedIn(string editorConfig)
    {
        var lifted = new List<string>();
        var section = "";
        foreach (var line in editorConfig.Split('\n').Select(line => line.Trim()))
        {
            section = line.StartsWith('[') ? line.Trim('[', ']') : section;
            if (Regex.IsMatch(line, @"^dotnet_diagnostic\.RS0030\.severity\s*=\s*(?!\s|error)", RegexOptions.None, TimeSpan.FromSeconds(1)))
            {
                lifted.Add(section);
            }
        }

        return lifted;
    }

    /// <summary>Banned members that compiled code calls after all. Awaiters are left out: the compiler itself calls them for every await.</summary>
    public static IEnumerable<string> Calls(AssemblyDefinition assembly, IReadOnlySet<string> banned) =>
        from type in assembly.Types()
        where type.Outermost().FullName != "Commerce.EventStore.Identifiers"
        // What measures coverage writes a class of its own into each assembly.
        where !type.FullName.StartsWith("Coverlet.Core.Instrumentation.Tracker.", StringComparison.Ordinal)
        from method in type.Methods
        from instruction in method.Instructions()
        let called = instruction.Operand as MethodReference
        where called is not null
        let name = $"{called.DeclaringType.GetElementType().FullName}.{(called.Name.StartsWith("get_", StringComparison.Ordinal) ? called.Name[4..] : called.Name.Replace(".ctor", "#ctor", StringComparison.Ordinal))}"
        where banned.Contains(name)
        // Exactly the seedless constructor and the listed overloads are the analyzer's business; by name is strict enough here.
        select $"{type.FullName}.{method.Name} calls {name}.";

    /// <summary>The members of a list of banned symbols, as <c>Namespace.Type.Member</c>.</summary>
    public static IReadOnlySet<string> Members(string list) => list.Split('\n')
        .Where(line => line.Length > 2 && line[1] == ':')
        .Select(line => line[2..].Split(';')[0].Split('(')[0])
        .Where(member => !member.Contains("Awaiter", StringComparison.Ordinal))
        .ToHashSet(StringComparer.Ordinal);
}
