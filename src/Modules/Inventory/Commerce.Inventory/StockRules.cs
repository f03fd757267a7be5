using System.Runtime.InteropServices;
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
        @event.Data is StockAllocated { Backordered: > 0 } && state is Stock stock && (long)stock.Available + stock.LimitAt(@event.Timestamp) < 0
            ? $"{stock.Sku}: {stock.Reserved} reserved of {stock.OnHand} on hand with a limit of {stock.LimitAt(@event.Timestamp)}"
            : null;
}

/// <summary>The totals of a SKU are the sums of its shelves, and every event tells them as they are.</summary>
internal sealed class StockEventsTellTheBalance : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "a stock event tells the levels that its stream has after it, and they are the sums of the shelves";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state) =>
        @event.Data is IStockEvent told and not IBundleEvent && state is Stock stock && !(Agrees(told, stock, @event.Timestamp) && AddUp(stock))
            ? $"{@event.Name} of {told.Sku} tells {told.After}; the stream has {stock.Balance(@event.Timestamp)} on {string.Join(", ", stock.Shelves)}"
            : null;

    private static bool Agrees(IStockEvent told, Stock stock, DateTimeOffset at) =>
        told.After.OnHand == stock.OnHand
        && told.After.Reserved == stock.Reserved
        && told.After.Availability == Stock.Availability(stock.Available, stock.LimitAt(at), stock.LowStockThreshold)
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
    public override string Statement => "ledger = levels: received, adjusted and returned, less dispatched and what is in transit = on hand = sold + held + available";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (state is not Stock { Parts: null } stock || @event.Data is not IStockEvent told)
        {
            return null;
        }

        if (!_ledgers.TryGetValue(@event.StreamId, out var ledger))
        {
            _ledgers[@event.StreamId] = ledger = new Ledger();
        }

        ledger.Book(told);
        return ledger.OnHand != stock.OnHand || ledger.InTransit != stock.InTransit || ledger.InTransit < 0 || ledger.Sold != (long)stock.Allocated + stock.Backordered || ledger.Held != stock.Held
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

        public long InTransit { get; private set; }

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
                case StockSentAway e:
                    OnHand -= e.Quantity;
                    InTransit += e.Quantity;
                    break;
                case StockArrived e:
                    OnHand += e.Quantity;
                    InTransit -= e.Quantity;
                    break;
                case StockLostInTransit e:
                    InTransit -= e.Quantity;
                    break;
                case StockAllocated e:
                    Sold += e.Picks.Units() + e.Backordered;
                    break;
                case StockReleased e:
                    Sold -= e.Picks.Units() + e.Backordered;
                    break;
                case StockDispatched e:
                    OnHand -= e.Picks.Units();
                    Sold -= e.Picks.Units();
                    break;
                case StockReturned e:
                    OnHand += e.Quantity;
                    break;
                case StockReserved e:
                    _holds[e.ReservationId] = e.Picks.Units();
                    Held += e.Picks.Units();
                    break;
                case StockHoldReleased e:
                    End(e.ReservationId);
                    break;
                case StockHoldExpired e:
                    End(e.ReservationId);
                    break;
                case StockHoldConverted e:
                    End(e.ReservationId);
                    Sold += e.Picks.Units();
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
    }
}

