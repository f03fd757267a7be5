using Commerce.EventStore;
using Commerce.Orders.Contracts;
using Npgsql;

namespace Commerce.Recommendations.ReadModels;

/// <summary>
/// Counts in how many orders each product and each pair of products was. An order changes at most so many pairs as its cap allows; a pair stands once, the smaller
/// id first.
/// </summary>
internal sealed class BoughtTogetherProjection : ISubscription
{
    internal const string ProjectionName = "Recommendations.BoughtTogether";

    internal const string UpsertItems = """
        INSERT INTO item_orders AS item (product_id, orders)
        SELECT unnest($1::uuid[]), unnest($2::integer[])
        ON CONFLICT (product_id) DO UPDATE SET orders = item.orders + excluded.orders
        """;

    internal const string UpsertPairs = """
        INSERT INTO pair_orders AS pair (product_id, other_id, orders)
        SELECT unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::integer[])
        ON CONFLICT (product_id, other_id) DO UPDATE SET orders = pair.orders + excluded.orders
        """;

    internal const string DeleteItems = "DELETE FROM item_orders WHERE product_id = ANY ($1) AND orders = 0";

    internal const string DeletePairs = """
        DELETE FROM pair_orders AS pair USING unnest($1::uuid[], $2::uuid[]) AS gone (product_id, other_id)
        WHERE pair.product_id = gone.product_id AND pair.other_id = gone.other_id AND pair.orders = 0
        """;

    /// <summary>Stands for all orders among the products.</summary>
    internal static readonly Guid All = Guid.Empty;

    /// <inheritdoc />
    public string Name => ProjectionName;

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles => Basket.Types;

    /// <inheritdoc />
    public string Role => RecommendationsDatabase.Role;

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["recommendations.item_orders", "recommendations.pair_orders"];

    /// <inheritdoc />
    public async Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var items = new SortedDictionary<Guid, int>();
        var pairs = new SortedDictionary<(Guid, Guid), int>();
        foreach (var basket in page.Select(Basket.Of).OfType<Basket>())
        {
            items[All] = items.GetValueOrDefault(All) + basket.Sign;
            foreach (var product in basket.Products)
            {
                items[product] = items.GetValueOrDefault(product) + basket.Sign;
                foreach (var other in basket.Products.Where(other => other > product))
                {
                    pairs[(product, other)] = pairs.GetValueOrDefault((product, other)) + basket.Sign;
                }
            }
        }

        var (products, firsts, seconds) = (items.Keys.ToArray(), pairs.Keys.Select(pair => pair.Item1).ToArray(), pairs.Keys.Select(pair => pair.Item2).ToArray());
        await using var batch = new NpgsqlBatch(connection, transaction)
            .Add(UpsertItems, products, items.Values.ToArray())
            .Add(UpsertPairs, firsts, seconds, pairs.Values.ToArray());

        // Only what is taken back can come to nothing.
        if (page.Any(delivered => delivered.Message is OrderCancelledAnnouncement))
        {
            batch.Add(DeleteItems, products).Add(DeletePairs, firsts, seconds);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
