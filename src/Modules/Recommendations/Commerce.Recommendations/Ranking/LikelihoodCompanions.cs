using Commerce.ReadModels;
using Commerce.Recommendations.ReadModels;
using Dapper;

namespace Commerce.Recommendations.Ranking;

/// <summary>Companions by the log-likelihood ratio of being ordered together, summed over the seeds.</summary>
internal sealed class LikelihoodCompanions(ModuleDatabase<RecommendationsDatabase> database) : ICompanions
{
    /// <summary>The most frequent companions of each seed, with what the ratio needs.</summary>
    internal const string Select = """
        SELECT asked.product_id, pair.other_id, pair.orders AS both, seed.orders AS one, other.orders AS other,
               (SELECT orders FROM recommendations.item_orders WHERE product_id = '00000000-0000-0000-0000-000000000000') AS all
        FROM unnest(@seeds::uuid[]) AS asked (product_id)
        JOIN recommendations.item_orders AS seed ON seed.product_id = asked.product_id
        CROSS JOIN LATERAL (
            SELECT other_id, orders FROM recommendations.pair_orders WHERE pair_orders.product_id = asked.product_id
            UNION ALL
            SELECT pair_orders.product_id, orders FROM recommendations.pair_orders WHERE pair_orders.other_id = asked.product_id
            ORDER BY orders DESC, other_id LIMIT @candidates) AS pair
        JOIN recommendations.item_orders AS other ON other.product_id = pair.other_id
        """;

    private const int Candidates = 1000;

    /// <inheritdoc />
    public IReadOnlyCollection<string> ReadsFrom { get; } = [BoughtTogetherProjection.ProjectionName];

    /// <inheritdoc />
    public async Task<IReadOnlyList<RankedProduct>> OfAsync(IReadOnlyList<Seed> seeds, int most, CancellationToken cancellationToken)
    {
        var weights = seeds.ToDictionary(seed => seed.ProductId, seed => seed.Weight);
        await using var connection = await database.OpenAsync(cancellationToken);
        var pairs = await connection.QueryAsync<Pair>(new CommandDefinition(
            Select, new { seeds = weights.Keys.ToArray(), candidates = Math.Max(50, Candidates / Math.Max(1, seeds.Count)) }, cancellationToken: cancellationToken));
        return
        [
            .. pairs
                .Where(pair => !weights.ContainsKey(pair.OtherId))
                .Select(pair => (Pair: pair, Score: weights[pair.ProductId] * LikelihoodRatio.Of(pair.Both, pair.One, pair.Other, pair.All)))
                .GroupBy(scored => scored.Pair.OtherId)
                .Select(same => (Best: same.MaxBy(scored => scored.Score).Pair, Score: same.Sum(scored => scored.Score)))
                .OrderByDescending(companion => companion.Score)
                .ThenByDescending(companion => companion.Best.Both)
                .ThenBy(companion => companion.Best.OtherId)
                .Take(most)
                .Select(companion => new RankedProduct(
                    companion.Best.OtherId, Math.Round(companion.Score, 4), Reason(companion.Best.Both, seeds.Count > 1), companion.Best.ProductId)),
        ];
    }

    private static string Reason(int both, bool namesSeed) =>
        (both, namesSeed) switch
        {
            (1, false) => "1 order had both",
            (_, false) => $"{both} orders had both",
            (1, true) => "1 order had this and {0}",
            (_, true) => $"{both} orders had this and {{0}}",
        };

    private sealed record Pair(Guid ProductId, Guid OtherId, int Both, int One, int Other, int All);
}
