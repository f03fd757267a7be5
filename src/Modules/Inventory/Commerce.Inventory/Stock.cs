using System.Collections.Immutable;
using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Outcomes;

namespace Commerce.Inventory;

/// <summary>
/// The stock of one SKU: counters per location and the open holds, nothing that grows with the number of orders. What an order took the
/// order itself remembers. Every decision first counts holds whose time has passed as free and records that they ended.
/// </summary>
internal sealed partial record Stock : IAggregate<Stock>
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

    /// <summary>Who waits for those units, the first first. As long as the back-order limit allows, and empty for almost every SKU.</summary>
    internal ImmutableList<WaitingUnits> Waiting { get; private init; } = [];

    /// <summary>Units on their way between two locations: on hand at neither.</summary>
    internal int InTransit { get; private init; }

    /// <summary>What the SKU is sold as when it is a bundle; null for almost every SKU.</summary>
    internal IReadOnlyList<BundlePart>? Parts { get; private init; }

    /// <summary>The level of a bundle as it was last told.</summary>
    internal StockBalance? Told { get; private init; }

    /// <summary>Until when the SKU is sold before its release, and how far; null for almost every SKU.</summary>
    internal Preorder? Preorder { get; private init; }

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
    internal int OrderableAt(DateTimeOffset now) => Math.Max(0, AvailableAt(now) + LimitAt(now));

    /// <summary>How far the SKU may be oversold at an instant: until its release as far as it may be ordered in advance.</summary>
    internal int LimitAt(DateTimeOffset now) => Preorder is { } preorder && now < preorder.ReleaseAt ? Math.Max(preorder.Limit, BackorderLimit) : BackorderLimit;

    /// <summary>Whether it is time to buy more: only for a SKU that has a threshold.</summary>
    internal bool IsLow => LowStockThreshold > 0 && Available <= LowStockThreshold;

    /// <summary>Sells the SKU as these parts. They never change: an order that is given back must give back what it took.</summary>
    internal Decision BundleUp(string sku, IReadOnlyList<BundlePart> parts, StockBalance level) =>
        Parts is not null ? (Parts.SequenceEqual(parts) ? Decision.Nothing : new BundleExists(sku, Parts))
        : OnHand != 0 || Reserved != 0 || InTransit != 0 || BackorderLimit != 0 || Preorder is not null ? new SkuHasStock(sku)
        : Decision.Of(new StockBundled(sku, parts, level));

    /// <summary>Tells what can be sold of a bundle, when that is other than it was last told.</summary>
    internal Decision TellLevel(StockBalance level) => level == Told ? Decision.Nothing : Decision.Of(new BundleLevelTold(Sku, level));

    /// <summary>Sells the SKU before it is there, until a date.</summary>
    internal Decision OpenPreorder(string sku, DateTimeOffset releaseAt, int limit, IAllocationRule rule, DateTimeOffset now)
    {
        if (Parts is not null)
        {
            return new SkuIsBundle(sku);
        }

        if (releaseAt <= now)
        {
            return ValidationFailed.Of("releaseAt", "A time that is still to come.");
        }

        var draft = new StockDraft(this, sku, rule, now);
        if (Preorder != new Preorder(releaseAt, limit))
        {
            draft.Add(new StockPreorderOpened(sku, releaseAt, limit, (draft.State with { Preorder = new Preorder(releaseAt, limit) }).Balance(now)));
        }

        return draft.Decide();
    }

    /// <summary>Ends the sale in advance; what was promised stays promised. Without one nothing changes.</summary>
    internal Decision ClosePreorder(IAllocationRule rule, DateTimeOffset now)
    {
        var draft = new StockDraft(this, Sku, rule, now);
        if (Preorder is not null)
        {
            draft.Add(new StockPreorderClosed(Sku, (draft.State with { Preorder = null }).Balance(now)));
        }

        return draft.Decide();
    }

    /// <summary>Records that the release has come.</summary>
    internal Decision Release(IAllocationRule rule, DateTimeOffset now) =>
        Preorder is { } preorder && preorder.ReleaseAt <= now ? ClosePreorder(rule, now) : Decision.Nothing;

    internal Decision Receive(string sku, string location, int quantity, string? reference, IAllocationRule rule, DateTimeOffset now)
    {
        if (Parts is not null)
        {
            return new SkuIsBundle(sku);
        }

        if (quantity > MostUnits - OnHand)
        {
            return new StockLimitReached(sku, MostUnits);
        }

        var draft = new StockDraft(this, sku, rule, now);
        draft.Add(new StockReceived(sku, location, quantity, reference, draft.After(onHand: quantity)));
        return draft.Decide();
    }

    internal Decision Adjust(string sku, string location, int delta, string reason, IAllocationRule rule, DateTimeOffset now, Guid? countId = null)
    {
        var draft = new StockDraft(this, sku, rule, now);
        var shelf = draft.State.Shelves.At(location);
        if (Parts is not null)
        {
            return new SkuIsBundle(sku);
        }

        if (delta > MostUnits - OnHand)
        {
            return new StockLimitReached(sku, MostUnits);
        }

        if (shelf.Free + delta < 0)
        {
            return new StockReservedBelow(sku, location, delta, shelf.OnHand, shelf.Reserved);
        }

        draft.Add(new StockAdjusted(sku, location, delta, reason, draft.After(onHand: delta), countId));
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

    /// <summary>Free units leave for another location.</summary>
    internal Decision SendAway(string sku, Guid transferId, string from, string to, int quantity, string? reference, IAllocationRule rule, DateTimeOffset now)
    {
        var draft = new StockDraft(this, sku, rule, now);
        var free = draft.State.Shelves.At(from).Free;
        if (quantity > free)
        {
            return new InsufficientStock([new StockShortage(sku, quantity, free)]);
        }

        draft.Add(new StockSentAway(sku, transferId, from, to, quantity, reference, draft.After(onHand: -quantity)));
        return draft.Decide();
    }

    /// <summary>Units that were sent arrive. They were counted within the limits before, so none is turned away now.</summary>
    internal Decision Arrive(string sku, Guid transferId, string location, int quantity, IAllocationRule rule, DateTimeOffset now)
    {
        var draft = new StockDraft(this, sku, rule, now);
        draft.Add(new StockArrived(sku, transferId, location, quantity, draft.After(onHand: quantity)));
        return draft.Decide();
    }

    /// <summary>Units that were sent will not arrive.</summary>
    internal Decision Lose(string sku, Guid transferId, int quantity, string reason, IAllocationRule rule, DateTimeOffset now)
    {
        var draft = new StockDraft(this, sku, rule, now);
        draft.Add(new StockLostInTransit(sku, transferId, quantity, reason, draft.After()));
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

        draft.Add(new StockReserved(sku, reservationId, rule.Pick(draft.State.Shelves, quantity, default), expiresAt, draft.After(reserved: quantity)));
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

    internal Decision ChangeSettings(string sku, int backorderLimit, int lowStockThreshold, IAllocationRule rule, DateTimeOffset now)
    {
        if (Parts is not null)
        {
            return new SkuIsBundle(sku);
        }

        var draft = new StockDraft(this, sku, rule, now);
        if (Sku.Length == 0 || backorderLimit != BackorderLimit || lowStockThreshold != LowStockThreshold)
        {
            var after = (draft.State with { BackorderLimit = backorderLimit, LowStockThreshold = lowStockThreshold }).Balance(now);
            draft.Add(new StockSettingsChanged(sku, backorderLimit, lowStockThreshold, after));
        }

        return draft.Decide();
    }

    /// <inheritdoc />
    public Stock Evolve(object @event) => @event switch
    {
        StockAllocated e => Promised(e.Picks, e.Backordered, 1) is var stock && e.Backordered == 0 ? stock : stock with { Waiting = Waiting.Add(new WaitingUnits(e.OrderId, e.Backordered)) },
        StockReleased e => Promised(e.Picks, e.Backordered, -1) is var stock && e.Backordered == 0 ? stock : stock with { Waiting = Waiting.Without(e.OrderId, e.Backordered) },
        StockReceived e => this with { Sku = e.Sku, OnHand = checked(OnHand + e.Quantity), Shelves = Shelves.With(e.Location, onHand: e.Quantity) },
        StockAdjusted e => this with { Sku = e.Sku, OnHand = checked(OnHand + e.Delta), Shelves = Shelves.With(e.Location, onHand: e.Delta) },
        StockTransferred e => this with { Shelves = Shelves.With(e.From, onHand: -e.Quantity).With(e.To, onHand: e.Quantity) },
        StockSentAway e => this with
        {
            OnHand = checked(OnHand - e.Quantity), InTransit = checked(InTransit + e.Quantity), Shelves = Shelves.With(e.From, onHand: -e.Quantity),
        },
        StockArrived e => this with
        {
            OnHand = checked(OnHand + e.Quantity), InTransit = checked(InTransit - e.Quantity), Shelves = Shelves.With(e.Location, onHand: e.Quantity),
        },
        StockLostInTransit e => this with { InTransit = checked(InTransit - e.Quantity) },
        StockReserved e => WithHold(new StockHold(e.ReservationId, e.Picks, e.ExpiresAt)),
        StockHoldExtended e => Holds.Of(e.ReservationId) is { } hold ? this with { Holds = Holds.With(hold with { ExpiresAt = e.ExpiresAt }) } : this,
        StockHoldReleased e => WithoutHold(e.ReservationId),
        StockHoldExpired e => WithoutHold(e.ReservationId),
        StockHoldConverted e => WithoutHold(e.ReservationId).Promised(e.Picks, 0, 1),
        StockDispatched e => e.Picks.Aggregate(this, (stock, pick) => stock with
        {
            OnHand = checked(stock.OnHand - pick.Quantity),
            Allocated = checked(stock.Allocated - pick.Quantity),
            Shelves = stock.Shelves.With(pick.Location, onHand: -pick.Quantity, allocated: -pick.Quantity),
        }),
        StockReturned e => this with { Sku = e.Sku, OnHand = checked(OnHand + e.Quantity), Shelves = Shelves.With(e.Location, onHand: e.Quantity) },
        BackorderFilled e => Promised(e.Picks, -e.Picks.Sum(pick => pick.Quantity), 1, backorderedSign: 1) with { Waiting = Waiting.Served(e.Picks.Sum(pick => pick.Quantity)) },
        StockPreorderOpened e => this with { Sku = e.Sku, Preorder = new Preorder(e.ReleaseAt, e.Limit) },
        StockPreorderClosed => this with { Preorder = null },
        StockBundled e => this with { Sku = e.Sku, Parts = e.Parts, Told = e.After },
        BundleAllocated or BundleReleased or BundleDispatched or BundleReturned or BundleLevelTold => this with { Told = ((IBundleEvent)@event).After },
        StockRanLow or StockRecovered => this,
        StockSettingsChanged e => this with { Sku = e.Sku, BackorderLimit = e.BackorderLimit, LowStockThreshold = e.LowStockThreshold },
        _ => this,
    };

    /// <summary>How the SKU stands at an instant as recorded, with these changes.</summary>
    internal StockBalance Balance(DateTimeOffset now, int onHand = 0, int reserved = 0) =>
        new(checked(OnHand + onHand), checked(Reserved + reserved), Availability(checked(OnHand + onHand - Reserved - reserved), LimitAt(now), LowStockThreshold));

    /// <summary>The word for so many available units.</summary>
    internal static string Availability(int available, int backorderLimit, int lowStockThreshold) =>
        available > Math.Max(0, lowStockThreshold) ? Availabilities.InStock
        : available > 0 ? Availabilities.LowStock
        : (long)available + backorderLimit > 0 ? Availabilities.Backorder
        : Availabilities.OutOfStock;

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
