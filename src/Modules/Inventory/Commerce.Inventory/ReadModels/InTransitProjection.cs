using Commerce.EventStore;
using Npgsql;

namespace Commerce.Inventory.ReadModels;

/// <summary>What is on its way between locations: one row for each SKU of a transfer, for as long as some of it is.</summary>
internal sealed class InTransitProjection : IInlineProjection
{
    internal const string Delete = "DELETE FROM inventory.in_transit WHERE transfer_id = ANY ($1::uuid[])";

    internal const string Insert = """
        INSERT INTO inventory.in_transit (transfer_id, sku, origin, destination, reference, dispatched_at, quantity)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::integer[])
        """;

    /// <inheritdoc />
    public string Name => "Inventory.InTransit";

    /// <inheritdoc />
    public Type Aggregate => typeof(Transfer);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["inventory.in_transit"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        batch.Add(Delete, (Array)changes.Select(change => change.StreamId).ToArray());
        var rows = changes
            .SelectMany(change => ((Transfer)change.State).Lines, (change, line) => (Id: change.StreamId, Transfer: (Transfer)change.State, Line: line))
            .Where(row => row.Line.Outstanding > 0)
            .ToArray();
        if (rows.Length > 0)
        {
            batch.Add(
                Insert,
                Array.ConvertAll(rows, row => row.Id),
                Array.ConvertAll(rows, row => row.Line.Sku),
                Array.ConvertAll(rows, row => row.Transfer.From),
                Array.ConvertAll(rows, row => row.Transfer.To),
                Array.ConvertAll(rows, row => row.Transfer.Reference),
                Array.ConvertAll(rows, row => row.Transfer.DispatchedAt),
                Array.ConvertAll(rows, row => row.Line.Outstanding));
        }
    }
}
