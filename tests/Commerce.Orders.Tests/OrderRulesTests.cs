using Commerce.EventStore;
using Commerce.EventStore.Verification;
using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests;

/// <summary>Every rule passes a sound history, and each catches the history that it is there for.</summary>
public sealed class OrderRulesTests
{
    [Fact]
    public void A_sound_history_breaks_no_rule()
    {
        Breaks(new OrdersAddUp(), Placed(), Cancelled()).ShouldBeEmpty();
        Breaks(new CancelledOrdersGiveEverythingBack(), Placed(), Cancelled()).ShouldBeEmpty();
        Breaks(new OrdersArePlacedOnce(), Placed(), Cancelled()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(21.31, 0, 0, 0, 21.31)]
    [InlineData(21.30, 5, 0, 0, 21.30)]
    [InlineData(21.30, 0, 1, 2, 21.30)]
    public void Sums_that_do_not_follow_from_the_lines_are_caught(decimal subtotal, decimal shipping, decimal tax, decimal discount, decimal total) =>
        Breaks(new OrdersAddUp(), Placed() with { Totals = new PlacedTotals(subtotal, shipping, tax, discount, total) }).ShouldBe([1]);

    [Fact]
    public void A_line_without_units_is_caught() =>
        Breaks(new OrdersAddUp(), Placed() with { Lines = [new PlacedLine("MUG", ProductId, "Mug", 0, 9.90m)] }).ShouldBe([1]);

    [Fact]
    public void A_cancellation_that_keeps_a_line_is_caught() =>
        Breaks(new CancelledOrdersGiveEverythingBack(), Placed(), Cancelled() with { Lines = [new ReturnedLine("MUG", ProductId, 2)] }).ShouldBe([2]);

    [Fact]
    public void A_cancellation_that_gives_back_more_is_caught() =>
        Breaks(new CancelledOrdersGiveEverythingBack(), Placed(), Cancelled() with { Lines = [new ReturnedLine("MUG", ProductId, 3), new ReturnedLine("PEN", ProductId, 1)] }).ShouldBe([2]);

    [Fact]
    public void An_order_that_begins_again_or_ends_twice_is_caught()
    {
        Breaks(new OrdersArePlacedOnce(), Placed(), Placed()).ShouldBe([2]);
        Breaks(new OrdersArePlacedOnce(), Placed(), Cancelled(), Cancelled()).ShouldBe([3]);
        Breaks(new OrdersArePlacedOnce(), Cancelled()).ShouldBe([1]);
    }

    [Fact]
    public void A_sku_that_is_in_a_cart_twice_is_caught()
    {
        var rule = new CartsHoldEachSkuOnce();
        var opened = new CartOpened(null, "USD", Now);
        var item = new CartItemSet("A", 1, ProductId, "Name", 1m);
        var recorded = new RecordedEvent { Id = Guid.Empty, StreamId = OrderId, Version = 2, Name = "", Data = item, Timestamp = Now };

        rule.After(recorded, Given<Cart>(opened, item, new CartItemSavedForLater("A", Now))).ShouldBeNull();
        rule.After(recorded, Given<Cart>(opened, item, new CartSavedItemTakenOver("A", 1, ProductId, "Name", 1m))).ShouldNotBeNull();
    }

    private static List<int> Breaks(ReplayRule rule, params object[] events)
    {
        var order = Order.Initial;
        var broken = new List<int>();
        for (var version = 1; version <= events.Length; version++)
        {
            var data = events[version - 1];
            order = order.Evolve(data);
            var recorded = new RecordedEvent { Id = Guid.Empty, StreamId = OrderId, Version = version, Name = data.GetType().Name, Data = data, Timestamp = Now };
            if (rule.After(recorded, order) is not null)
            {
                broken.Add(version);
            }
        }

        return broken;
    }
}
