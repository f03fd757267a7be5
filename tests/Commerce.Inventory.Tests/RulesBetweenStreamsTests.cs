using Commerce.EventStore;
using Commerce.EventStore.Verification;
using static Commerce.Inventory.Tests.Scenarios;

namespace Commerce.Inventory.Tests;

/// <summary>Each rule between streams passes a sound commit and catches the one that it is there for.</summary>
public sealed class RulesBetweenStreamsTests
{
    private static readonly StockBalance Any = new(0, 0, "inStock");

    [Fact]
    public void A_conversion_that_one_side_does_not_know_of_is_caught()
    {
        var converted = Reservation.Initial.Evolve(new ReservationMade([new ReservedLine(Sku, 2)], Noon)).Evolve(new ReservationConverted(Order));
        Happened Taken(int units) => new(Guid.Empty, new StockHoldConverted(Sku, Cart, Order, [new StockPick("main", units)], 0, Any), TenInMain);
        var told = new Happened(Cart, new ReservationConverted(Order), converted);

        Broken(new ReservationsBecomeTheirOrders(), told, Taken(2)).ShouldBeNull();
        Broken(new ReservationsBecomeTheirOrders(), told, Taken(1)).ShouldNotBeNull();
        Broken(new ReservationsBecomeTheirOrders(), Taken(2)).ShouldNotBeNull();
    }

    [Fact]
    public void Who_is_served_out_of_turn_is_caught()
    {
        var first = new Happened(Guid.Empty, new StockAllocated(Sku, Order, [], 2, Any), TenInMain);
        var second = new Happened(Guid.Empty, new StockAllocated(Sku, OtherOrder, [], 1, Any), TenInMain);
        Happened Filled(Guid order) => new(Guid.Empty, new BackorderFilled(Sku, [new StockPick("main", 1)], Any, [new WaitingUnits(order, 1)]), TenInMain);

        Broken(new BackOrdersAreFilledInTurn(), first, second, Filled(Order)).ShouldBeNull();
        Broken(new BackOrdersAreFilledInTurn(), first, second, Filled(OtherOrder)).ShouldNotBeNull();
    }

    [Fact]
    public void Goods_on_the_road_that_nobody_sent_are_caught()
    {
        var sent = new Happened(Cart, new TransferDispatched("main", "annex", [new TransferredUnits(Sku, 3)], null, Noon), Transfer.Initial);
        Happened Left(int units) => new(Guid.Empty, new StockSentAway(Sku, Cart, "main", "annex", units, null, Any), TenInMain);

        Broken(new TransfersMoveWhatTheySay(), sent, Left(3)).ShouldBeNull();
        Broken(new TransfersMoveWhatTheySay(), sent, Left(2)).ShouldNotBeNull();
        Broken(new TransfersMoveWhatTheySay(), Left(3)).ShouldNotBeNull();
    }

    [Fact]
    public void A_difference_that_was_not_booked_is_caught()
    {
        var completed = new Happened(Cart, new CountCompleted([new CountedDifference(Sku, -2)], Noon), StockCount.Initial);
        Happened Booked(int delta) => new(Guid.Empty, new StockAdjusted(Sku, "main", delta, "count", Any, Cart), TenInMain);

        Broken(new CountsBookWhatTheyFound(), completed, Booked(-2)).ShouldBeNull();
        Broken(new CountsBookWhatTheyFound(), completed, Booked(-1)).ShouldNotBeNull();
        Broken(new CountsBookWhatTheyFound(), completed).ShouldNotBeNull();
    }

    [Fact]
    public void A_bundle_that_leaves_a_part_behind_is_caught()
    {
        var set = NoStock.Evolve(new StockBundled("SET", [new BundlePart(Sku, 2)], Any));
        var sold = new Happened(Guid.Empty, new BundleAllocated("SET", Order, 3, Any), set);
        Happened Part(int units) => new(Guid.Empty, new StockAllocated(Sku, Order, [new StockPick("main", units)], 0, Any, "SET"), TenInMain);

        Broken(new BundlesMoveTheirParts(), Part(6), sold).ShouldBeNull();
        Broken(new BundlesMoveTheirParts(), Part(5), sold).ShouldNotBeNull();
        Broken(new BundlesMoveTheirParts(), sold).ShouldNotBeNull();
    }

    private static string? Broken(ReplayRule rule, params Happened[] commit)
    {
        string? broken = null;
        for (var i = 0; i < commit.Length; i++)
        {
            var recorded = new RecordedEvent { Id = Guid.Empty, StreamId = commit[i].StreamId, Version = i + 1, Name = "", Data = commit[i].Data, Timestamp = Noon };
            broken ??= rule.After(recorded, commit[i].State);
        }

        return broken ?? rule.AfterTransaction();
    }

    private sealed record Happened(Guid StreamId, object Data, object State);
}
