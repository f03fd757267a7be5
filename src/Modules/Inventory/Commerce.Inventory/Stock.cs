using System.Collections.Immutable;
using Commerce.EventStore;
using Commerce.Inventory.Contracts;

namespace Commerce.Inventory;

/// <summary>
/// The stock of one SKU: counters per location and the open holds, nothing that grows with the number of orders. What an order took the
/// order itself remembers. Every decision first counts holds whose time has passed as free and records that they ended.
/// </summary>
internal sealed record Stock : IAggregate<Stock>
{
    /// <summary>More units of one SKU than any counter of it may reach: sums of four such numbers still fit.</summary>
    internal const int MostUnits = 500_000_000;

    private static readonly Guid Space = new("6f3f2c5e-6a53-4c0b-9a3e-2d1b8f0c7a41");

    /// <inheritdoc />
    public static string StreamType => "stock";

    /// <inheritdoc />
    public static Stock Initial { get; } = new();

    internal string Sku { get; private init; } = "";

    internal ImmutableArray<Shelf> Shelves { get; private init; } = [];

    internal StockHolds Holds { get; private init; } = StockHolds.None;

    internal int OnHand { get; private init; }

    /// <summary>Units promised to orders that have a location.</summary>
    internal int Allocated { get; private init; }

    /// <summary>Units held by reservations, as recorded: ask <see cref="AvailableAt"/> for what is free at an instant.</summary>
    internal int Held { get; private init; }

    /// <summary>Units promised to orders beyond what was there. Above zero only while no unit is free.</summary>
    internal int Backordered { get; private init; }

    internal int BackorderLimit { get; private init; }

    internal int LowStockThreshold { get; private init; }

    internal int Reserved => Allocated + Held + Backordered;

    internal int Available => OnHand - Reserved;

    /// <summary>The stream of a SKU.</summary>
    internal static Guid IdOf(string sku) => Identifiers.FromName(Space, sku);

    /// <summary>Units reserved at an instant: a hold counts until it expires, whether or not its end was recorded.</summary>
    internal int ReservedAt(DateTimeOffset now) => Holds.AnyExpiredBy(now) ? Reserved - Holds.ExpiredBy(now).Sum(hold => hold.Quantity) : Reserved;

    internal int AvailableAt(DateTimeOffset now) => OnHand - ReservedAt(now);

    /// <summary>Units an order could take at an instant, back-order included.</summary>
    internal int OrderableAt(DateTimeOffset now) => Math.Max(0, AvailableAt(now) + BackorderLimit);

    internal Decision Receive(string sku, string location, int quantity, string? reference, IAllocationRule rule, DateTimeOffset now)
    {
        if (quantity > MostUnits - OnHand)
        {
            return new StockLimitReached(sku, MostUnits);
        }

        var draft = new StockDraft(this, sku, rule, now);
        draft.Add(new StockReceived(sku, location, quantity, reference, draft.After(onHand: quantity)));
        return draft.Decide();
    }

    internal Decision Adjust(string sku, string location, int delta, string reason, IAllocationRule rule, DateTimeOffset now)
    {
        var draft = new StockDraft(this, sku, rule, now);
        var shelf = draft.State.Shelves.At(location);
        if (delta > MostUnits - OnHand)
        {
            return new StockLimitReached(sku, MostUnits);
        }

        if (shelf.Free + delta < 0)
        {
            return new StockReservedBelow(sku, location, delta, shelf.OnHand, shelf.Reserved);
        }

        draft.Add(new StockAdjusted(sku, location, delta, reason, draft.After(onHand: delta)));
        return draft.Decide();
    }

    internal Decision Transfer(string sku, string from, string to, int quantity, string? reference, IAllocationRule rule, DateTimeOffset now)
    {
        var draft = new StockDraft(this, sku, rule, now);
        var free = draft.State.Shelves.At(from).Free;
        if (quantity > free)
        {
            return new InsufficientStock([new StockShortage(sku, quantity, free)]);
        }

        draft.Add(new StockTransferred(sku, from, to, quantity, reference, draft.After()));
        return draft.Decide();
    }

    /// <summary>Holds units that are there; a hold never reaches into back-order.</summary>
    internal Decision Reserve(string sku, Guid reservationId, int quantity, DateTimeOffset expiresAt, IAllocationRule rule, DateTimeOffset now)
    {
        var draft = new StockDraft(this, sku, rule, now);
        if (quantity > draft.State.Available)
        {
            return new InsufficientStock([new StockShortage(sku, quantity, Math.Max(0, draft.State.Available))]);
        }

        draft.Add(new StockReserved(sku, reservationId, rule.Pick(draft.State.Shelves, quantity), expiresAt, draft.After(reserved: quantity)));
        return draft.Decide();
    }

