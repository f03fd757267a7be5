using System.Text.Json;
using Commerce.EventStore;
using Npgsql;

namespace Commerce.Inventory.ReadModels;

/// <summary>The bundles and their parts. Writes nothing for any other event of a stock.</summary>
internal sealed class BundlesProjection : IInlineProjection
{
    internal const string Insert = """
        INSERT INTO inventory.bundles (sku, parts)
        SELECT sku, parts::jsonb FROM unnest($1::text[], $2::text[]) AS bundle (sku, parts)
        ON CONFLICT (sku) DO NOTHING
        """;

    /// <inheritdoc />
    public string Name => "Inventory.Bundles";

    /// <inheritdoc />
    public Type Aggregate => typeof(Stock);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["inventory.bundles"];

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Marks { get; } = [typeof(StockBundled)];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        List<StockBundled>? bundled = null;
        foreach (var change in changes)
        {
            foreach (var recorded in change.Events)
            {
                if (recorded.Data is StockBundled bundle)
                {
                    (bundled ??= []).Add(bundle);
                }
            }
        }

        if (bundled is not null)
        {
            batch.Add(
                Insert,
                bundled.Select(bundle => bundle.Sku).ToArray(),
                bundled.Select(bundle => JsonSerializer.Serialize(bundle.Parts, InventoryRows.Default.IReadOnlyListBundlePart)).ToArray());
        }
    }
}
