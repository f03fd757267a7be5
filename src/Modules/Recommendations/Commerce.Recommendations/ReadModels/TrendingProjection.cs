using Commerce.EventStore;
using Npgsql;

namespace Commerce.Recommendations.ReadModels;

/// <summary>Counts orders and views of each product by UTC day.</summary>
internal sealed class TrendingProjection : ISubscription
{
    internal const string ProjectionName = "Recommendations.Trending";

    internal const string Upsert = """
        INSERT INTO product_days AS known (day, product_id, orders, views)
        SELECT unnest($1::date[]), unnest($2::uuid[]), unnest($3::integer[]), unnest($4::integer[])
        ON CONFLICT (day, product_id) DO UPDATE SET orders = known.orders + excluded.orders, views = known.views + excluded.views
        """;

    /// <inheritdoc />
    public string Name => ProjectionName;

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles { get; } = [typeof(ProductViewed), .. Basket.Types];

    /// <inheritdoc />
    public string Role => RecommendationsDatabase.Role;

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["recommendations.product_days"];

    /// <inheritdoc />
    public async Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var days = new SortedDictionary<(DateOnly Day, Guid Product), (int Orders, int Views)>();
        foreach (var delivered in page)
        {
            if (delivered.Message is ProductViewed viewed)
            {
                Count(days, delivered.Event.Timestamp, viewed.ProductId, 0, 1);
            }
            else if (Basket.Of(delivered) is { } basket)
            {
                // What is cancelled is taken off the day of the cancellation: the trend turns when the shoppers do.
                foreach (var product in basket.Products)
                {
                    Count(days, basket.At, product, basket.Sign, 0);
                }
            }
        }

        await using var batch = new NpgsqlBatch(connection, transaction).Add(
            Upsert,
            days.Keys.Select(key => key.Day).ToArray(),
            days.Keys.Select(key => key.Product).ToArray(),
            days.Values.Select(count => count.Orders).ToArray(),
            days.Values.Select(count => count.Views).ToArray());
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Count(SortedDictionary<(DateOnly, Guid), (int Orders, int Views)> days, DateTimeOffset at, Guid product, int orders, int views)
    {
        var key = (DateOnly.FromDateTime(at.UtcDateTime), product);
        var known = days.GetValueOrDefault(key);
        days[key] = (known.Orders + orders, known.Views + views);
    }
}
