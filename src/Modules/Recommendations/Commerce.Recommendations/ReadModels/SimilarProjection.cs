using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Npgsql;

namespace Commerce.Recommendations.ReadModels;

/// <summary>Keeps which active product has which features, and how many have each.</summary>
internal sealed class SimilarProjection : ISubscription
{
    internal const string ProjectionName = "Recommendations.Similar";

    /// <summary>A feature's id: the hash of its kind and key, the same in every replay.</summary>
    internal const string FeatureId = "hashtextextended(kind || ':' || key, 0)";

    internal const string Replace = $"""
        WITH wanted AS MATERIALIZED (
            SELECT product_id, {FeatureId} AS feature, kind, label
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS wanted (product_id, kind, key, label)),
        gone AS (
            DELETE FROM product_features AS old
            WHERE old.product_id = ANY ($5) AND NOT EXISTS (SELECT FROM wanted WHERE wanted.product_id = old.product_id AND wanted.feature = old.feature)
            RETURNING feature),
        come AS (
            INSERT INTO product_features (product_id, feature) SELECT product_id, feature FROM wanted ORDER BY 1, 2
            ON CONFLICT DO NOTHING RETURNING feature),
        changes AS (
            SELECT feature, sum(change)::integer AS change
            FROM (SELECT feature, -1 AS change FROM gone UNION ALL SELECT feature, 1 FROM come) AS each GROUP BY feature),
        counted AS (
            INSERT INTO features AS known (feature, kind, label, products)
            SELECT changes.feature, coalesce(named.kind, ''), coalesce(named.label, ''), changes.change
            FROM changes LEFT JOIN (SELECT DISTINCT feature, kind, label FROM wanted) AS named USING (feature)
            ORDER BY 1
            ON CONFLICT (feature) DO UPDATE SET products = known.products + excluded.products
            RETURNING feature, products)
        SELECT feature FROM counted WHERE products = 0
        """;

    /// <summary>The same for products that have just come into being: there is nothing to compare with, as in an import. In the order of features: those of new products go in at the end of one index anyhow.</summary>
    internal const string Begin = $"""
        WITH wanted AS MATERIALIZED (
            SELECT product_id, {FeatureId} AS feature, kind, label
            FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS wanted (product_id, kind, key, label)),
        come AS (INSERT INTO product_features (product_id, feature) SELECT product_id, feature FROM wanted ORDER BY 2, 1)
        INSERT INTO features AS known (feature, kind, label, products)
        SELECT feature, min(kind), min(label), count(*)::integer FROM wanted GROUP BY feature ORDER BY feature
        ON CONFLICT (feature) DO UPDATE SET products = known.products + excluded.products
        """;

    internal const string DeleteUnused = "DELETE FROM features WHERE feature = ANY ($1)";

    /// <inheritdoc />
    public string Name => ProjectionName;

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles { get; } = [typeof(ProductChangedAnnouncement)];

    /// <inheritdoc />
    public string Role => RecommendationsDatabase.Role;

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["recommendations.features", "recommendations.product_features"];

    /// <inheritdoc />
    public async Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        // The last announcement of a product tells it as it stands.
        var products = page
            .Where(delivered => delivered.Message is ProductChangedAnnouncement)
            .Select(delivered => (ProductChangedAnnouncement)delivered.Message)
            .GroupBy(product => product.ProductId)
            .Select(changes => changes.Last())
            .OrderBy(product => product.ProductId)
            .ToList();
        var born = page.Where(delivered => delivered.Event.Version == 1).Select(delivered => delivered.Event.StreamId).ToHashSet();
        var fresh = FeaturesOf(products.FindAll(product => born.Contains(product.ProductId)));
        if (fresh.Count > 0)
        {
            await using var begin = new NpgsqlBatch(connection, transaction).Add(
                Begin,
                fresh.Select(row => row.ProductId).ToArray(),
                fresh.Select(row => row.Feature.Kind).ToArray(),
                fresh.Select(row => row.Feature.Key).ToArray(),
                fresh.Select(row => row.Feature.Label).ToArray());
            await begin.ExecuteNonQueryAsync(cancellationToken);
        }

        products.RemoveAll(product => born.Contains(product.ProductId));
        if (products.Count == 0)
        {
            return;
        }

        var wanted = FeaturesOf(products);
        var unused = new List<long>();
        await using (var batch = new NpgsqlBatch(connection, transaction).Add(
            Replace,
            wanted.Select(row => row.ProductId).ToArray(),
            wanted.Select(row => row.Feature.Kind).ToArray(),
            wanted.Select(row => row.Feature.Key).ToArray(),
            wanted.Select(row => row.Feature.Label).ToArray(),
            products.Select(product => product.ProductId).ToArray()))
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                unused.Add(reader.GetInt64(0));
            }
        }

        if (unused.Count > 0)
        {
            await using var delete = new NpgsqlBatch(connection, transaction).Add(DeleteUnused, unused.ToArray());
            await delete.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static List<(Guid ProductId, Feature Feature)> FeaturesOf(List<ProductChangedAnnouncement> products) =>
        [.. products.SelectMany(product => Feature.Of(product).DistinctBy(feature => (feature.Kind, feature.Key)), (product, feature) => (product.ProductId, feature))];
}
