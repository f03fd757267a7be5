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

    internal StockDraft(Stock stock, string sku, IAllocationRule rule, DateTimeOffset now)
    {
        State = stock;
        _sku = sku;
        _rule = rule;
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

    internal StockBalance After(int onHand = 0, int reserved = 0) => State.Balance(onHand, reserved);

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
            Add(new BackorderFilled(_sku, _rule.Pick(State.Shelves, filled), After()));
        }
    }

    internal Decision Decide()
    {
        FillBackorders();
        return _events.Count == 0 ? Decision.Nothing : Decision.Of([.. _events]);
    }
}
