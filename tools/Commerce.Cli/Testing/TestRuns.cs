using System.Globalization;
using System.Xml.Linq;

namespace Commerce.Cli.Testing;

/// <summary>What the test projects of one run said, read from their TRX files.</summary>
internal sealed record TestRuns(IReadOnlyList<TestResult> Results, IReadOnlyList<string> Crashed)
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public int Passed => Results.Count(result => result.Outcome == "Passed");

    // A project that ended without its results (a crash, a time-out) fails as one test: zero failures would be a lie.
    public int Failed => Results.Count(result => result.Outcome == "Failed") + Crashed.Count;

    public int Skipped => Results.Count - Results.Count(result => result.Outcome is "Passed" or "Failed");

    /// <summary>Reads a folder that has one folder for each test project: its TRX file and its exit code.</summary>
    public static TestRuns Read(string folder)
    {
        List<TestResult> results = [];
        List<string> crashed = [];
        foreach (var project in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(project);
            var exit = Path.Combine(project, "exit-code");
            var ended = File.Exists(exit) ? File.ReadAllText(exit).Trim() : "none";
            var reports = Directory.GetFiles(project, "*.trx");
            var own = reports.SelectMany(report => ReadReport(name, report)).ToList();
            results.AddRange(own);
            var whole = reports.Length > 0 && (ended == "0" || own.Exists(result => result.Outcome == "Failed"));
            if (!whole)
            {
                crashed.Add(string.Create(CultureInfo.InvariantCulture, $"{name} (exit code {ended})"));
            }
        }

        return new TestRuns(results, crashed);
    }

    private static IEnumerable<TestResult> ReadReport(string project, string report) =>
        XDocument.Load(report).Descendants(Trx + "UnitTestResult").Select(result => new TestResult(
            project,
            result.Attribute("testName")!.Value,
            result.Attribute("outcome")?.Value ?? "Failed",
            TimeSpan.TryParse(result.Attribute("duration")?.Value, CultureInfo.InvariantCulture, out var duration) ? duration : TimeSpan.Zero,
            result.Descendants(Trx + "Message").FirstOrDefault()?.Value,
            result.Descendants(Trx + "StackTrace").FirstOrDefault()?.Value));
}

/// <summary>One test's outcome.</summary>
internal sealed record TestResult(string Project, string Name, string Outcome, TimeSpan Duration, string? Message, string? StackTrace);
