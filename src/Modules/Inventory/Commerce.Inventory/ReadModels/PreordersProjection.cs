using Commerce.EventStore;
using Npgsql;

namespace Commerce.Inventory.ReadModels;

/// <summary>The SKUs that are sold in advance. Writes nothing for any other event of a stock.</summary>
internal sealed class PreordersProjection : IInlineProjection
{
    internal const string Upsert = """
        INSERT INTO inventory.preorders (sku, release_at, most)
        SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::integer[])
        ON CONFLICT (sku) DO UPDATE SET release_at = excluded.release_at, most = excluded.most
        """;

    internal const string Delete = "DELETE FROM inventory.preorders WHERE sku = ANY ($1::text[])";

    /// <inheritdoc />
    public string Name => "Inventory.Preorders";

    /// <inheritdoc />
    public Type Aggregate => typeof(Stock);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["inventory.preorders"];

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Marks { get; } = [typeof(StockPreorderOpened)];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        List<Stock>? changed = null;
        foreach (var change in changes)
        {
            foreach (var recorded in change.Events)
            {
                if (recorded.Data is StockPreorderOpened or StockPreorderClosed)
                {
                    (changed ??= []).Add((Stock)change.State);
                    break;
                }
            }
        }

        if (changed is null)
        {
            return;
        }

        var (open, closed) = (changed.Where(stock => stock.Preorder is not null).ToArray(), changed.Where(stock => stock.Preorder is null).ToArray());
        if (open.Length > 0)
        {
            batch.Add(
                Upsert, Array.ConvertAll(open, stock => stock.Sku), Array.ConvertAll(open, stock => stock.Preorder!.ReleaseAt), Array.ConvertAll(open, stock => stock.Preorder!.Limit));
        }

        if (closed.Length > 0)
        {
            batch.Add(Delete, (Array)Array.ConvertAll(closed, stock => stock.Sku));
        }
    }
}
