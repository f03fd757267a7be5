using Commerce.EventStore;
using Npgsql;

namespace Commerce.Inventory.ReadModels;

/// <summary>The ledger: one row for every change of what is on hand or promised, with its cause and the balance after it.</summary>
internal sealed class MovementsProjection : IInlineProjection
{
    internal const string Insert = """
        INSERT INTO inventory.movements (sku, version, part, at, kind, location, quantity, on_hand_change, reserved_change, on_hand, reserved, cause, reference, reason, actor)
        SELECT sku, version, part, at, kind, location, on_hand_change - reserved_change, on_hand_change, reserved_change, on_hand, reserved, cause, reference, reason, actor
        FROM unnest($1::text[], $2::bigint[], $3::smallint[], $4::timestamptz[], $5::text[], $6::text[], $7::integer[], $8::integer[], $9::integer[], $10::integer[],
                    $11::text[], $12::text[], $13::text[], $14::text[])
            AS movement (sku, version, part, at, kind, location, on_hand_change, reserved_change, on_hand, reserved, cause, reference, reason, actor)
        """;

    /// <inheritdoc />
    public string Name => "Inventory.Movements";

    /// <inheritdoc />
    public Type Aggregate => typeof(Stock);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["inventory.movements"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var rows = changes.SelectMany(change => change.Events).SelectMany(Movement.Of).ToArray();
        if (rows.Length == 0)
        {
            return;
        }

        batch.Add(
            Insert,
            Array.ConvertAll(rows, row => row.Sku),
            Array.ConvertAll(rows, row => row.Version),
            Array.ConvertAll(rows, row => row.Part),
            Array.ConvertAll(rows, row => row.At),
            Array.ConvertAll(rows, row => row.Kind),
            Array.ConvertAll(rows, row => row.Location),
            Array.ConvertAll(rows, row => row.OnHandChange),
            Array.ConvertAll(rows, row => row.ReservedChange),
            Array.ConvertAll(rows, row => row.OnHand),
            Array.ConvertAll(rows, row => row.Reserved),
            Array.ConvertAll(rows, row => row.Cause),
            Array.ConvertAll(rows, row => row.Reference),
            Array.ConvertAll(rows, row => row.Reason),
            Array.ConvertAll(rows, row => row.Actor));
    }
}
