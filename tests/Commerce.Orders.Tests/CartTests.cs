using Commerce.Orders.ReadModels;
using Commerce.Inventory.Contracts;
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
                .ToDictionary(level => level.Sku));

        var shown = quote.Show(OrderId, 7, cart);

        shown.Items.ToDictionary(item => item.Sku, item => string.Join(' ', item.Changes)).ShouldBe(new Dictionary<string, string>
        {
            ["SAME"] = "", ["DEARER"] = "priceRaised", ["CHEAPER"] = "priceLowered", ["GONE"] = "unavailable", ["SHORT"] = "insufficientStock", ["LATER"] = "",
        });
        shown.Subtotal.ShouldBe(Usd(10m + 24m + 8m + 50m + 50m));
        shown.Requirements.Select(requirement => (requirement.Code, requirement.Sku)).ShouldBe(
            [("itemUnavailable", "GONE"), ("stockMissing", "SHORT"), ("shippingAddressMissing", null), ("paymentMissing", null)]);
        CartQuote.Empty.Show(OrderId, 1, Given<Cart>(Opened)).Requirements[0].Code.ShouldBe("itemsMissing");
        CartQuote.Empty.Show(OrderId, 1, Given<Cart>(Opened, new CartMergedInto(OrderId, Now))).Requirements.ShouldHaveSingleItem().Code.ShouldBe("cartClosed");
    }

    private static CartItemSet Item(string sku, int quantity, decimal amount = 10m) => new(sku, quantity, ProductId, $"Name of {sku}", amount);
}
