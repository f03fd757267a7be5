using Commerce.EventStore;

namespace Commerce.Inventory;

/// <summary>
/// A decision over a stock in the making: begins with the ends of expired holds, goes on with what was asked, and closes by giving free
/// units to waiting orders. Local to one decision.
/// </summary>
internal sealed class StockDraft
{
    private readonly List<object> _events = [];
    private readonly string _sku;
    private readonly IAllocationRule _rule;
    private readonly DateTimeOffset _now;
    private readonly bool _wasLow;

    internal StockDraft(Stock stock, string sku, IAllocationRule rule, DateTimeOffset now)
    {
        State = stock;
        _sku = sku;
        _rule = rule;
        _now = now;
        _wasLow = stock.IsLow;
        if (stock.Holds.AnyExpiredBy(now))
        {
            foreach (var hold in stock.Holds.ExpiredBy(now))
            {
                Add(new StockHoldExpired(sku, hold.ReservationId, hold.Quantity, hold.ExpiresAt, After(reserved: -hold.Quantity)));
            }
        }
    }

    /// <summary>The state with everything drafted so far.</summary>
    internal Stock State { get; private set; }

    internal StockBalance After(int onHand = 0, int reserved = 0) => State.Balance(_now, onHand, reserved);

    internal void Add(object @event)
    {
        _events.Add(@event);
        State = State.Evolve(@event);
    }

    /// <summary>Waiting orders get what is free, before anybody else asks.</summary>
    internal void FillBackorders()
    {
        if (State.Backordered == 0)
        {
            return;
        }

        var free = State.Available + State.Backordered;
        var filled = Math.Min(free, State.Backordered);
        if (filled > 0)
        {
            Add(new BackorderFilled(_sku, _rule.Pick(State.Shelves, filled, default), After(), State.Waiting.First(filled)));
        }
    }

    /// <summary>What was drafted; and, for a SKU with a threshold, that it has just run low or is no longer.</summary>
    internal Decision Decide()
    {
        FillBackorders();
        if (_events.Count > 0 && State.IsLow != _wasLow)
        {
            Add(State.IsLow ? new StockRanLow(_sku, State.Available, State.LowStockThreshold, After()) : new StockRecovered(_sku, State.Available, State.LowStockThreshold, After()));
        }

        return _events.Count == 0 ? Decision.Nothing : Decision.Of([.. _events]);
    }
}