/// <summary>What leaves for an order was promised to it, and what comes back from it had left.</summary>
internal sealed class OrdersSendOnlyWhatTheyWerePromised : ReplayRule
{
    // Every open line of every order has an entry, so it holds a number instead of the SKU: nothing for the collector to look at.
    private readonly Dictionary<(Guid OrderId, int Sku), (int Promised, int Sent)> _orders = [];
    private readonly Dictionary<string, int> _skus = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public override string Statement => "an order sends no unit that it was not promised, and gets none back that it did not send";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state) => @event.Data switch
    {
        StockAllocated e => Moved(e.OrderId, e.Sku, e.Picks.Units() + e.Backordered, 0),
        StockHoldConverted e => Moved(e.OrderId, e.Sku, e.Picks.Units(), 0),
        StockReleased e => Moved(e.OrderId, e.Sku, -e.Picks.Units() - e.Backordered, 0),
        StockDispatched e => Moved(e.OrderId, e.Sku, -e.Picks.Units(), e.Picks.Units()),
        StockReturned e => Moved(e.OrderId, e.Sku, 0, -e.Quantity),
        _ => null,
    };

    private string? Moved(Guid orderId, string sku, int promised, int sent)
    {
        if (!_skus.TryGetValue(sku, out var number))
        {
            _skus.Add(sku, number = _skus.Count);
        }

        ref var order = ref CollectionsMarshal.GetValueRefOrAddDefault(_orders, (orderId, number), out _);
        order = (order.Promised + promised, order.Sent + sent);
        if (order == default)
        {
            _orders.Remove((orderId, number));
            return null;
        }

        return order.Promised < 0 || order.Sent < 0 ? $"order {orderId} has {order.Promised} of {sku} promised and {order.Sent} sent" : null;
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
        if (_changed.Count == 0)
        {
            return null;
        }

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

/// <summary>A reservation that became an order's gave it its units, all of them in one commit, and nobody else got any.</summary>
internal sealed class ReservationsBecomeTheirOrders : ReplayRule
{
    private readonly List<(Guid Id, Reservation State)> _converted = [];
    private readonly Dictionary<(Guid ReservationId, Guid OrderId, string Sku), int> _taken = [];

    /// <inheritdoc />
    public override string Statement => "a converted reservation gave its order, or gave back, the units of every line in the same commit";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (@event.Data is ReservationConverted)
        {
            _converted.Add((@event.StreamId, (Reservation)state));
        }
        else if (@event.Data is StockHoldConverted taken)
        {
            _taken[(taken.ReservationId, taken.OrderId, taken.Sku)] = taken.Picks.Units() + taken.Returned;
        }

        return null;
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_converted.Count == 0 && _taken.Count == 0)
        {
            return null;
        }

        var broken = _converted
            .SelectMany(one => one.State.Lines, (one, line) => (one.Id, one.State, Line: line))
            .Where(one => _taken.Remove((one.Id, one.State.OrderId!.Value, one.Line.Sku), out var units) && units != one.Line.Quantity)
            .Select(one => $"reservation {one.Id} held {one.Line.Quantity} of {one.Line.Sku} and gave another number to order {one.State.OrderId}")
            .ToList()
            .Concat(_taken.Select(taken => $"reservation {taken.Key.ReservationId} gave {taken.Value} of {taken.Key.Sku} to order {taken.Key.OrderId} and does not know"))
            .FirstOrDefault();
        _converted.Clear();
        _taken.Clear();
        return broken;
    }
}

/// <summary>Who waits is served in turn: the queue is kept once more, from the quantities in the events.</summary>
internal sealed class BackOrdersAreFilledInTurn : ReplayRule
{
    private readonly Dictionary<Guid, List<WaitingUnits>> _queues = [];

    /// <inheritdoc />
    public override string Statement => "back-orders are filled in the order in which they were taken";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (state is not Stock || @event.Data is not (StockAllocated { Backordered: > 0 } or StockReleased { Backordered: > 0 } or BackorderFilled))
        {
            return null;
        }

        if (!_queues.TryGetValue(@event.StreamId, out var queue))
        {
            _queues[@event.StreamId] = queue = [];
        }

        List<WaitingUnits> filled = [];
        switch (@event.Data)
        {
            case StockAllocated e:
                queue.Add(new WaitingUnits(e.OrderId, e.Backordered));
                break;
            case StockReleased e:
                // The order's last units first; in old histories, which did not know whose they were, then the last of all.
                Take(queue, e.Backordered, fromEnd: true, e.OrderId, []);
                break;
            case BackorderFilled e:
                Take(queue, e.Picks.Units(), fromEnd: false, null, filled);
                break;
            default:
                break;
        }

        return @event.Data is BackorderFilled { Filled: { } told } && !told.SequenceEqual(filled)
            ? $"{string.Join(", ", told)} were served before {string.Join(", ", filled)}"
            : null;
    }

    private static void Take(List<WaitingUnits> queue, int units, bool fromEnd, Guid? preferred, List<WaitingUnits> taken)
    {
        while (units > 0 && queue.Count > 0)
        {
            var own = preferred is null ? -1 : queue.FindLastIndex(one => one.OrderId == preferred);
            var at = own >= 0 ? own : fromEnd ? queue.Count - 1 : 0;
            var part = queue[at] with { Quantity = Math.Min(queue[at].Quantity, units) };
            units -= part.Quantity;
            taken.Add(part);
            if (part.Quantity == queue[at].Quantity)
            {
                queue.RemoveAt(at);
            }
            else
            {
                queue[at] = queue[at] with { Quantity = queue[at].Quantity - part.Quantity };
            }
        }
    }
}

/// <summary>What is on its way by a transfer is on its way by the stocks of its SKUs, and a unit that was sent arrives or is lost once.</summary>
internal sealed class TransfersMoveWhatTheySay : ReplayRule
{
    private readonly Dictionary<(Guid TransferId, string Sku), int> _open = [];

