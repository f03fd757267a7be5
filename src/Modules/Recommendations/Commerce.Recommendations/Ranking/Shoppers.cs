using Commerce.ReadModels;
using Commerce.Recommendations.ReadModels;
using Dapper;

namespace Commerce.Recommendations.Ranking;

/// <summary>What a shopper viewed and bought, under all names that the shopper is known by.</summary>
internal sealed class Shoppers(ModuleDatabase<RecommendationsDatabase> database)
{
    internal const string SelectViews = """
        SELECT product_id, max(at) AS at FROM recommendations.shopper_views WHERE shopper = ANY (@names)
        GROUP BY product_id ORDER BY max(at) DESC, product_id DESC LIMIT @most
        """;

    internal const string SelectSeeds = """
        SELECT product_id, bool_or(bought) AS bought, max(at) AS at
        FROM (SELECT product_id, true AS bought, at FROM recommendations.shopper_purchases WHERE shopper = ANY (@names)
              UNION ALL SELECT product_id, false, at FROM recommendations.shopper_views WHERE shopper = ANY (@names)) AS sign
        GROUP BY product_id ORDER BY max(at) DESC, product_id DESC LIMIT @most
        """;

    private const int Seeds = 30;
    private const double PurchaseWeight = 2;

    internal static string[] NamesOf(Guid? customerId, string? sessionId) => [.. ShoppersProjection.NamesOf(customerId, sessionId)];

    /// <summary>The last views, newest first.</summary>
    internal async Task<IReadOnlyList<RankedProduct>> ViewsOfAsync(string[] names, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(Guid ProductId, DateTime At)>(new CommandDefinition(SelectViews, new { names, most }, cancellationToken: cancellationToken));
        return [.. rows.Select((row, place) => new RankedProduct(row.ProductId, Math.Round(1.0 / (1 + place), 4), "You viewed this", null, new DateTimeOffset(row.At, TimeSpan.Zero)))];
    }

    /// <summary>What suggestions start from: the latest signs of interest, a purchase weighing more than a look, and each less than the one after it.</summary>
    internal async Task<IReadOnlyList<Seed>> SeedsOfAsync(string[] names, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(Guid ProductId, bool Bought)>(new CommandDefinition(SelectSeeds, new { names, most = Seeds }, cancellationToken: cancellationToken));
        return [.. rows.Select((row, place) => new Seed(row.ProductId, (row.Bought ? PurchaseWeight : 1) * Math.Pow(0.95, place)))];
    }
}
