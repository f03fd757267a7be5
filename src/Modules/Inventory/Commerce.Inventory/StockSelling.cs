using System.Collections.Immutable;
using Commerce.EventStore;
using Commerce.Inventory.Contracts;

namespace Commerce.Inventory;

/// <summary>An order that waits for units.</summary>
internal sealed record WaitingUnits(Guid OrderId, int Quantity);

/// <summary>A SKU that is sold before its release.</summary>
internal sealed record Preorder(DateTimeOffset ReleaseAt, int Limit);

// What orders take, give back, send and get back.
internal sealed partial record Stock
{
    /// <summary>Promises units to an order. The caller asked <see cref="OrderableAt"/> before, for all its SKUs.</summary>
    internal Decision Allocate(string sku, Guid orderId, int quantity, IAllocationRule rule, DateTimeOffset now, AllocationWish wish = default)
    {
        if (!Holds.AnyExpiredBy(now))
        {
            // The path of every order line: one event, and no state built that is thrown away.
            return quantity > (long)Available + LimitAt(now) ? Short(sku, quantity, now)
                : LowStockThreshold > 0 && !IsLow && Available - quantity <= LowStockThreshold ? Drafted(sku, orderId, quantity, rule, now, wish)
                : Decision.Of(Allocation(sku, orderId, quantity, rule, now, wish));
        }

        return Drafted(sku, orderId, quantity, rule, now, wish);
    }

    /// <summary>
    /// Turns the units that a reservation holds into an order's. What the order wants beyond them is allocated like any other, what it does not want is free.
    /// </summary>
    internal Decision Convert(string sku, Guid reservationId, Guid orderId, int quantity, IAllocationRule rule, DateTimeOffset now, AllocationWish wish = default)
    {
        var draft = new StockDraft(this, sku, rule, now);
        if (draft.State.Holds.Of(reservationId) is not { } hold)
        {
            return Allocate(sku, orderId, quantity, rule, now, wish);
        }

        var left = quantity;
        var picks = new List<StockPick>(hold.Picks.Count);
        foreach (var pick in hold.Picks)
        {
            var taken = Math.Min(pick.Quantity, left);
            left -= taken;
            if (taken > 0)
            {
                picks.Add(pick with { Quantity = taken });
            }
        }

        var returned = hold.Quantity - (quantity - left);
        draft.Add(new StockHoldConverted(sku, reservationId, orderId, picks, returned, draft.After(reserved: -returned), wish.Bundle));
        if (left > 0)
        {
            if (left > (long)draft.State.Available + LimitAt(now))
            {
                return Short(sku, quantity, now, more: hold.Quantity);
            }

            draft.Add(draft.State.Allocation(sku, orderId, left, rule, now, wish));
        }

        return draft.Decide();
    }

    /// <summary>Takes back what an order was promised: first what it still waits for, then units on shelves, at its location if that is known; never more than is promised at all.</summary>
    internal Decision Release(Guid orderId, int quantity, string? location, IAllocationRule rule, DateTimeOffset now, string? bundle = null)
    {
        var draft = new StockDraft(this, Sku, rule, now);
        var picks = new List<StockPick>(1);
        var waiting = location is null ? Math.Min(draft.State.Waiting.Of(orderId), quantity) : 0;
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
            draft.Add(new StockReleased(Sku, orderId, picks, waiting + more, draft.After(reserved: left - more - quantity), bundle));
        }

