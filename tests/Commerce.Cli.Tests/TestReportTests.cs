using Commerce.Cli.Testing;

namespace Commerce.Cli.Tests;

public sealed class TestReportTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("commerce-test-report-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_line_is_covered_when_any_report_says_so_and_counts_once()
    {
        Write("src/One/One.csproj", "<Project />");
        Write("src/One/A.cs", "");
        var merge = new CoberturaMerge(folder.FullName);

        merge.Add(Report("src/One/A.cs", (1, 0), (2, 5), (3, 0)));
        merge.Add(Report("src/One/A.cs", (1, 1), (2, 0), (3, 0)));
        merge.Add(Report("tests/T/B.cs", (1, 1)));
        merge.Add(Report("src/One/obj/Generated.cs", (1, 0)));

        merge.Projects().ShouldBe([new ProjectCoverage("One", 2, 3)]);
        merge.WorstFiles(5).ShouldBe([("src/One/A.cs", 1)]);
    }

    [Fact]
    public void Outcomes_of_all_projects_are_summed()
    {
        Write("A.Tests/tests.trx", Trx(("a", "Passed"), ("b", "Failed"), ("c", "NotExecuted")));
        Write("A.Tests/exit-code", "1");
        Write("B.Tests/tests.trx", Trx(("d", "Passed")));
        Write("B.Tests/exit-code", "0");

        var runs = TestRuns.Read(folder.FullName);

        (runs.Passed, runs.Failed, runs.Skipped).ShouldBe((2, 1, 1));
        runs.Crashed.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true, "134")]
    [InlineData(false, "1")]
    [InlineData(false, "0")]
    public void A_project_that_crashed_counts_as_a_failure(bool hasResults, string exitCode)
    {
        Write("A.Tests/exit-code", exitCode);
        if (hasResults)
        {
            Write("A.Tests/tests.trx", Trx(("a", "Passed")));
        }

        TestRuns.Read(folder.FullName).Failed.ShouldBe(1);
    }

    private static string Trx(params (string Name, string Outcome)[] tests) =>
        """<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>"""
        + string.Concat(tests.Select(test => $"""<UnitTestResult testName="{test.Name}" outcome="{test.Outcome}" duration="00:00:01" />"""))
        + "</Results></TestRun>";

    private string Report(string file, params (int Line, int Hits)[] lines)
    {
        var path = Path.Combine(folder.FullName, Path.GetRandomFileName());
        File.WriteAllText(
            path,
            $"""<coverage><sources><source>{folder.FullName}/</source></sources><packages><package><classes><class filename="{file}"><lines>"""
            + string.Concat(lines.Select(line => $"""<line number="{line.Line}" hits="{line.Hits}" />"""))
            + "</lines></class></classes></package></packages></coverage>");
        return path;
    }

    private void Write(string path, string text)
    {
        var whole = Path.Combine(folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        File.WriteAllText(whole, text);
    }
}
