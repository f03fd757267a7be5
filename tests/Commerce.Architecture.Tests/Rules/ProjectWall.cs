using Commerce.Architecture.Tests.Reading;

namespace Commerce.Architecture.Tests.Rules;

/// <summary>Modules see each other's contracts and nothing else; contracts and building blocks see no module.</summary>
internal static class ProjectWall
{
    private static readonly string[] References = ["ProjectReference", "PackageReference", "FrameworkReference", "Reference"];

    public static IEnumerable<string> Breaches(ProjectFile project)
    {
        var blocks = Path.Combine(Disk.Source, "BuildingBlocks") + "/";
        var isModule = project.Path.Contains("/src/Modules/", StringComparison.Ordinal);
        if (project.IsContracts)
        {
            foreach (var reference in References.SelectMany(project.Items))
            {
                yield return $"{project.Name} is a contract and references {reference}; contracts reference nothing.";
            }
        }
        else
        {
            foreach (var reference in project.References)
            {
                var isContract = Path.GetFileNameWithoutExtension(reference).EndsWith(".Contracts", StringComparison.Ordinal);
                if (!reference.StartsWith(blocks, StringComparison.Ordinal) && !(isModule && isContract))
                {
                    yield return $"{project.Name} references {Path.GetFileName(reference)}.";
                }
            }
        }

        foreach (var binary in project.Items("Reference"))
        {
            yield return $"{project.Name} references the binary {binary} past all walls.";
        }

        foreach (var file in project.Items("Compile").Where(file => file.Contains("..", StringComparison.Ordinal)))
        {
            yield return $"{project.Name} compiles {file} of another project.";
        }

        foreach (var import in project.Xml.Descendants("Import"))
        {
            yield return $"{project.Name} imports {(string?)import.Attribute("Project")}, which no rule reads.";
        }

        // A module opens itself to its own tests and to the walls; a building block to anything that is only for tests.
        foreach (var friend in project.Items("InternalsVisibleTo").Where(friend =>
            friend != project.Name + ".Tests" && friend != "Commerce.Architecture.Tests" && (isModule || !Disk.TestProjects.Contains(friend))))
        {
            yield return $"{project.Name} opens its internals to {friend}.";
        }
    }
}
