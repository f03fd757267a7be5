using Commerce.EventStore;
using Npgsql;

namespace Commerce.Recommendations.ReadModels;

/// <summary>Keeps what each shopper viewed and bought last, so many of each as can matter.</summary>
internal sealed class ShoppersProjection : ISubscription
{
    internal const string ProjectionName = "Recommendations.Shoppers";

    internal const string UpsertViews = """
        INSERT INTO shopper_views AS known (shopper, product_id, at)
        SELECT shopper, product_id, at FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS seen (shopper, product_id, at)
        ON CONFLICT (shopper, product_id) DO UPDATE SET at = greatest(known.at, excluded.at)
        """;

    internal const string TrimViews = """
        DELETE FROM shopper_views AS old
        USING (SELECT shopper, product_id, row_number() OVER (PARTITION BY shopper ORDER BY at DESC, product_id DESC) AS place FROM shopper_views WHERE shopper = ANY ($1)) AS ranked
        WHERE ranked.place > $2 AND old.shopper = ranked.shopper AND old.product_id = ranked.product_id
        """;

    internal const string UpsertPurchases = """
        INSERT INTO shopper_purchases AS known (shopper, product_id, at)
        SELECT shopper, product_id, at FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS bought (shopper, product_id, at)
        ON CONFLICT (shopper, product_id) DO UPDATE SET at = greatest(known.at, excluded.at)
        """;

    internal const string TrimPurchases = """
        DELETE FROM shopper_purchases AS old
        USING (SELECT shopper, product_id, row_number() OVER (PARTITION BY shopper ORDER BY at DESC, product_id DESC) AS place FROM shopper_purchases WHERE shopper = ANY ($1)) AS ranked
        WHERE ranked.place > $2 AND old.shopper = ranked.shopper AND old.product_id = ranked.product_id
        """;

    /// <summary>Views and purchases kept for each shopper.</summary>
    internal const int Most = 100;

    /// <inheritdoc />
    public string Name => ProjectionName;

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles { get; } = [typeof(ProductViewed), .. Basket.Types];

    /// <inheritdoc />
    public string Role => RecommendationsDatabase.Role;

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["recommendations.shopper_views", "recommendations.shopper_purchases"];

    /// <summary>The names under which one person is known here.</summary>
    internal static IEnumerable<string> NamesOf(Guid? customerId, string? sessionId)
    {
        if (customerId is { } customer)
        {
            yield return $"c:{customer:D}";
        }

        if (sessionId is not null)
        {
            yield return $"s:{sessionId}";
        }
    }

    /// <inheritdoc />
    public async Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        // A cancelled purchase stays a sign of interest, so only placed orders are looked at.
        var views = Latest(page
            .Where(delivered => delivered.Message is ProductViewed)
            .Select(delivered => (View: (ProductViewed)delivered.Message, At: delivered.Event.Timestamp))
            .SelectMany(seen => NamesOf(seen.View.CustomerId, seen.View.SessionId), (seen, shopper) => (shopper, seen.View.ProductId, seen.At)));
        var purchases = Latest(page.Select(Basket.Of).OfType<Basket>()
            .Where(basket => basket.Sign > 0)
            .SelectMany(basket => NamesOf(basket.CustomerId, basket.SessionId), (basket, shopper) => (basket, shopper))
            .SelectMany(bought => bought.basket.Products, (bought, product) => (bought.shopper, product, bought.basket.At)));
        await using var batch = new NpgsqlBatch(connection, transaction);
        Add(batch, UpsertViews, TrimViews, views);
        Add(batch, UpsertPurchases, TrimPurchases, purchases);
        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static List<(string Shopper, Guid Product, DateTimeOffset At)> Latest(IEnumerable<(string Shopper, Guid Product, DateTimeOffset At)> rows) =>
    [
        .. rows.GroupBy(row => (row.Shopper, row.Product))
            .Select(same => (same.Key.Shopper, same.Key.Product, same.Max(row => row.At)))
            .OrderBy(row => row.Shopper, StringComparer.Ordinal).ThenBy(row => row.Product),
    ];

    private static void Add(NpgsqlBatch batch, string upsert, string trim, List<(string Shopper, Guid Product, DateTimeOffset At)> rows)
    {
        if (rows.Count > 0)
        {
            batch
                .Add(upsert, rows.Select(row => row.Shopper).ToArray(), rows.Select(row => row.Product).ToArray(), rows.Select(row => row.At).ToArray())
                .Add(trim, rows.Select(row => row.Shopper).Distinct(StringComparer.Ordinal).ToArray(), Most);
        }
    }
}
