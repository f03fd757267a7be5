using Commerce.EventStore;
using Npgsql;

namespace Commerce.Inventory.ReadModels;

/// <summary>Where the sweep finds reservations whose time has passed.</summary>
internal sealed class ReservationsProjection : IInlineProjection
{
    internal const string Upsert = """
        INSERT INTO inventory.reservations (id, status, expires_at, skus)
        SELECT id, status, expires_at, string_to_array(skus, ' ')
        FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[]) AS reservation (id, status, expires_at, skus)
        ON CONFLICT (id) DO UPDATE SET status = excluded.status, expires_at = excluded.expires_at
        """;

    /// <inheritdoc />
    public string Name => "Inventory.Reservations";

    /// <inheritdoc />
    public Type Aggregate => typeof(Reservation);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["inventory.reservations"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var rows = changes.Select(change => (change.StreamId, State: (Reservation)change.State)).ToArray();
        batch.Add(
            Upsert,
            Array.ConvertAll(rows, row => row.StreamId),
            Array.ConvertAll(rows, row => Reservation.Word(row.State.Recorded)),
            Array.ConvertAll(rows, row => row.State.ExpiresAt),
            Array.ConvertAll(rows, row => string.Join(' ', row.State.Lines.Select(line => line.Sku))));
    }
}
