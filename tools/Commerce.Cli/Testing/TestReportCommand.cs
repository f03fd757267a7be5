using System.CommandLine;
using System.Globalization;

namespace Commerce.Cli.Testing;

/// <summary>
/// Sums up a run of the test projects: failures with their messages, the slowest tests, the coverage of <c>src</c>, and
/// a last line that machines read.
/// </summary>
internal static class TestReportCommand
{
    public static Command Create()
    {
        var results = new Option<DirectoryInfo>("--results") { Required = true, Description = "One folder for each test project: TRX, exit-code, coverage.cobertura.xml." };
        var repository = new Option<DirectoryInfo>("--repository") { Required = true, Description = "The repository's root." };
        var minimum = new Option<double>("--minimum") { Description = "The line coverage in percent below which the run fails; 0 for none." };
        var seconds = new Option<int>("--seconds") { Description = "How long the run took." };
        var command = new Command("test-report", "Sums up a run of the test projects.") { results, repository, minimum, seconds };
        command.Hidden = true;
        command.SetAction(parsed => Report(
            parsed.GetRequiredValue(results).FullName,
            parsed.GetRequiredValue(repository).FullName.TrimEnd('/'),
            parsed.GetValue(minimum),
            parsed.GetValue(seconds)));
        return command;
    }

    private static int Report(string results, string repository, double minimum, int seconds)
    {
        var runs = TestRuns.Read(results);
        foreach (var failure in runs.Results.Where(result => result.Outcome == "Failed"))
        {
            Console.WriteLine($"FAILED {failure.Project}: {failure.Name}");
            Console.WriteLine(Indent(failure.Message));
            Console.WriteLine(Indent(failure.StackTrace));
        }

        foreach (var crash in runs.Crashed)
        {
            Console.WriteLine($"FAILED {crash}: the project ended without whole results; its output is in {results}");
        }

        Console.WriteLine("Slowest tests:");
        foreach (var slow in runs.Results.OrderByDescending(result => result.Duration).Take(10))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {slow.Duration.TotalSeconds,7:0.00} s  {slow.Name}"));
        }

        Console.WriteLine("Test projects:");
        foreach (var project in runs.Results.GroupBy(result => result.Project, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {project.Count(),7} tests  {project.Sum(result => result.Duration.TotalSeconds),7:0.0} s  {project.Key}"));
        }

        var enough = ReportCoverage(results, repository, minimum);
        if (seconds > 0)
        {
            Console.WriteLine($"Took {seconds} s.");
        }

        var skipped = runs.Skipped > 0 ? $", {runs.Skipped} skipped" : "";
        Console.WriteLine($"{runs.Passed} passed, {runs.Failed} failed{skipped}");

        // A run of no test proves nothing: a mistyped filter, or a runner that found nothing.
        return runs.Passed > 0 && runs.Failed == 0 && enough ? 0 : 1;
    }

    private static bool ReportCoverage(string results, string repository, double minimum)
    {
        var reports = Directory.GetFiles(results, "coverage.cobertura.xml", SearchOption.AllDirectories);
        if (reports.Length == 0)
        {
            return true;
        }

        var merge = new CoberturaMerge(repository);
        foreach (var report in reports)
        {
            merge.Add(report);
        }

        var projects = merge.Projects();
        Console.WriteLine("Line coverage of src:");
        foreach (var project in projects)
        {
            Print(project);
        }

        // Every project of src counts: one that no test project loads would otherwise look like no lines at all.
        var silent = minimum > 0 ? ProjectsWithoutReport(repository, projects) : [];
        foreach (var project in silent)
        {
            Console.WriteLine($"  no test loads {project}");
        }

        var whole = new ProjectCoverage("src", projects.Sum(project => project.Covered), projects.Sum(project => project.Total));
        Print(whole);
        Console.WriteLine("Most lines without a test:");
        foreach (var (file, missed) in merge.WorstFiles(10))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {missed,5}  {file}"));
        }

        if (whole.Percent >= minimum && silent.Count == 0)
        {
            return true;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Coverage of every project of src, {minimum:0} % in all, is what a run has to reach."));
        return false;
    }

    private static List<string> ProjectsWithoutReport(string repository, IReadOnlyList<ProjectCoverage> projects)
    {
        var known = projects.Select(project => project.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Directory.EnumerateFiles(Path.Combine(repository, "src"), "*.csproj", SearchOption.AllDirectories)
                .Where(project => !known.Contains(Path.GetFileNameWithoutExtension(project)) && HasBodies(Path.GetDirectoryName(project)!))
                .Select(project => Path.GetFileNameWithoutExtension(project))
                .Order(StringComparer.Ordinal),
        ];
    }

    // Contracts hold records and interfaces alone; a compiler may find no line in them to cover.
    private static bool HasBodies(string folder) =>
        !folder.EndsWith(".Contracts", StringComparison.Ordinal)
        && Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Any(file => !file.Contains("/obj/", StringComparison.Ordinal));

    private static void Print(ProjectCoverage project) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {project.Percent,6:0.0} %  {project.Covered,6} of {project.Total,6}  {project.Name}"));

    private static string Indent(string? text) =>
        "    " + (text ?? "").Trim().Replace("\n", "\n    ", StringComparison.Ordinal);
}
