using Commerce.Inventory.Contracts;
using Commerce.Orders.Placing;
using Commerce.Orders.Pricing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests;

public sealed class CartTests
{
    private static readonly CartOpened Opened = new(Customer, "USD", Now);

    [Fact]
    public void A_cart_opens_with_its_first_items() => Cart.Open(Customer, "USD", [Item("A", 2)], Now).Then(Opened, Item("A", 2));

    [Fact]
    public void Items_of_two_tabs_both_stay()
    {
        var seen = Given<Cart>(Opened);

        var cart = Given<Cart>([Opened, .. seen.SetItem(Item("A", 1)).Events, .. seen.SetItem(Item("B", 2)).Events]);

        cart.Items.Select(item => (item.Sku, item.Quantity)).ShouldBe([("A", 1), ("B", 2)]);
    }

    [Fact]
    public void The_last_quantity_of_a_sku_stands() =>
        Given<Cart>(Opened, Item("A", 1), Item("A", 5)).Items.ShouldHaveSingleItem().Quantity.ShouldBe(5);

    [Fact]
    public void The_same_quantity_again_changes_nothing() => Given<Cart>(Opened, Item("A", 1)).SetItem(Item("A", 1, 3m)).Then();

    [Fact]
    public void A_new_quantity_keeps_the_price_that_was_shown_first() =>
        Given<Cart>(Opened, Item("A", 1)).SetItem(Item("A", 2, 99m)).Then(Item("A", 2));

    [Fact]
    public void What_is_not_in_the_cart_is_already_out()
    {
        Given<Cart>(Opened, Item("A", 1)).RemoveItem("B").Then();
        Given<Cart>(Opened, Item("A", 1)).RemoveItem("A").Then(new CartItemRemoved("A"));
    }

    [Fact]
    public void A_cart_holds_200_lines_and_no_more()
    {
        var full = Given<Cart>([Opened, .. Enumerable.Range(0, 200).Select(i => Item($"S{i}", 1))]);

        full.SetItem(Item("ONE-MORE", 1)).ThenRefused<CartIsFull>();
        full.SetItem(Item("S7", 9)).Then(Item("S7", 9));
        Given<Cart>(Opened, Item("OTHER", 1)).TakeIn(full).ThenRefused<CartIsFull>();
    }

    [Fact]
    public void Merging_adds_quantities_up_to_the_most_that_a_line_holds()
    {
        var source = Given<Cart>(Opened, Item("A", 2), Item("B", 9_999), Item("C", 1));
        var target = Given<Cart>(Opened, Item("A", 3), Item("B", 2));

        target.TakeIn(source).Then(Item("A", 5), Item("B", 10_000), Item("C", 1));
    }

    [Fact]
    public void Carts_of_two_currencies_do_not_merge() =>
        Given<Cart>(Opened).TakeIn(Given<Cart>(Opened with { Currency = "KRW" })).ThenRefused<CartsDiffer>();

    [Fact]
    public void A_cart_merges_into_one_other_once()
    {
        var merged = Given<Cart>(Opened, new CartMergedInto(OrderId, Now));

        merged.MergeInto(OrderId, Now).Then();
        merged.MergeInto(ProductId, Now).ThenRefused<CartClosed>().MergedInto.ShouldBe(OrderId);
    }

    [Fact]
    public void A_cart_is_checked_out_once()
    {
        Given<Cart>(Opened).CheckOut(OrderId, Now).ThenRefused<CartIsEmpty>();
        Given<Cart>(Opened, Item("A", 1)).CheckOut(OrderId, Now).Then(new CartCheckedOut(OrderId, Now));
        Given<Cart>(Opened, Item("A", 1), new CartCheckedOut(OrderId, Now)).CheckOut(ProductId, Now).ThenRefused<CartClosed>().OrderId.ShouldBe(OrderId);
    }

    [Fact]
    public void A_closed_cart_takes_no_edits()
    {
        var closed = Given<Cart>(Opened, Item("A", 1), new CartCheckedOut(OrderId, Now));

        closed.SetItem(Item("B", 1)).ThenRefused<CartClosed>();
        closed.RemoveItem("A").ThenRefused<CartClosed>();
        closed.TakeIn(Given<Cart>(Opened)).ThenRefused<CartClosed>();
    }

    [Fact]
    public void A_guests_cart_is_open_to_whoever_knows_it_and_a_customers_to_that_customer()
    {
        var guests = Given<Cart>(Opened with { CustomerId = null });
        var customers = Given<Cart>(Opened);

        guests.IsOpenTo(null, false).ShouldBeTrue();
        guests.IsOpenTo(Customer, false).ShouldBeTrue();
        customers.IsOpenTo(null, false).ShouldBeFalse();
        customers.IsOpenTo(OrderId, false).ShouldBeFalse();
        customers.IsOpenTo(Customer, false).ShouldBeTrue();
        customers.IsOpenTo(null, true).ShouldBeTrue();
        Cart.Initial.IsOpenTo(null, true).ShouldBeFalse();
    }