    /// <inheritdoc />
    public override string Statement => "what a transfer sends, receives and loses is what its SKUs' stocks do, in the same commit, and no more arrives than was sent";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        switch (@event.Data)
        {
            case TransferDispatched e:
                Book(@event.StreamId, e.Lines, 1);
                break;
            case TransferReceived e:
                Book(@event.StreamId, e.Lines, -1);
                break;
            case TransferUnitsLost e:
                Book(@event.StreamId, e.Lines, -1);
                break;
            case StockSentAway e:
                Book(e.TransferId, [new TransferredUnits(e.Sku, e.Quantity)], -1);
                break;
            case StockArrived e:
                Book(e.TransferId, [new TransferredUnits(e.Sku, e.Quantity)], 1);
                break;
            case StockLostInTransit e:
                Book(e.TransferId, [new TransferredUnits(e.Sku, e.Quantity)], 1);
                break;
            default:
                break;
        }

        return state is Transfer transfer && transfer.Lines.Any(line => line.Outstanding < 0) ? $"transfer {@event.StreamId}: {string.Join(", ", transfer.Lines)}" : null;
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_open.Count == 0)
        {
            return null;
        }

        var ((transfer, sku), units) = _open.First();
        _open.Clear();
        return $"transfer {transfer} and the stock of {sku} differ by {units} units";
    }

    private void Book(Guid transfer, IReadOnlyList<TransferredUnits> lines, int sign)
    {
        foreach (var line in lines)
        {
            var sum = _open.GetValueOrDefault((transfer, line.Sku)) + (sign * line.Quantity);
            if (sum == 0)
            {
                _open.Remove((transfer, line.Sku));
            }
            else
            {
                _open[(transfer, line.Sku)] = sum;
            }
        }
    }
}

/// <summary>The differences of a count are the adjustments that name it, in the same commit.</summary>
internal sealed class CountsBookWhatTheyFound : ReplayRule
{
    private readonly Dictionary<(Guid CountId, string Sku), int> _open = [];

    /// <inheritdoc />
    public override string Statement => "a completed count adjusted the stock by its differences and by nothing else, in the same commit";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (@event.Data is StockAdjusted { CountId: { } count } booked)
        {
            Book(count, booked.Sku, -booked.Delta);
        }
        else if (@event.Data is CountCompleted completed)
        {
            foreach (var difference in completed.Differences)
            {
                Book(@event.StreamId, difference.Sku, difference.Delta);
            }
        }

        return null;
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_open.Count == 0)
        {
            return null;
        }

        var broken = _open.Where(one => one.Value != 0).Select(one => $"count {one.Key.CountId} and the stock of {one.Key.Sku} differ by {one.Value} units").FirstOrDefault();
        _open.Clear();
        return broken;
    }

    private void Book(Guid count, string sku, int units) => _open[(count, sku)] = _open.GetValueOrDefault((count, sku)) + units;
}

/// <summary>A bundle is its parts: whatever it does for an order, they do in its name, each as often as it is in the bundle.</summary>
internal sealed class BundlesMoveTheirParts : ReplayRule
{
    private readonly Dictionary<(string Bundle, Guid OrderId, string Part, bool IsSending), long> _open = [];

    /// <inheritdoc />
    public override string Statement => "what a bundle takes, gives back, sends and gets back for an order, its parts do in the same commit";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        var (bundle, order, units, isSending) = @event.Data switch
        {
            StockAllocated { Bundle: { } name } e => (name, e.OrderId, e.Picks.Units() + e.Backordered, false),
            StockHoldConverted { Bundle: { } name } e => (name, e.OrderId, e.Picks.Units(), false),
            StockReleased { Bundle: { } name } e => (name, e.OrderId, -e.Picks.Units() - e.Backordered, false),
            StockDispatched { Bundle: { } name } e => (name, e.OrderId, e.Picks.Units(), true),
            StockReturned { Bundle: { } name } e => (name, e.OrderId, -e.Quantity, true),
            BundleAllocated e => (null, e.OrderId, e.Quantity, false),
            BundleReleased e => (null, e.OrderId, -e.Quantity, false),
            BundleDispatched e => (null, e.OrderId, e.Quantity, true),
            BundleReturned e => (null, e.OrderId, -e.Quantity, true),
            _ => default((string?, Guid, int, bool)),
        };
        if (units == 0 || state is not Stock stock)
        {
            return null;
        }

        if (bundle is not null)
        {
            Book((bundle, order, stock.Sku, isSending), units);
            return null;
        }

        foreach (var part in stock.Parts ?? [])
        {
            Book((stock.Sku, order, part.Sku, isSending), -(long)units * part.Quantity);
        }

        return stock.Parts is null ? $"{stock.Sku} moved as a bundle and is none" : null;
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_open.Count == 0)
        {
            return null;
        }

        var ((bundle, order, part, _), units) = _open.First();
        _open.Clear();
        return $"{part} moved {units} units otherwise than bundle {bundle} did for order {order}";
    }

    private void Book((string Bundle, Guid OrderId, string Part, bool IsSending) key, long units)
    {
        var sum = _open.GetValueOrDefault(key) + units;
        if (sum == 0)
        {
            _open.Remove(key);
        }
        else
        {
            _open[key] = sum;
        }
    }
}
