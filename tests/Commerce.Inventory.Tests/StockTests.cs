using Commerce.Inventory.Contracts;
using static Commerce.Inventory.Tests.Scenarios;

namespace Commerce.Inventory.Tests;

public sealed class StockTests
{
    [Fact]
    public void Receiving_puts_units_on_the_shelf() =>
        NoStock.Receive(Sku, "main", 10, "DN-1", Rule, Noon).Then(new StockReceived(Sku, "main", 10, "DN-1", new StockBalance(10, 0, "inStock")));

    [Fact]
    public void Receiving_more_than_any_sku_may_have_is_refused() =>
        TenInMain.Receive(Sku, "main", Stock.MostUnits - 9, null, Rule, Noon).ThenRefused<StockLimitReached>();

    [Fact]
    public void An_allocation_raises_what_is_reserved_and_leaves_what_is_on_hand()
    {
        TenInMain.Allocate(Sku, Order, 4, Rule, Noon)
            .Then(new StockAllocated(Sku, Order, [new StockPick("main", 4)], 0, new StockBalance(10, 4, "inStock")));

        var stock = TenInMain.After(s => s.Allocate(Sku, Order, 4, Rule, Noon));
        (stock.OnHand, stock.Reserved, stock.Available).ShouldBe((10, 4, 6));
    }

    [Fact]
    public void The_last_unit_is_sold_once()
    {
        var stock = TenInMain.After(s => s.Allocate(Sku, Order, 10, Rule, Noon));
        var short1 = stock.Allocate(Sku, OtherOrder, 1, Rule, Noon).ThenRefused<InsufficientStock>();
        short1.Shortages.ShouldBe([new StockShortage(Sku, 1, 0)]);
    }

    [Fact]
    public void A_sku_without_stock_is_short() =>
        NoStock.Allocate(Sku, Order, 1, Rule, Noon).ThenRefused<InsufficientStock>().Shortages.ShouldBe([new StockShortage(Sku, 1, 0)]);

    [Fact]
    public void An_allocation_takes_from_the_first_location_and_goes_on_to_the_next() =>
        FourInMainAndSixInAnnex.Allocate(Sku, Order, 7, Rule, Noon)
            .Then(new StockAllocated(Sku, Order, [new StockPick("main", 4), new StockPick("annex", 3)], 0, new StockBalance(10, 7, "inStock")));

    [Fact]
    public void A_location_that_this_process_has_not_heard_of_serves_last() =>
        TenInMain.After(s => s.Receive(Sku, "elsewhere", 5, null, Rule, Noon)).Allocate(Sku, Order, 12, Rule, Noon)
            .Then(new StockAllocated(Sku, Order, [new StockPick("main", 10), new StockPick("elsewhere", 2)], 0, new StockBalance(15, 12, "inStock")));

    [Fact]
    public void A_release_gives_back_in_the_opposite_order()
    {
        var stock = FourInMainAndSixInAnnex.After(s => s.Allocate(Sku, Order, 7, Rule, Noon));
        stock.Release(Order, 4, null, Rule, Noon)
            .Then(new StockReleased(Sku, Order, [new StockPick("annex", 3), new StockPick("main", 1)], 0, new StockBalance(10, 3, "inStock")));
    }

    [Fact]
    public void A_release_names_its_location_when_it_knows_it()
    {
        var stock = FourInMainAndSixInAnnex.After(s => s.Allocate(Sku, Order, 7, Rule, Noon));
        stock.Release(Order, 2, "main", Rule, Noon)
            .Then(new StockReleased(Sku, Order, [new StockPick("main", 2)], 0, new StockBalance(10, 5, "inStock")));
    }

    [Fact]
    public void A_release_never_gives_back_more_than_was_taken()
    {
        var stock = TenInMain.After(s => s.Allocate(Sku, Order, 2, Rule, Noon)).After(s => s.Release(Order, 5, null, Rule, Noon));
        (stock.OnHand, stock.Reserved).ShouldBe((10, 0));
        stock.Release(Order, 1, null, Rule, Noon).ThenNothing();
        NoStock.Release(Order, 1, null, Rule, Noon).ThenNothing();
    }

    [Fact]
    public void An_adjustment_changes_what_is_on_hand() =>
        TenInMain.Adjust(Sku, "main", -3, "broken", Rule, Noon).Then(new StockAdjusted(Sku, "main", -3, "broken", new StockBalance(7, 0, "inStock")));

    [Fact]
    public void An_adjustment_never_goes_below_what_is_promised()
    {
        var stock = TenWithThreeHeld.After(s => s.Allocate(Sku, Order, 5, Rule, Noon));
        stock.Adjust(Sku, "main", -3, "broken", Rule, Noon).ThenRefused<StockReservedBelow>().ShouldBe(new StockReservedBelow(Sku, "main", -3, 10, 8));
        stock.After(s => s.Adjust(Sku, "main", -2, "broken", Rule, Noon)).Available.ShouldBe(0);
    }

    [Fact]
    public void An_adjustment_of_an_empty_shelf_cannot_go_below_zero() =>
        TenInMain.Adjust(Sku, "annex", -1, "broken", Rule, Noon).ThenRefused<StockReservedBelow>();