    [Fact]
    public void A_cart_is_shown_at_todays_prices_with_what_changed()
    {
        var cart = Given<Cart>(Opened, Item("SAME", 1), Item("DEARER", 2), Item("CHEAPER", 1), Item("GONE", 1), Item("SHORT", 5), Item("LATER", 5));
        var quote = new CartQuote(
            Offers("USD", ("SAME", 10m), ("DEARER", 12m), ("CHEAPER", 8m), ("SHORT", 10m), ("LATER", 10m)),
            new[] { "SAME", "DEARER", "CHEAPER", "GONE" }.Select(sku => new StockLevel(sku, 50, Availabilities.InStock))
                .Append(new StockLevel("SHORT", 4, Availabilities.LowStock)).Append(new StockLevel("LATER", 0, Availabilities.Backorder))
                .ToDictionary(level => level.Sku),
            Rules(), PricedBy());

        var shown = quote.Show(OrderId, 7, cart);

        shown.Items.ToDictionary(item => item.Sku, item => string.Join(' ', item.Changes)).ShouldBe(new Dictionary<string, string>
        {
            ["SAME"] = "", ["DEARER"] = "priceRaised", ["CHEAPER"] = "priceLowered", ["GONE"] = "unavailable", ["SHORT"] = "insufficientStock", ["LATER"] = "",
        });
        shown.Changes.Select(change => (change.Sku, change.Kind, change.Was, change.Now)).ShouldBe(
        [
            ("DEARER", "priceRaised", Usd(10m), Usd(12m)), ("CHEAPER", "priceLowered", Usd(10m), Usd(8m)), ("GONE", "unavailable", Usd(10m), null), ("SHORT", "insufficientStock", 5, 4),
        ]);
        shown.Subtotal.ShouldBe(Usd(10m + 24m + 8m + 50m + 50m));
        shown.Requirements.Select(requirement => (requirement.Code, requirement.Sku)).ShouldBe(
            [("itemUnavailable", "GONE"), ("stockMissing", "SHORT"), ("shippingAddressMissing", null), ("paymentMissing", null)]);
        quote.Show(OrderId, 1, Given<Cart>(Opened)).Requirements[0].Code.ShouldBe("itemsMissing");
        quote.Show(OrderId, 1, Given<Cart>(Opened, new CartMergedInto(OrderId, Now))).Requirements.ShouldHaveSingleItem().Code.ShouldBe("cartClosed");
        quote.Show(OrderId, 1, Given<Cart>(Opened).At(Now.AddDays(30), TimeSpan.FromDays(30))).Requirements.ShouldHaveSingleItem().Code.ShouldBe("cartExpired");
    }

    [Fact]
    public void What_is_saved_for_later_stays_out_of_the_checkout_and_comes_back_as_it_was()
    {
        var saved = Given<Cart>(Opened, Item("A", 3), Item("B", 1), new CartItemSavedForLater("A", Now));

        saved.Items.ShouldHaveSingleItem().Sku.ShouldBe("B");
        saved.Saved.ShouldHaveSingleItem().Quantity.ShouldBe(3);
        saved.SaveForLater("A", Now).Then();
        saved.SaveForLater("NOWHERE", Now).ThenRefused<CartItemNotFound>();
        saved.MoveToCart("A", Now).Then(new CartItemMovedToCart("A", Now));
        saved.MoveToCart("B", Now).Then();
        saved.MoveToCart("NOWHERE", Now).ThenRefused<CartItemNotFound>();
        saved.ForgetSaved("A", Now).Then(new CartSavedItemForgotten("A", Now));
        saved.ForgetSaved("B", Now).Then();
        Given<Cart>(Opened, Item("A", 3), new CartItemSavedForLater("A", Now), new CartItemMovedToCart("A", Now)).Items.ShouldHaveSingleItem().Quantity.ShouldBe(3);
        // Put in anew, it is wanted now and no longer later.
        Given<Cart>(Opened, Item("A", 3), new CartItemSavedForLater("A", Now), Item("A", 1)).Saved.ShouldBeEmpty();
        Given<Cart>(Opened, Item("A", 3), new CartItemSavedForLater("A", Now)).CheckOut(OrderId, Now).ThenRefused<CartIsEmpty>();
    }