    internal Decision ExtendHold(Guid reservationId, DateTimeOffset expiresAt, IAllocationRule rule, DateTimeOffset now)
    {
        var draft = new StockDraft(this, Sku, rule, now);
        if (draft.State.Holds.Of(reservationId) is not null)
        {
            draft.Add(new StockHoldExtended(Sku, reservationId, expiresAt, draft.After()));
        }

        return draft.Decide();
    }

    internal Decision ReleaseHold(Guid reservationId, IAllocationRule rule, DateTimeOffset now)
    {
        var draft = new StockDraft(this, Sku, rule, now);
        if (draft.State.Holds.Of(reservationId) is { } hold)
        {
            draft.Add(new StockHoldReleased(Sku, reservationId, hold.Quantity, draft.After(reserved: -hold.Quantity)));
        }

        return draft.Decide();
    }

    /// <summary>Records the ends of holds whose time has passed.</summary>
    internal Decision Expire(IAllocationRule rule, DateTimeOffset now) =>
        Holds.AnyExpiredBy(now) ? new StockDraft(this, Sku, rule, now).Decide() : Decision.Nothing;

    /// <summary>Promises units to an order. The caller asked <see cref="OrderableAt"/> before, for all its SKUs.</summary>
    internal Decision Allocate(string sku, Guid orderId, int quantity, IAllocationRule rule, DateTimeOffset now)
    {
        if (!Holds.AnyExpiredBy(now))
        {
            // The path of every order line: one event, and no state built that is thrown away.
            return quantity > (long)Available + BackorderLimit ? Short(sku, quantity, now) : Decision.Of(Allocation(sku, orderId, quantity, rule));
        }

        var draft = new StockDraft(this, sku, rule, now);
        draft.FillBackorders();
        if (quantity > (long)draft.State.Available + BackorderLimit)
        {
            return Short(sku, quantity, now);
        }

        draft.Add(draft.State.Allocation(sku, orderId, quantity, rule));
        return draft.Decide();
    }

    /// <summary>Takes back what an order was promised, at its location if that is known; never more than is promised at all.</summary>
    internal Decision Release(Guid orderId, int quantity, string? location, IAllocationRule rule, DateTimeOffset now)
    {
        var draft = new StockDraft(this, Sku, rule, now);
        var picks = new List<StockPick>(1);
        var waiting = location is null ? Math.Min(draft.State.Backordered, quantity) : 0;
        var left = quantity - waiting;
        foreach (var shelf in rule.InOrder(draft.State.Shelves).Reverse().OrderByDescending(shelf => string.Equals(shelf.Location, location, StringComparison.Ordinal)))
        {
            var back = Math.Min(shelf.Allocated, left);
            if (back > 0)
            {
                picks.Add(new StockPick(shelf.Location, back));
                left -= back;
            }
        }

        var more = Math.Min(draft.State.Backordered - waiting, left);
        if (quantity - left + more > 0)
        {
            draft.Add(new StockReleased(Sku, orderId, picks, waiting + more, draft.After(reserved: left - more - quantity)));
        }

        return draft.Decide();
    }

    /// <summary>
    /// Promised units leave the building. Promises are not told apart by order: whoever is packed first gets the units that are there, and only units on
    /// back-order are missing. The caller asked <see cref="Allocated"/> before, for all its SKUs.
    /// </summary>
    internal Decision Dispatch(Guid orderId, int quantity, IAllocationRule rule, DateTimeOffset now)
    {
        if (quantity > Allocated)
        {
            return new InsufficientStock([new StockShortage(Sku, quantity, Allocated)]);
        }

        var draft = new StockDraft(this, Sku, rule, now);
        var picks = new List<StockPick>(1);
        var left = quantity;
        foreach (var shelf in rule.InOrder(draft.State.Shelves))
        {
            var taken = Math.Min(shelf.Allocated, left);
            if (taken > 0)
            {
                picks.Add(new StockPick(shelf.Location, taken));
                left -= taken;
            }
        }

        draft.Add(new StockDispatched(Sku, orderId, picks, draft.After(onHand: -quantity, reserved: -quantity)));
        return draft.Decide();
    }

    /// <summary>Sent units are back. They were counted within the limits when they first came, so none is turned away now.</summary>
    internal Decision Restock(string sku, Guid orderId, Guid returnId, int quantity, IAllocationRule rule, DateTimeOffset now)
    {
        var draft = new StockDraft(this, sku, rule, now);
        draft.Add(new StockReturned(sku, orderId, returnId, Location.Main, quantity, draft.After(onHand: quantity)));
        return draft.Decide();
    }