    [Fact]
    public void A_transfer_moves_free_units()
    {
        var stock = TenInMain.After(s => s.Transfer(Sku, "main", "annex", 4, "T-1", Rule, Noon));
        stock.Shelves.ShouldBe([new Shelf("main", 6, 0, 0), new Shelf("annex", 4, 0, 0)]);
        stock.OnHand.ShouldBe(10);
    }

    [Fact]
    public void A_transfer_leaves_promised_units_where_they_are() =>
        TenInMain.After(s => s.Allocate(Sku, Order, 8, Rule, Noon)).Transfer(Sku, "main", "annex", 3, null, Rule, Noon)
            .ThenRefused<InsufficientStock>().Shortages.ShouldBe([new StockShortage(Sku, 3, 2)]);

    [Fact]
    public void A_reservation_holds_units_until_it_expires()
    {
        TenWithThreeHeld.AvailableAt(Noon).ShouldBe(7);
        TenWithThreeHeld.AvailableAt(Noon.AddSeconds(59)).ShouldBe(7);
        TenWithThreeHeld.AvailableAt(Noon.AddMinutes(1)).ShouldBe(10);
    }

    [Fact]
    public void Units_of_an_expired_reservation_are_sold_at_once_and_its_end_is_recorded_first() =>
        TenWithThreeHeld.Allocate(Sku, Order, 10, Rule, Noon.AddMinutes(1)).Then(
            new StockHoldExpired(Sku, Cart, 3, Noon.AddMinutes(1), new StockBalance(10, 0, "inStock")),
            new StockAllocated(Sku, Order, [new StockPick("main", 10)], 0, new StockBalance(10, 10, "outOfStock")));

    [Fact]
    public void An_instant_before_the_expiry_they_are_not() =>
        TenWithThreeHeld.Allocate(Sku, Order, 10, Rule, Noon.AddMinutes(1).AddMicroseconds(-1)).ThenRefused<InsufficientStock>();

    [Fact]
    public void An_extended_hold_lasts()
    {
        var stock = TenWithThreeHeld.After(s => s.ExtendHold(Cart, Noon.AddHours(1), Rule, Noon));
        stock.AvailableAt(Noon.AddMinutes(59)).ShouldBe(7);
        stock.AvailableAt(Noon.AddHours(1)).ShouldBe(10);
    }

    [Fact]
    public void A_released_hold_is_free_and_releasing_twice_changes_nothing()
    {
        var stock = TenWithThreeHeld.After(s => s.ReleaseHold(Cart, Rule, Noon));
        stock.Available.ShouldBe(10);
        stock.ReleaseHold(Cart, Rule, Noon).ThenNothing();
        stock.ExtendHold(Cart, Noon.AddHours(1), Rule, Noon).ThenNothing();
    }

    [Fact]
    public void The_sweep_records_every_expired_hold_and_no_other()
    {
        var stock = TenWithThreeHeld
            .After(s => s.Reserve(Sku, OtherCart, 2, Noon.AddMinutes(5), Rule, Noon));
        stock.Expire(Rule, Noon).ThenNothing();
        stock.Expire(Rule, Noon.AddMinutes(2)).Then(new StockHoldExpired(Sku, Cart, 3, Noon.AddMinutes(1), new StockBalance(10, 2, "inStock")));
        stock.After(s => s.Expire(Rule, Noon.AddHours(1))).Reserved.ShouldBe(0);
    }

    [Fact]
    public void Orders_may_go_beyond_what_is_there_up_to_the_limit()
    {
        var stock = Oversellable(5);
        stock.Allocate(Sku, Order, 13, Rule, Noon)
            .Then(new StockAllocated(Sku, Order, [new StockPick("main", 10)], 3, new StockBalance(10, 13, "backorder")));
        stock.OrderableAt(Noon).ShouldBe(15);
        stock.Allocate(Sku, Order, 16, Rule, Noon).ThenRefused<InsufficientStock>().Shortages.ShouldBe([new StockShortage(Sku, 16, 15)]);
        stock.After(s => s.Allocate(Sku, Order, 15, Rule, Noon)).Balance(Noon).Availability.ShouldBe("outOfStock");
    }

    [Fact]
    public void Reservations_hold_only_what_is_there() =>
        Oversellable(5).Reserve(Sku, Cart, 11, Noon.AddMinutes(1), Rule, Noon).ThenRefused<InsufficientStock>();

    [Fact]
    public void The_next_receipt_fills_what_waits()
    {
        var stock = Oversellable(5).After(s => s.Allocate(Sku, Order, 13, Rule, Noon));
        stock.Receive(Sku, "annex", 2, null, Rule, Noon).Then(
            new StockReceived(Sku, "annex", 2, null, new StockBalance(12, 13, "backorder")),
            new BackorderFilled(Sku, [new StockPick("annex", 2)], new StockBalance(12, 13, "backorder"), [new WaitingUnits(Order, 2)]));
        var filled = stock.After(s => s.Receive(Sku, "main", 5, null, Rule, Noon));
        (filled.Backordered, filled.Available).ShouldBe((0, 2));
    }

