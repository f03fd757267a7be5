using Commerce.EventStore;
using Commerce.EventStore.Verification;

namespace Commerce.Inventory;

/// <summary>No counter of any SKU is below zero, at no location, and no unit is promised twice.</summary>
internal sealed class StockIsNeverNegative : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "stock is never negative, and no unit on a shelf is promised twice";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state) =>
        state is Stock stock
        && (stock.Backordered < 0 || stock.Shelves.Any(shelf => shelf.OnHand < 0 || shelf.Allocated < 0 || shelf.Held < 0 || shelf.Free < 0))
            ? $"{stock.Sku} after {@event.Name}: {string.Join(", ", stock.Shelves)}, {stock.Backordered} on back-order"
            : null;
}

/// <summary>The totals of a SKU are the sums of its shelves, and every event tells them as they are.</summary>
internal sealed class StockEventsTellTheBalance : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "a stock event tells the levels that its stream has after it, and they are the sums of the shelves";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state) =>
        @event.Data is IStockEvent told && state is Stock stock
        && (told.After != stock.Balance()
            || told.Sku != stock.Sku
            || stock.OnHand != stock.Shelves.Sum(shelf => shelf.OnHand)
            || stock.Reserved != stock.Backordered + stock.Shelves.Sum(shelf => shelf.Reserved))
            ? $"{@event.Name} of {told.Sku} tells {told.After}; the stream has {stock.Balance()} on {string.Join(", ", stock.Shelves)}"
            : null;
}

/// <summary>A reservation holds on each of its SKUs what it says, from one commit to the next.</summary>
internal sealed class ReservationsHoldWhatTheySay : ReplayRule
{
    private readonly Dictionary<Guid, Reservation> _changed = [];
    private readonly Dictionary<string, Stock> _stocks = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public override string Statement => "an open reservation holds its units on every SKU";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (state is Reservation reservation)
        {
            _changed[@event.StreamId] = reservation;
        }
        else if (state is Stock stock)
        {
            _stocks[stock.Sku] = stock;
        }

        return null;
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        var broken = _changed
            .Where(changed => changed.Value.Recorded == ReservationStatus.Open)
            .SelectMany(changed => changed.Value.Lines, (changed, line) => (changed.Key, changed.Value, Line: line, Hold: _stocks.GetValueOrDefault(line.Sku)?.Holds.Of(changed.Key)))
            .Where(held => held.Hold?.Quantity != held.Line.Quantity || held.Hold.ExpiresAt != held.Value.ExpiresAt)
            .Select(held => $"reservation {held.Key}: {held.Line.Quantity} of {held.Line.Sku} until {held.Value.ExpiresAt:O}, the stock holds {held.Hold}")
            .FirstOrDefault();
        _changed.Clear();
        return broken;
    }
}
