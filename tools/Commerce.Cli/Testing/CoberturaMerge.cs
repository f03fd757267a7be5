using System.Globalization;
using System.Xml.Linq;

namespace Commerce.Cli.Testing;

/// <summary>
/// The lines of <c>src</c> that some test ran. Each test assembly reports every assembly that it loads, so the same
/// line comes several times: it is covered when any of them ran it, and counts once.
/// </summary>
internal sealed class CoberturaMerge(string repository)
{
    private readonly string sources = Path.Combine(repository, "src") + Path.DirectorySeparatorChar;
    private readonly Dictionary<string, Dictionary<int, bool>> files = new(StringComparer.Ordinal);

    public void Add(string report)
    {
        var document = XDocument.Load(report);
        var roots = document.Descendants("source").Select(source => source.Value).ToList();
        foreach (var type in document.Descendants("class"))
        {
            var file = Resolve(roots, type.Attribute("filename")!.Value);
            if (!file.StartsWith(sources, StringComparison.Ordinal) || file.Contains("/obj/", StringComparison.Ordinal))
            {
                continue;
            }

            if (!files.TryGetValue(file, out var lines))
            {
                files[file] = lines = [];
            }

            foreach (var line in type.Descendants("line"))
            {
                var number = int.Parse(line.Attribute("number")!.Value, CultureInfo.InvariantCulture);
                var covered = line.Attribute("hits")!.Value != "0";
                lines[number] = covered || (lines.TryGetValue(number, out var before) && before);
            }
        }
    }

    /// <summary>Covered and coverable lines of each project, by name.</summary>
    public IReadOnlyList<ProjectCoverage> Projects() =>
        [.. files
            .GroupBy(file => ProjectOf(file.Key), StringComparer.Ordinal)
            .Select(project => new ProjectCoverage(
                project.Key,
                project.Sum(file => file.Value.Count(line => line.Value)),
                project.Sum(file => file.Value.Count)))
            .OrderBy(project => project.Name, StringComparer.Ordinal)];

    /// <summary>The files with the most lines that no test ran.</summary>
    public IReadOnlyList<(string File, int Missed)> WorstFiles(int count) =>
        [.. files
            .Select(file => (File: Path.GetRelativePath(repository, file.Key), Missed: file.Value.Count(line => !line.Value)))
            .Where(file => file.Missed > 0)
            .OrderByDescending(file => file.Missed)
            .ThenBy(file => file.File, StringComparer.Ordinal)
            .Take(count)];

    private static string Resolve(List<string> roots, string file)
    {
        if (Path.IsPathRooted(file))
        {
            return Path.GetFullPath(file);
        }

        var candidates = roots.Select(root => Path.GetFullPath(Path.Combine(root, file))).ToList();
        return candidates.FirstOrDefault(File.Exists) ?? candidates.FirstOrDefault() ?? file;
    }

    private string ProjectOf(string file)
    {
        for (var folder = Path.GetDirectoryName(file); folder is not null && folder.Length >= repository.Length; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.csproj").FirstOrDefault() is { } project)
            {
                return Path.GetFileNameWithoutExtension(project);
            }
        }

        return "(no project)";
    }
}

/// <summary>How many of a project's lines some test ran.</summary>
internal sealed record ProjectCoverage(string Name, int Covered, int Total)
{
    public double Percent => Total == 0 ? 100 : 100.0 * Covered / Total;
}