    [Fact]
    public void What_a_merged_cart_saved_for_later_is_saved_for_later_in_the_other()
    {
        var source = Given<Cart>(Opened, Item("A", 1), Item("B", 2), Item("C", 3), new CartItemSavedForLater("B", Now), new CartItemSavedForLater("C", Now));

        Given<Cart>(Opened, Item("B", 5)).TakeIn(source, Now).Then(
            Item("A", 1) with { SetAt = Now }, new CartSavedItemTakenOver("C", 3, ProductId, "Name of C", 10m));
    }

    [Fact]
    public void Each_detail_is_a_fact_of_its_own_and_a_repeat_none()
    {
        var told = new object[] { new CartEmailTold("minji@example.com", Now), new CartShippingAddressTold(Seoul, Now) };
        Given<Cart>(Opened).TellDetails(told).Then(told);
        Given<Cart>([Opened, .. told]).TellDetails([new CartEmailTold("minji@example.com", Now.AddDays(1)), new CartShippingMethodTold("express", Now)])
            .Then(new CartShippingMethodTold("express", Now));
        Given<Cart>([Opened, .. told, new CartEmailTold(null, Now)]).Email.ShouldBeNull();
    }

    [Fact]
    public void A_cart_that_was_left_alone_for_too_long_is_closed_by_time_alone()
    {
        var cart = Given<Cart>(Opened, Item("A", 1) with { SetAt = Now.AddDays(1) });
        var month = TimeSpan.FromDays(30);

        cart.At(Now.AddDays(31).AddTicks(-1), month).Status.ShouldBe(CartStatus.Open);
        var expired = cart.At(Now.AddDays(31), month);
        expired.Status.ShouldBe(CartStatus.Expired);
        expired.SetItem(Item("B", 1)).ThenRefused<CartHasExpired>().ExpiredAt.ShouldBe(Now.AddDays(31));
        expired.CheckOut(OrderId, Now).ThenRefused<CartHasExpired>();
        expired.TellDetails([new CartEmailTold("minji@example.com", Now)]).ThenRefused<CartHasExpired>();
        cart.At(Now.AddYears(9), TimeSpan.Zero).ShouldBe(cart);
        var bought = Given<Cart>(Opened, Item("A", 1), new CartCheckedOut(OrderId, Now));
        bought.At(Now.AddYears(9), month).ShouldBe(bought);
    }

    [Fact]
    public void The_gate_says_what_the_advice_said()
    {
        var options = new OrdersOptions { RequireEmail = true };
        options.MinimumSubtotal["USD"] = 50m;
        var rules = Rules(options);
        var quote = new CartQuote(Offers("USD", ("A", 10m), ("B", 10m)), new Dictionary<string, StockLevel> { ["A"] = new("A", 50, Availabilities.InStock) }, rules, PricedBy());
        var told = new CheckoutDetails("minji@example.com", Seoul, "standard", HasPayment: true);
        Refusal? Gate(Cart cart, CheckoutDetails details) => rules.Gate(cart, quote.Show(OrderId, 1, cart, details));

        var ready = Given<Cart>(Opened, Item("A", 5));
        Gate(ready, told).ShouldBeNull();
        Gate(Given<Cart>(Opened), told).ShouldBeOfType<CartIsEmpty>();
        Gate(Given<Cart>(Opened, Item("A", 4)), told).ShouldBeOfType<OrderBelowMinimum>().Minimum.ShouldBe(Usd(50m));
        Gate(Given<Cart>(Opened, Item("A", 5), Item("GONE", 1)), told).ShouldBeOfType<SkuUnavailable>().Skus.ShouldBe(["GONE"]);
        Gate(ready.At(Now.AddDays(31), TimeSpan.FromDays(30)), told).ShouldBeOfType<CartHasExpired>();
        Gate(Given<Cart>(Opened, Item("A", 5), new CartCheckedOut(OrderId, Now)), told).ShouldBeOfType<CartClosed>();
        Gate(ready, new CheckoutDetails(null, null, "pigeon", HasPayment: false)).ShouldBeOfType<ValidationFailed>().Errors.Keys
            .ShouldBe(["shippingAddress", "shippingMethod", "email", "payment"]);
        // Of stock the decision has the last word.
        Gate(Given<Cart>(Opened, Item("A", 5), Item("B", 1)), told).ShouldBeNull();
        quote.Show(OrderId, 1, Given<Cart>(Opened, Item("B", 9)), told).Requirements.ShouldHaveSingleItem().Code.ShouldBe("stockMissing");
    }

    private static CheckoutRules Rules(OrdersOptions? options = null) => new(options ?? new OrdersOptions());

    private static CartItemSet Item(string sku, int quantity, decimal amount = 10m) => new(sku, quantity, ProductId, $"Name of {sku}", amount);
}