    [Fact]
    public void A_released_hold_fills_what_waits()
    {
        var stock = TenWithThreeHeld
            .After(s => s.ChangeSettings(Sku, 5, 0, Rule, Noon))
            .After(s => s.Allocate(Sku, Order, 9, Rule, Noon));
        stock.Backordered.ShouldBe(2);
        var after = stock.After(s => s.ReleaseHold(Cart, Rule, Noon));
        (after.Backordered, after.Available, after.Shelves[0]).ShouldBe((0, 1, new Shelf("main", 10, 9, 0)));
    }

    [Fact]
    public void Expired_units_go_to_those_who_wait_before_anybody_else()
    {
        var stock = TenWithThreeHeld
            .After(s => s.ChangeSettings(Sku, 5, 0, Rule, Noon))
            .After(s => s.Allocate(Sku, Order, 9, Rule, Noon));
        var after = stock.After(s => s.Allocate(Sku, OtherOrder, 2, Rule, Noon.AddHours(1)));
        (after.Backordered, after.Available, after.Shelves[0]).ShouldBe((1, -1, new Shelf("main", 10, 10, 0)));
    }

    [Fact]
    public void A_release_ends_waiting_first()
    {
        var stock = Oversellable(5).After(s => s.Allocate(Sku, Order, 13, Rule, Noon));
        stock.Release(Order, 4, null, Rule, Noon)
            .Then(new StockReleased(Sku, Order, [new StockPick("main", 1)], 3, new StockBalance(10, 9, "inStock")));
    }

    [Fact]
    public void Settings_are_recorded_when_they_change()
    {
        TenInMain.ChangeSettings(Sku, 5, 12, Rule, Noon).Then(
            new StockSettingsChanged(Sku, 5, 12, new StockBalance(10, 0, "lowStock")), new StockRanLow(Sku, 10, 12, new StockBalance(10, 0, "lowStock")));
        TenInMain.ChangeSettings(Sku, 0, 0, Rule, Noon).ThenNothing();
        NoStock.ChangeSettings(Sku, 0, 0, Rule, Noon).Events.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(6, 0, 5, "inStock")]
    [InlineData(5, 0, 5, "lowStock")]
    [InlineData(1, 0, 0, "inStock")]
    [InlineData(0, 0, 5, "outOfStock")]
    [InlineData(0, 3, 5, "backorder")]
    [InlineData(-2, 3, 5, "backorder")]
    [InlineData(-3, 3, 5, "outOfStock")]
    [InlineData(int.MinValue, int.MaxValue, 0, "outOfStock")]
    public void Availability_is_one_word(int available, int limit, int threshold, string word) =>
        Stock.Availability(available, limit, threshold).ShouldBe(word);

    [Fact]
    public void A_dispatch_takes_promised_units_off_the_shelf_and_leaves_what_is_for_sale()
    {
        var stock = FourInMainAndSixInAnnex.After(s => s.Allocate(Sku, Order, 7, Rule, Noon));
        stock.Dispatch(Order, 5, Rule, Noon)
            .Then(new StockDispatched(Sku, Order, [new StockPick("main", 4), new StockPick("annex", 1)], new StockBalance(5, 2, "inStock")));

        var after = stock.After(s => s.Dispatch(Order, 5, Rule, Noon));
        (after.OnHand, after.Reserved, after.Available).ShouldBe((5, 2, stock.Available));
    }

    [Fact]
    public void What_waits_on_back_order_cannot_be_sent()
    {
        var stock = Oversellable(5).After(s => s.Allocate(Sku, Order, 12, Rule, Noon));
        stock.Dispatch(Order, 11, Rule, Noon).ThenRefused<InsufficientStock>().Shortages.ShouldBe([new StockShortage(Sku, 11, 10)]);
        stock.Dispatch(Order, 10, Rule, Noon).Events.Count.ShouldBe(1);
    }

    [Fact]
    public void A_return_is_for_sale_again()
    {
        var sent = TenInMain.After(s => s.Allocate(Sku, Order, 4, Rule, Noon)).After(s => s.Dispatch(Order, 4, Rule, Noon));
        sent.Restock(Sku, Order, Cart, 3, Rule, Noon).Then(new StockReturned(Sku, Order, Cart, "main", 3, new StockBalance(9, 0, "inStock")));
    }

    [Fact]
    public void A_return_fills_the_oldest_promises_first()
    {
        var waiting = Oversellable(5).After(s => s.Allocate(Sku, Order, 10, Rule, Noon)).After(s => s.Dispatch(Order, 10, Rule, Noon))
            .After(s => s.Allocate(Sku, OtherOrder, 2, Rule, Noon));
        waiting.Restock(Sku, Order, Cart, 3, Rule, Noon).Then(
            new StockReturned(Sku, Order, Cart, "main", 3, new StockBalance(3, 2, "inStock")),
            new BackorderFilled(Sku, [new StockPick("main", 2)], new StockBalance(3, 2, "inStock"), [new WaitingUnits(OtherOrder, 2)]));
    }
}
