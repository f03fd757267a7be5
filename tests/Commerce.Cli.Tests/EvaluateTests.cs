using Commerce.Cli.Evaluate;

namespace Commerce.Cli.Tests;

public sealed class EvaluateTests
{
    private static readonly Dictionary<string, int> Gains = new() { ["a"] = 3, ["b"] = 1, ["c"] = 0 };

    [Fact]
    public void The_best_list_gains_everything_and_none_gains_nothing()
    {
        RankingMeasures.Ndcg(["a", "b"], Gains, 10).ShouldBe(1);
        RankingMeasures.Ndcg(["c", "unjudged"], Gains, 10).ShouldBe(0);
        RankingMeasures.Ndcg([], Gains, 10).ShouldBe(0);
        RankingMeasures.Ndcg(["a"], new Dictionary<string, int>(), 10).ShouldBe(0);
    }

    [Fact]
    public void Gain_is_linear_and_shrinks_by_place()
    {
        // (1 / log2 2 + 3 / log2 3) / (3 / log2 2 + 1 / log2 3)
        RankingMeasures.Ndcg(["b", "a"], Gains, 10).ShouldBe((1 + (3 / Math.Log2(3))) / (3 + (1 / Math.Log2(3))), 1e-9);
        RankingMeasures.Ndcg(["c", "a"], Gains, 1).ShouldBe(0);
    }

    [Fact]
    public async Task Queries_without_anything_worth_finding_are_left_out_and_typos_are_judged_like_what_was_meant()
    {
        var folder = Directory.CreateTempSubdirectory("commerce-test-evaluate-");
        try
        {
            var judgments = Path.Combine(folder.FullName, "judgments.csv");
            await File.WriteAllTextAsync(judgments, "query,docid,rating\nlamp,1,3\nlamp,2,0\nnothing,1,0\n");
            var judged = JudgedQuery.Read(judgments);
            judged.ShouldHaveSingleItem().Text.ShouldBe("lamp");
            var typos = Path.Combine(folder.FullName, "typos.csv");
            await File.WriteAllTextAsync(typos, "query,kind,typo\nlamp,sub,lanp\nnothing,sub,nothimg\n");
            var typo = JudgedQuery.ReadTypos(typos, judged).ShouldHaveSingleItem();
            (typo.Text, typo.Gains["1"]).ShouldBe(("lanp", 3));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_missed_goal_is_an_exit_code_and_stands_in_the_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            (await EvaluationReport.WriteAsync("Test", [new EvaluationFigure("d", "m", 2, 0.5, 0.4), new EvaluationFigure("d", "part", 1, 0, null)], file, CancellationToken.None)).ShouldBe(0);
            (await EvaluationReport.WriteAsync("Test", [new EvaluationFigure("d", "m", 2, 0.5, 0.6)], file, CancellationToken.None)).ShouldBe(1);
            (await File.ReadAllTextAsync(file)).ShouldContain("\"reached\": false");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
