using Commerce.ReadModels;
using Dapper;

namespace Commerce.Recommendations.Ranking;

/// <summary>What is bought and looked at now: a day counts half as much as the one a week later, and an order as much as so many views.</summary>
internal sealed class TrendingProducts(ModuleDatabase<RecommendationsDatabase> database, TimeProvider clock)
{
    internal const string Select = $"SELECT {Counts} {Best}";

    internal const string SelectInCategory = $"""
        SELECT {Counts}
        WHERE EXISTS (
            SELECT FROM recommendations.product_features AS had
            WHERE had.product_id = day.product_id
              AND had.feature = ANY (ARRAY (SELECT hashtextextended('category:' || category, 0) FROM unnest(@categories::text[]) AS asked (category))))
        {Best}
        """;

    private const string Counts = """
        day.product_id, sum(day.orders)::integer AS orders, sum(day.views)::integer AS views,
               sum((day.orders * 10 + day.views) * power(0.5::float8, (@today::date - day.day) / 7.0::float8)) AS score
        FROM (SELECT * FROM recommendations.product_days WHERE product_days.day > @today::date - @days::integer) AS day
        """;

    private const string Best = """
        GROUP BY day.product_id
        HAVING sum(day.orders * 10 + day.views) > 0
        ORDER BY score DESC, day.product_id
        LIMIT @most
        """;

    private const int Days = 28;

    internal async Task<IReadOnlyList<RankedProduct>> InAsync(IReadOnlyList<Guid>? categories, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<TrendRow>(new CommandDefinition(
            categories is null ? Select : SelectInCategory,
            new { today = clock.GetUtcNow().UtcDateTime.Date, days = Days, most, categories = categories?.Select(category => category.ToString("D")).ToArray() },
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => new RankedProduct(row.ProductId, Math.Round(row.Score, 4), $"{Times(row.Orders, "order")} and {Times(row.Views, "view")} in {Days} days"))];
    }

    private static string Times(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private sealed record TrendRow(Guid ProductId, int Orders, int Views, double Score);
}
