using System.Text.Json;
using Commerce.EventStore;
using Npgsql;

namespace Commerce.Inventory.ReadModels;

/// <summary>Keeps a SKU's levels and open holds as its stream's state has them.</summary>
internal sealed class StockLevelsProjection : IInlineProjection
{
    internal const string UpsertLevels = """
        INSERT INTO inventory.stock_levels AS level (sku, version, on_hand, reserved, backordered, backorder_limit, low_stock_threshold, low, shelves, changed_at)
        SELECT sku, version, on_hand, reserved, backordered, backorder_limit, threshold, on_hand - reserved <= threshold, shelves::jsonb, changed_at
        FROM (SELECT unnest($1::text[]) AS sku, unnest($2::bigint[]) AS version, unnest($3::integer[]) AS on_hand, unnest($4::integer[]) AS reserved,
                     unnest($5::integer[]) AS backordered, unnest($6::integer[]) AS backorder_limit, unnest($7::integer[]) AS threshold, unnest($8::text[]) AS shelves,
                     unnest($9::timestamptz[]) AS changed_at) AS change
        ON CONFLICT (sku) DO UPDATE SET
            version = excluded.version, on_hand = excluded.on_hand, reserved = excluded.reserved, backordered = excluded.backordered,
            backorder_limit = excluded.backorder_limit, low_stock_threshold = excluded.low_stock_threshold, low = excluded.low,
            shelves = excluded.shelves, changed_at = excluded.changed_at
        """;

    internal const string UpsertHolds = """
        INSERT INTO inventory.holds (sku, reservation_id, quantity, picks, expires_at)
        SELECT sku, reservation_id, quantity, picks::jsonb, expires_at
        FROM unnest($1::text[], $2::uuid[], $3::integer[], $4::text[], $5::timestamptz[]) AS hold (sku, reservation_id, quantity, picks, expires_at)
        ON CONFLICT (sku, reservation_id) DO UPDATE SET quantity = excluded.quantity, picks = excluded.picks, expires_at = excluded.expires_at
        """;

    internal const string DeleteHolds = """
        DELETE FROM inventory.holds AS hold
        USING unnest($1::text[], $2::uuid[]) AS gone (sku, reservation_id)
        WHERE hold.sku = gone.sku AND hold.reservation_id = gone.reservation_id
        """;

    /// <inheritdoc />
    public string Name => "Inventory.StockLevels";

    /// <inheritdoc />
    public Type Aggregate => typeof(Stock);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["inventory.stock_levels", "inventory.holds"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var stocks = changes.Select(change => (Stock)change.State).ToArray();
        batch.Add(
            UpsertLevels,
            Array.ConvertAll(stocks, stock => stock.Sku),
            changes.Select(change => change.Version).ToArray(),
            Array.ConvertAll(stocks, stock => stock.OnHand),
            Array.ConvertAll(stocks, stock => stock.Reserved),
            Array.ConvertAll(stocks, stock => stock.Backordered),
            Array.ConvertAll(stocks, stock => stock.BackorderLimit),
            Array.ConvertAll(stocks, stock => stock.LowStockThreshold),
            Array.ConvertAll(stocks, stock => JsonSerializer.Serialize(ShelfRow.Of(stock.Shelves), InventoryRows.Default.ShelfRowArray)),
            changes.Select(change => change.Events[^1].Timestamp).ToArray());
        ProjectHolds(changes, batch);
    }

    private static void ProjectHolds(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        List<(string Sku, StockHold Hold)>? open = null;
        List<(string Sku, Guid ReservationId)>? ended = null;
        foreach (var change in changes)
        {
            var stock = (Stock)change.State;
            foreach (var reservationId in change.Events.Select(e => ReservationOf(e.Data)).OfType<Guid>().Distinct())
            {
                if (stock.Holds.Of(reservationId) is { } hold)
                {
                    (open ??= []).Add((stock.Sku, hold));
                }
                else
                {
                    (ended ??= []).Add((stock.Sku, reservationId));
                }
            }
        }

        if (open is not null)
        {
            batch.Add(
                UpsertHolds,
                open.Select(row => row.Sku).ToArray(),
                open.Select(row => row.Hold.ReservationId).ToArray(),
                open.Select(row => row.Hold.Quantity).ToArray(),
                open.Select(row => JsonSerializer.Serialize(row.Hold.Picks, InventoryRows.Default.IReadOnlyListStockPick)).ToArray(),
                open.Select(row => row.Hold.ExpiresAt).ToArray());
        }

        if (ended is not null)
        {
            batch.Add(DeleteHolds, ended.Select(row => row.Sku).ToArray(), ended.Select(row => row.ReservationId).ToArray());
        }
    }

    private static Guid? ReservationOf(object data) => data switch
    {
        StockReserved e => e.ReservationId,
        StockHoldExtended e => e.ReservationId,
        StockHoldReleased e => e.ReservationId,
        StockHoldExpired e => e.ReservationId,
        StockHoldConverted e => e.ReservationId,
        _ => null,
    };
}
