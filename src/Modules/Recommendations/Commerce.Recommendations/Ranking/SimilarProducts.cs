using Commerce.ReadModels;
using Dapper;

namespace Commerce.Recommendations.Ranking;

/// <summary>
/// Products that share what is rare: each shared feature weighs by how few have it, categories and brands more than any single attribute. The
/// score is the shared part of everything that the product has, 1 at the most.
/// </summary>
internal sealed class SimilarProducts(ModuleDatabase<RecommendationsDatabase> database)
{
    /// <summary>Candidates come from the product's rarest features, so many from each; then all features are compared.</summary>
    internal const string Select = """
        WITH mine AS MATERIALIZED (
            SELECT feature.feature, feature.label, feature.products,
                   ln(1 + (SELECT max(products) FROM recommendations.features WHERE feature = hashtextextended('all:all', 0))::float8 / feature.products)
                   * CASE feature.kind WHEN 'category' THEN 2.0 WHEN 'brand' THEN 1.5 ELSE 1.0 END AS weight
            FROM recommendations.product_features AS had JOIN recommendations.features AS feature USING (feature)
            WHERE had.product_id = @product AND feature.kind <> 'all'),
        candidates AS MATERIALIZED (
            SELECT DISTINCT other.product_id
            FROM (SELECT feature FROM mine WHERE products > 1 ORDER BY products, feature LIMIT @features) AS rare
            CROSS JOIN LATERAL (
                SELECT product_id FROM recommendations.product_features AS had
                WHERE had.feature = rare.feature AND had.product_id <> @product ORDER BY product_id LIMIT @candidates) AS other)
        SELECT candidate.product_id, sum(mine.weight) / (SELECT sum(weight) FROM mine) AS score,
               array_to_string((array_agg(mine.label ORDER BY mine.weight DESC, mine.label))[1:3], ', ') AS shared
        FROM candidates AS candidate
        JOIN recommendations.product_features AS had ON had.product_id = candidate.product_id
        JOIN mine ON mine.feature = had.feature
        GROUP BY candidate.product_id
        ORDER BY score DESC, candidate.product_id
        LIMIT @most
        """;

    private const int Features = 10;
    private const int Candidates = 200;

    internal async Task<IReadOnlyList<RankedProduct>> ToAsync(Guid productId, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<SimilarRow>(new CommandDefinition(
            Select, new { product = productId, features = Features, candidates = Candidates, most }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => new RankedProduct(row.ProductId, Math.Round(row.Score, 4), $"Shares {row.Shared}", productId))];
    }

    private sealed record SimilarRow(Guid ProductId, double Score, string Shared);
}
