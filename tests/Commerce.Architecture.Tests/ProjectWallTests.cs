using System.Xml.Linq;
using Commerce.Architecture.Tests.Reading;
using Commerce.Architecture.Tests.Rules;

namespace Commerce.Architecture.Tests;

public sealed class ProjectWallTests
{
    private static readonly IReadOnlyList<ProjectFile> Projects = Disk.ProjectsUnder("src");

    [Fact]
    public void The_subjects_are_the_projects_of_the_disk_and_of_the_solution()
    {
        var sln = File.ReadAllText(Path.Combine(Disk.Root, "Commerce.sln")).Replace('\\', '/');
        Projects.ShouldNotBeEmpty();
        Disk.Modules.ShouldNotBeEmpty();
        foreach (var project in Disk.ProjectsUnder("src").Concat(Disk.ProjectsUnder("tests")).Concat(Disk.ProjectsUnder("tools")))
        {
            sln.ShouldContain(Disk.Relative(project.Path));
        }

        foreach (var module in Disk.Modules)
        {
            Projects.Select(project => Disk.Relative(project.Path)).ShouldContain($"src/Modules/{module}/Commerce.{module}/Commerce.{module}.csproj");
            Projects.Select(project => Disk.Relative(project.Path)).ShouldContain($"src/Modules/{module}/Commerce.{module}.Contracts/Commerce.{module}.Contracts.csproj");
        }
    }

    [Fact]
    public void Modules_reference_building_blocks_and_contracts_and_nothing_else() =>
        Projects.Where(project => !project.Path.Contains("/src/Host/", StringComparison.Ordinal)).SelectMany(ProjectWall.Breaches).ShouldBeEmpty();

    [Fact]
    public void The_host_knows_every_module()
    {
        var host = Projects.Single(project => project.Name == "Commerce.Host");

        host.References.Select(reference => Path.GetFileNameWithoutExtension(reference)).ShouldBeSubsetOf(Projects.Select(project => project.Name));
        foreach (var module in Disk.Modules)
        {
            host.References.Select(reference => Path.GetFileNameWithoutExtension(reference)).ShouldContain($"Commerce.{module}");
        }
    }

    [Fact]
    public void Nothing_below_the_root_changes_what_all_projects_have_in_common() =>
        Disk.FilesUnder("src", "Directory.*").Concat(Disk.FilesUnder("src", ".editorconfig")).Concat(Disk.FilesUnder("src", ".globalconfig")).ShouldBeEmpty();

    [Theory]
    [InlineData("src/Modules/Orders/Commerce.Orders/Commerce.Orders.csproj", """<ProjectReference Include="../../Catalog/Commerce.Catalog/Commerce.Catalog.csproj" />""")]
    [InlineData("src/Modules/Orders/Commerce.Orders/Commerce.Orders.csproj", """<ProjectReference Include="..\..\Catalog\Commerce.Catalog\Commerce.Catalog.csproj" />""")]
    [InlineData("src/Modules/Orders/Commerce.Orders/Commerce.Orders.csproj", """<ProjectReference Include="../../../Host/Commerce.Host/Commerce.Host.csproj" />""")]
    [InlineData("src/Modules/Orders/Commerce.Orders/Commerce.Orders.csproj", """<Reference Include="Commerce.Catalog" />""")]
    [InlineData("src/Modules/Orders/Commerce.Orders/Commerce.Orders.csproj", """<Compile Include="../../Catalog/Commerce.Catalog/Product.cs" />""")]
    [InlineData("src/Modules/Orders/Commerce.Orders/Commerce.Orders.csproj", """<InternalsVisibleTo Include="Commerce.Catalog" />""")]
    [InlineData("src/Modules/Orders/Commerce.Orders.Contracts/Commerce.Orders.Contracts.csproj", """<PackageReference Include="Npgsql" />""")]
    [InlineData("src/Modules/Orders/Commerce.Orders.Contracts/Commerce.Orders.Contracts.csproj", """<ProjectReference Include="../../../BuildingBlocks/Commerce.Monetary/Commerce.Monetary.csproj" />""")]
    [InlineData("src/BuildingBlocks/Commerce.Web/Commerce.Web.csproj", """<ProjectReference Include="../../Modules/Orders/Commerce.Orders.Contracts/Commerce.Orders.Contracts.csproj" />""")]
    public void A_hole_in_the_wall_is_found(string path, string item)
    {
        var project = new ProjectFile(Path.Combine(Disk.Root, path), XDocument.Parse($"<Project><ItemGroup>{item}</ItemGroup></Project>"));

        ProjectWall.Breaches(project).ShouldNotBeEmpty();
    }

    [Fact]
    public void An_import_is_found() =>
        ProjectWall.Breaches(new ProjectFile(Path.Combine(Disk.Source, "Modules/Orders/Commerce.Orders/Commerce.Orders.csproj"), XDocument.Parse("""<Project><Import Project="x.props" /></Project>""")))
            .ShouldNotBeEmpty();
}
