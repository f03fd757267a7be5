using System.Text.RegularExpressions;
using Commerce.Architecture.Tests.Reading;
using Mono.Cecil;

namespace Commerce.Architecture.Tests.Rules;

/// <summary>A slice's file and the types that are declared in it.</summary>
internal sealed record SliceFile(string Path, string Module, IReadOnlyList<string> Types)
{
    private static readonly Regex Declaration = new(
        @"^(?:public |internal |file )?(?:sealed |static |abstract |partial |readonly |unsafe )*(?:record struct|record class|record|class|struct|interface|enum) (?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public static SliceFile Read(string path, string module)
    {
        var text = File.ReadAllText(path);
        var space = Regex.Match(text, @"^namespace (?<name>[\w.]+);", RegexOptions.Multiline, TimeSpan.FromSeconds(5)).Groups["name"].Value;
        return new SliceFile(path, module, [.. Declaration.Matches(text).Select(match => $"{space}.{match.Groups["name"].Value}").Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>Every slice on the disk.</summary>
    public static IReadOnlyList<SliceFile> All { get; } =
        [.. Disk.Modules.SelectMany(module => Disk.FilesUnder($"src/Modules/{module}/Commerce.{module}", "*.cs")
            .Where(file => file.Contains("/Slices/", StringComparison.Ordinal)).Select(file => Read(file, module)))];
}

/// <summary>Slices are small, know nothing of each other, and hold one endpoint each.</summary>
internal static class SliceWall
{
    public const int MostLines = 150;
    private const string EndpointInterface = "Commerce.Web.ICarterModule";

    public static IEnumerable<string> TooLong(SliceFile slice)
    {
        var lines = File.ReadLines(slice.Path).Count();
        if (lines > MostLines)
        {
            yield return $"{Disk.Relative(slice.Path)} has {lines} lines, {MostLines} at the most: it is two verbs, or holds what belongs elsewhere.";
        }
    }

    public static IEnumerable<string> Strangers(IReadOnlyCollection<SliceFile> slices, AssemblyDefinition assembly)
    {
        var owners = slices.SelectMany(slice => slice.Types.Select(type => (type, slice))).ToDictionary(pair => pair.type, pair => pair.slice, StringComparer.Ordinal);
        foreach (var type in assembly.Types())
        {
            if (!owners.TryGetValue(type.Outermost().FullName, out var mine))
            {
                continue;
            }

            var foreign = type.Mentioned()
                .Select(mentioned => Outermost(mentioned).FullName)
                .Where(name => owners.TryGetValue(name, out var owner) && owner != mine)
                .Distinct(StringComparer.Ordinal);
            foreach (var name in foreign)
            {
                yield return $"{mine.Name} uses {name} of the slice {owners[name].Name} (in {type.FullName}).";
            }
        }
    }

    public static IEnumerable<string> NotOneEndpoint(SliceFile slice, AssemblyDefinition assembly)
    {
        var endpoints = assembly.Types().Where(type => slice.Types.Contains(type.FullName, StringComparer.Ordinal) && type.Implements(EndpointInterface)).ToList();
        if (endpoints.Count != 1 || endpoints[0].Name != slice.Name + "Endpoint")
        {
            yield return $"{Disk.Relative(slice.Path)} has the endpoints [{string.Join(", ", endpoints.Select(endpoint => endpoint.Name))}] instead of {slice.Name}Endpoint alone.";
        }
    }

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }

        return type;
    }
}