    internal Decision ChangeSettings(string sku, int backorderLimit, int lowStockThreshold, IAllocationRule rule, DateTimeOffset now)
    {
        var draft = new StockDraft(this, sku, rule, now);
        if (Sku.Length == 0 || backorderLimit != BackorderLimit || lowStockThreshold != LowStockThreshold)
        {
            var after = (draft.State with { BackorderLimit = backorderLimit, LowStockThreshold = lowStockThreshold }).Balance();
            draft.Add(new StockSettingsChanged(sku, backorderLimit, lowStockThreshold, after));
        }

        return draft.Decide();
    }

    /// <inheritdoc />
    public Stock Evolve(object @event) => @event switch
    {
        StockAllocated e => Promised(e.Picks, e.Backordered, 1),
        StockReleased e => Promised(e.Picks, e.Backordered, -1),
        StockReceived e => this with { Sku = e.Sku, OnHand = checked(OnHand + e.Quantity), Shelves = Shelves.With(e.Location, onHand: e.Quantity) },
        StockAdjusted e => this with { Sku = e.Sku, OnHand = checked(OnHand + e.Delta), Shelves = Shelves.With(e.Location, onHand: e.Delta) },
        StockTransferred e => this with { Shelves = Shelves.With(e.From, onHand: -e.Quantity).With(e.To, onHand: e.Quantity) },
        StockReserved e => WithHold(new StockHold(e.ReservationId, e.Picks, e.ExpiresAt)),
        StockHoldExtended e => Holds.Of(e.ReservationId) is { } hold ? this with { Holds = Holds.With(hold with { ExpiresAt = e.ExpiresAt }) } : this,
        StockHoldReleased e => WithoutHold(e.ReservationId),
        StockHoldExpired e => WithoutHold(e.ReservationId),
        StockDispatched e => e.Picks.Aggregate(this, (stock, pick) => stock with
        {
            OnHand = checked(stock.OnHand - pick.Quantity),
            Allocated = checked(stock.Allocated - pick.Quantity),
            Shelves = stock.Shelves.With(pick.Location, onHand: -pick.Quantity, allocated: -pick.Quantity),
        }),
        StockReturned e => this with { Sku = e.Sku, OnHand = checked(OnHand + e.Quantity), Shelves = Shelves.With(e.Location, onHand: e.Quantity) },
        BackorderFilled e => Promised(e.Picks, -e.Picks.Sum(pick => pick.Quantity), 1, backorderedSign: 1),
        StockSettingsChanged e => this with { Sku = e.Sku, BackorderLimit = e.BackorderLimit, LowStockThreshold = e.LowStockThreshold },
        _ => this,
    };

    /// <summary>How the SKU stands, with these changes.</summary>
    internal StockBalance Balance(int onHand = 0, int reserved = 0) =>
        new(checked(OnHand + onHand), checked(Reserved + reserved), Availability(checked(OnHand + onHand - Reserved - reserved), BackorderLimit, LowStockThreshold));

    /// <summary>The word for so many available units.</summary>
    internal static string Availability(int available, int backorderLimit, int lowStockThreshold) =>
        available > Math.Max(0, lowStockThreshold) ? Availabilities.InStock
        : available > 0 ? Availabilities.LowStock
        : (long)available + backorderLimit > 0 ? Availabilities.Backorder
        : Availabilities.OutOfStock;

    private StockAllocated Allocation(string sku, Guid orderId, int quantity, IAllocationRule rule)
    {
        var there = Math.Clamp(Available, 0, quantity);
        return new StockAllocated(sku, orderId, there == 0 ? [] : rule.Pick(Shelves, there), quantity - there, Balance(reserved: quantity));
    }

    private Decision Short(string sku, int quantity, DateTimeOffset now) => new InsufficientStock([new StockShortage(sku, quantity, OrderableAt(now))]);

    private Stock Promised(IReadOnlyList<StockPick> picks, int backordered, int sign, int? backorderedSign = null)
    {
        var shelves = Shelves;
        var total = 0;
        for (var i = 0; i < picks.Count; i++)
        {
            shelves = shelves.With(picks[i].Location, allocated: sign * picks[i].Quantity);
            total = checked(total + picks[i].Quantity);
        }

        return this with { Shelves = shelves, Allocated = checked(Allocated + (sign * total)), Backordered = checked(Backordered + ((backorderedSign ?? sign) * backordered)) };
    }

    private Stock WithHold(StockHold hold)
    {
        var shelves = hold.Picks.Aggregate(Shelves, (all, pick) => all.With(pick.Location, held: pick.Quantity));
        return this with { Shelves = shelves, Held = checked(Held + hold.Quantity), Holds = Holds.With(hold) };
    }

    private Stock WithoutHold(Guid reservationId)
    {
        if (Holds.Of(reservationId) is not { } hold)
        {
            return this;
        }

        var shelves = hold.Picks.Aggregate(Shelves, (all, pick) => all.With(pick.Location, held: -pick.Quantity));
        return this with { Shelves = shelves, Held = checked(Held - hold.Quantity), Holds = Holds.Without(reservationId) };
    }
}
