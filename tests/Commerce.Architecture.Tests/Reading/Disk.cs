using System.Xml.Linq;

namespace Commerce.Architecture.Tests.Reading;

/// <summary>The repository as it lies on the disk: what every rule derives its subjects from.</summary>
internal static class Disk
{
    public static string Root { get; } = FindRoot();

    public static string Source { get; } = Path.Combine(Root, "src");

    /// <summary>The modules' names: the folders under <c>src/Modules</c>.</summary>
    public static IReadOnlyList<string> Modules { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Source, "Modules")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    /// <summary>The projects under <c>tests</c>.</summary>
    public static IReadOnlySet<string> TestProjects { get; } =
        FilesUnder("tests", "*.csproj").Select(file => Path.GetFileNameWithoutExtension(file)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Every project below a folder of the repository.</summary>
    public static IReadOnlyList<ProjectFile> ProjectsUnder(string folder) =>
        [.. FilesUnder(folder, "*.csproj").Select(ProjectFile.Read).OrderBy(project => project.Path, StringComparer.Ordinal)];

    /// <summary>Files below a folder of the repository, without what a build leaves.</summary>
    public static IEnumerable<string> FilesUnder(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    public static string Relative(string path) => Path.GetRelativePath(Root, path);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Commerce.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests are not inside the repository.");
    }
}

/// <summary>A project file as text: a use through <c>const</c> or <c>nameof</c> leaves no trace in IL, a reference always does here.</summary>
internal sealed record ProjectFile(string Path, XDocument Xml)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public bool IsContracts => Name.EndsWith(".Contracts", StringComparison.Ordinal);

    public static ProjectFile Read(string path) => new(path, XDocument.Load(path));

    /// <summary>The full paths of the projects it references.</summary>
    public IEnumerable<string> References => Items("ProjectReference")
        .Select(include => System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, include.Replace('\\', '/'))));

    /// <summary>The <c>Include</c>s of an item type.</summary>
    public IEnumerable<string> Items(string type) =>
        Xml.Descendants(type).SelectMany(item => ((string?)item.Attribute("Include") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
