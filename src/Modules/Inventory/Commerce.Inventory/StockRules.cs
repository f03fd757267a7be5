using Commerce.EventStore;
using Commerce.EventStore.Verification;

namespace Commerce.Inventory;

/// <summary>No counter of any SKU is below zero, at no location, and no unit is promised twice.</summary>
internal sealed class StockIsNeverNegative : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "stock is never negative, and no unit on a shelf is promised twice";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state) => state is Stock stock && !IsSound(stock)
        ? $"{stock.Sku} after {@event.Name}: {string.Join(", ", stock.Shelves)}, {stock.Backordered} on back-order"
        : null;

    private static bool IsSound(Stock stock)
    {
        foreach (var shelf in stock.Shelves)
        {
            if (shelf.OnHand < 0 || shelf.Allocated < 0 || shelf.Held < 0 || shelf.Free < 0)
            {
                return false;
            }
        }

        return stock.Backordered >= 0;
    }
}

/// <summary>What is promised beyond the stock was within the limit when it was promised. A limit that is lowered later leaves old promises alone.</summary>
internal sealed class BackOrdersStayWithinTheirLimit : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "reserved is at most on hand and the back-order limit, whenever units are promised";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state) =>
        @event.Data is StockAllocated { Backordered: > 0 } && state is Stock stock && (long)stock.Available + stock.BackorderLimit < 0
            ? $"{stock.Sku}: {stock.Reserved} reserved of {stock.OnHand} on hand with a back-order limit of {stock.BackorderLimit}"
            : null;
}

/// <summary>The totals of a SKU are the sums of its shelves, and every event tells them as they are.</summary>
internal sealed class StockEventsTellTheBalance : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "a stock event tells the levels that its stream has after it, and they are the sums of the shelves";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state) =>
        @event.Data is IStockEvent told && state is Stock stock && !(Agrees(told, stock) && AddUp(stock))
            ? $"{@event.Name} of {told.Sku} tells {told.After}; the stream has {stock.Balance()} on {string.Join(", ", stock.Shelves)}"
            : null;

    private static bool Agrees(IStockEvent told, Stock stock) =>
        told.After.OnHand == stock.OnHand
        && told.After.Reserved == stock.Reserved
        && told.After.Availability == Stock.Availability(stock.Available, stock.BackorderLimit, stock.LowStockThreshold)
        && told.Sku == stock.Sku;

    private static bool AddUp(Stock stock)
    {
        var (onHand, reserved) = (0L, (long)stock.Backordered);
        foreach (var shelf in stock.Shelves)
        {
            onHand += shelf.OnHand;
            reserved += shelf.Reserved;
        }

        return onHand == stock.OnHand && reserved == stock.Reserved;
    }
}

/// <summary>Keeps a ledger of its own from the quantities in the events and compares it with the balances: received, adjusted and returned, less dispatched = sold + held + available.</summary>
internal sealed class LedgerEqualsLevels : ReplayRule
{
    private readonly Dictionary<Guid, Ledger> _ledgers = [];

    /// <inheritdoc />
    public override string Statement => "ledger = levels: received, adjusted and returned, less dispatched = on hand = sold + held + available";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (state is not Stock stock || @event.Data is not IStockEvent told)
        {
            return null;
        }

        if (!_ledgers.TryGetValue(@event.StreamId, out var ledger))
        {
            _ledgers[@event.StreamId] = ledger = new Ledger();
        }

        ledger.Book(told);
        return ledger.OnHand != stock.OnHand || ledger.Sold != (long)stock.Allocated + stock.Backordered || ledger.Held != stock.Held
            || ledger.OnHand != ledger.Sold + ledger.Held + told.After.Available
            ? $"{told.Sku}: the ledger has {ledger.OnHand} received and adjusted, {ledger.Sold} sold, {ledger.Held} held; the levels {stock.OnHand}, {stock.Allocated} + {stock.Backordered}, {stock.Held}, {told.After.Available} available"
            : null;
    }

    private sealed class Ledger
    {
        private readonly Dictionary<Guid, int> _holds = [];

        public long OnHand { get; private set; }

        public long Sold { get; private set; }

        public long Held { get; private set; }

        public void Book(IStockEvent entry)
        {
            switch (entry)
            {
                case StockReceived e:
                    OnHand += e.Quantity;
                    break;
                case StockAdjusted e:
                    OnHand += e.Delta;
                    break;
                case StockAllocated e:
                    Sold += Units(e.Picks) + e.Backordered;
                    break;
                case StockReleased e:
                    Sold -= Units(e.Picks) + e.Backordered;
                    break;
                case StockDispatched e:
                    OnHand -= Units(e.Picks);
                    Sold -= Units(e.Picks);
                    break;
                case StockReturned e:
                    OnHand += e.Quantity;
                    break;
                case StockReserved e:
                    _holds[e.ReservationId] = Units(e.Picks);
                    Held += Units(e.Picks);
                    break;
                case StockHoldReleased e:
                    End(e.ReservationId);
                    break;
                case StockHoldExpired e:
                    End(e.ReservationId);
                    break;
                default:
                    // Transfers, extensions, settings and filled back-orders move nothing in or out.
                    break;
            }
        }

        private void End(Guid reservationId)
        {
            if (_holds.Remove(reservationId, out var units))
            {
                Held -= units;
            }
        }

        private static int Units(IReadOnlyList<StockPick> picks)
        {
            var units = 0;
            for (var i = 0; i < picks.Count; i++)
            {
                units += picks[i].Quantity;
            }

            return units;
        }
    }
}

/// <summary>What leaves for an order was promised to it, and what comes back from it had left.</summary>
internal sealed class OrdersSendOnlyWhatTheyWerePromised : ReplayRule
{
    private readonly Dictionary<(Guid OrderId, string Sku), (int Promised, int Sent)> _orders = [];

    /// <inheritdoc />
    public override string Statement => "an order sends no unit that it was not promised, and gets none back that it did not send";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state) => @event.Data switch
    {
        StockAllocated e => Moved(e.OrderId, e.Sku, e.Picks.Sum(pick => pick.Quantity) + e.Backordered, 0),
        StockReleased e => Moved(e.OrderId, e.Sku, -e.Picks.Sum(pick => pick.Quantity) - e.Backordered, 0),
        StockDispatched e => Moved(e.OrderId, e.Sku, -e.Picks.Sum(pick => pick.Quantity), e.Picks.Sum(pick => pick.Quantity)),
        StockReturned e => Moved(e.OrderId, e.Sku, 0, -e.Quantity),
        _ => null,
    };

    private string? Moved(Guid orderId, string sku, int promised, int sent)
    {
        var before = _orders.GetValueOrDefault((orderId, sku));
        var after = (Promised: before.Promised + promised, Sent: before.Sent + sent);
        if (after == default)
        {
            _orders.Remove((orderId, sku));
        }
        else
        {
            _orders[(orderId, sku)] = after;
        }

        return after.Promised < 0 || after.Sent < 0 ? $"order {orderId} has {after.Promised} of {sku} promised and {after.Sent} sent" : null;
    }
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
