using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Commerce.Cli.Import;

namespace Commerce.Cli.Evaluate;

/// <summary>How well the running search answers judged English queries, mistyped ones and Korean ones.</summary>
internal sealed class SearchEvaluation(string data)
{
    private const int Depth = 10;
    private const string SkuPrefix = "icecat-";
    private const string TaxonomyPrefix = "taxonomy-";

    private const double JudgedGoal = 0.83;
    private const double TypoGoal = 0.75;
    private const double KoreanGoal = 0.97;

    /// <summary>The judged queries over the chorus-icecat catalogue.</summary>
    public async Task<IReadOnlyList<EvaluationFigure>> IcecatAsync(ShopConnection shop, Uri address, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(data, "chorus-icecat");
        await ImportAsync(shop, await ProductFile.OpenAsync(Path.Combine(folder, "products.jsonl.gz"), cancellationToken), cancellationToken);
        using var questions = new SearchQuestions(address);
        await questions.SettleAsync(cancellationToken);
        var judged = JudgedQuery.Read(Path.Combine(folder, "judgments.dev.csv"));
        var typos = JudgedQuery.ReadTypos(Path.Combine(folder, "typo_queries.csv"), judged);
        return
        [
            await FigureAsync("nDCG@10, judged queries", judged, JudgedGoal),
            await FigureAsync("nDCG@10, mistyped queries", typos, TypoGoal),
        ];

        async Task<EvaluationFigure> FigureAsync(string measure, IReadOnlyList<JudgedQuery> queries, double goal)
        {
            var scores = await SearchQuestions.ForEachAsync(
                queries, async (query, token) => RankingMeasures.Ndcg(await questions.AskAsync(query.Text, null, Document, token), query.Gains, Depth), cancellationToken);
            return new EvaluationFigure("chorus-icecat", measure, scores.Length, scores.Average(), goal);
        }
    }

    /// <summary>The generated Korean queries over the names of the taxonomy's categories, each of which stands in the shop as a product.</summary>
    public async Task<IReadOnlyList<EvaluationFigure>> KoreanAsync(ShopConnection shop, Uri address, CancellationToken cancellationToken)
    {
        var rows = TaxonomyNames();
        await new ImportJob(shop).RunAsync("taxonomy", rows.Count, () =>
        {
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(string.Concat(rows.Select(row => row + "\n"))));
            content.Headers.TryAddWithoutValidation("Content-Type", "application/x-ndjson");
            return content;
        }, cancellationToken);
        using var questions = new SearchQuestions(address);
        await questions.SettleAsync(cancellationToken);
        var queries = KoreanQuery.Read(Path.Combine(data, "korean-queries", "queries.csv"));
        var scores = await SearchQuestions.ForEachAsync(
            queries, async (query, token) => (await questions.AskAsync(query.Text, "ko", item => item.GetProperty("name").GetString()!, token)).Contains(query.Name) ? 1.0 : 0.0, cancellationToken);
        return
        [
            new EvaluationFigure("korean-queries (synthetic)", "Success@10", scores.Length, scores.Average(), KoreanGoal),
            .. queries.Zip(scores).GroupBy(pair => pair.First.Kind, StringComparer.Ordinal)
                .Select(kind => new EvaluationFigure("korean-queries (synthetic)", "  " + kind.Key, kind.Count(), kind.Average(pair => pair.Second), null)),
        ];
    }

    private static string Document(JsonElement item) =>
        item.GetProperty("skus").EnumerateArray().Select(sku => sku.GetString()!).First() is var sku && sku.StartsWith(SkuPrefix, StringComparison.Ordinal) ? sku[SkuPrefix.Length..] : sku;

    private static async Task ImportAsync(ShopConnection shop, ProductFile file, CancellationToken cancellationToken)
    {
        var summary = await new ImportJob(shop).RunAsync("products", await file.CountAsync(cancellationToken), file.Content, cancellationToken);
        if (summary.Failed > 0)
        {
            summary.Print("products");
            throw new ImportException("Not every product was taken.");
        }
    }

    // A category's own name is the last part of its path.
    private List<string> TaxonomyNames()
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(data, "shopify-taxonomy", "categories.en-ko-ja.csv.gz")), CompressionMode.Decompress));
        reader.ReadLine();
        var rows = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            var fields = CsvLine.Split(line);
            rows.Add(JsonSerializer.Serialize(new
            {
                translations = new { ko = new { name = fields[2].Split(" > ")[^1] } },
                status = "active",
                variants = new[] { new { sku = TaxonomyPrefix + fields[0], price = new { amount = "1000", currency = "KRW" } } },
            }));
        }

        return rows;
    }
}