        return draft.Decide();
    }

    /// <summary>
    /// Promised units leave the building. Units are not told apart, but those that an order waits for are not there yet: the caller asked
    /// <see cref="DispatchableOf"/> before, for all its SKUs.
    /// </summary>
    internal Decision Dispatch(Guid orderId, int quantity, IAllocationRule rule, DateTimeOffset now, string? bundle = null)
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

        draft.Add(new StockDispatched(Sku, orderId, picks, draft.After(onHand: -quantity, reserved: -quantity), bundle));
        return draft.Decide();
    }

    /// <summary>Sent units are back. They were counted within the limits when they first came, so none is turned away now.</summary>
    internal Decision Restock(string sku, Guid orderId, Guid returnId, int quantity, IAllocationRule rule, DateTimeOffset now, string? bundle = null)
    {
        var draft = new StockDraft(this, sku, rule, now);
        draft.Add(new StockReturned(sku, orderId, returnId, Location.Main, quantity, draft.After(onHand: quantity), bundle));
        return draft.Decide();
    }

    /// <summary>Units that can leave for an order: all that it is owed but those that it waits for in the queue of back-orders.</summary>
    internal int DispatchableOf(Guid orderId, int? owed) => owed is { } units ? Math.Clamp(units - Waiting.Of(orderId), 0, Allocated) : Allocated;

    private Decision Drafted(string sku, Guid orderId, int quantity, IAllocationRule rule, DateTimeOffset now, AllocationWish wish)
    {
        var draft = new StockDraft(this, sku, rule, now);
        draft.FillBackorders();
        if (quantity > (long)draft.State.Available + LimitAt(now))
        {
            return Short(sku, quantity, now);
        }

        draft.Add(draft.State.Allocation(sku, orderId, quantity, rule, now, wish));
        return draft.Decide();
    }

    private StockAllocated Allocation(string sku, Guid orderId, int quantity, IAllocationRule rule, DateTimeOffset now, AllocationWish wish)
    {
        var there = Math.Clamp(Available, 0, quantity);
        return new StockAllocated(sku, orderId, there == 0 ? [] : rule.Pick(Shelves, there, wish), quantity - there, Balance(now, reserved: quantity), wish.Bundle);
    }

    private Decision Short(string sku, int quantity, DateTimeOffset now, int more = 0) => new InsufficientStock([new StockShortage(sku, quantity, OrderableAt(now) + more)]);
}

/// <summary>The queue of those who wait. Short, because the back-order limit ends it.</summary>
internal static class WaitingQueue
{
    /// <summary>Units that an order waits for.</summary>
    internal static int Of(this ImmutableList<WaitingUnits> waiting, Guid orderId) =>
        waiting.IsEmpty ? 0 : waiting.Sum(one => one.OrderId == orderId ? one.Quantity : 0);

    /// <summary>The queue after the first so many units were served.</summary>
    internal static ImmutableList<WaitingUnits> Served(this ImmutableList<WaitingUnits> waiting, int units)
    {
        while (units > 0 && !waiting.IsEmpty)
        {
            var first = waiting[0];
            waiting = first.Quantity <= units ? waiting.RemoveAt(0) : waiting.SetItem(0, first with { Quantity = first.Quantity - units });
            units -= Math.Min(units, first.Quantity);
        }

        return waiting;
    }

    /// <summary>Who is served by so many units, the first first.</summary>
    internal static IReadOnlyList<WaitingUnits> First(this ImmutableList<WaitingUnits> waiting, int units)
    {
        var served = new List<WaitingUnits>();
        foreach (var one in waiting)
        {
            if (units == 0)
            {
                break;
            }

            served.Add(one with { Quantity = Math.Min(one.Quantity, units) });
            units -= served[^1].Quantity;
        }

        return served;
    }

    /// <summary>The queue without so many units of an order, its last ones first. Old histories did not tell whose they were: what is left is taken off the end.</summary>
    internal static ImmutableList<WaitingUnits> Without(this ImmutableList<WaitingUnits> waiting, Guid orderId, int units)
    {
        for (var pass = 0; pass < 2 && units > 0; pass++)
        {
            for (var i = waiting.Count - 1; i >= 0 && units > 0; i--)
            {
                if (pass == 1 || waiting[i].OrderId == orderId)
                {
                    var gone = Math.Min(waiting[i].Quantity, units);
                    units -= gone;
                    waiting = gone == waiting[i].Quantity ? waiting.RemoveAt(i) : waiting.SetItem(i, waiting[i] with { Quantity = waiting[i].Quantity - gone });
                }
            }
        }

        return waiting;
    }
}
