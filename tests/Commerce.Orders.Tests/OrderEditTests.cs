using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Orders.Paying;
using Commerce.Orders.Pricing;
using Commerce.Orders.Tests.Pricing;
using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests;

public sealed class OrderEditTests
{
    private static readonly object[] Paid = [Placed(), new PaymentCaptured(21.30m, Now), new OrderConfirmed(Now)];

    [Fact]
    public void Units_are_added_at_the_price_they_were_sold_at_and_new_goods_at_the_shops()
    {
        var edited = Edit(Given<Order>(Placed()), ("MUG", 3), ("CUP", 1)).Events.Single().ShouldBeOfType<OrderEdited>();

        edited.Lines.Select(line => (line.Sku, line.Quantity, line.UnitAmount)).ShouldBe([("MUG", 3, 9.90m), ("PEN", 1, 1.50m), ("CUP", 1, 4m)]);
        edited.Totals.Total.ShouldBe(35.20m);
        edited.Changes.ShouldBe([new QuantityChange("MUG", 2, 3), new QuantityChange("CUP", 0, 1)]);
    }

    [Fact]
    public void An_order_that_costs_more_waits_for_the_rest()
    {
        var order = After(Given<Order>(Paid), ("PEN", 3));

        (order.Status, order.Totals.Total, order.Payment.Authorizable).ShouldBe((OrderStatus.Placed, Usd(24.30m), Usd(3m)));
        order.CapturePayment(null, Now).Then(new PaymentCaptured(3.00m, Now), new OrderConfirmed(Now));
    }

    [Fact]
    public void An_order_that_costs_less_gives_back_what_was_taken()
    {
        var cheaper = Edit(Given<Order>(Paid), ("MUG", 1));
        var order = After(Given<Order>(Paid), ("MUG", 1));

        cheaper.Events[1].ShouldBe(new PaymentRefunded(9.90m, "The order was changed.", Now));
        (order.Status, order.Payment.Refundable, order.Payment.Authorizable).ShouldBe((OrderStatus.Confirmed, Usd(11.40m), Usd(0m)));
        var dearer = After(order, ("MUG", 2));
        (dearer.Status, dearer.Payment.Authorizable).ShouldBe((OrderStatus.Placed, Usd(9.90m)));
    }

    [Fact]
    public void What_is_set_aside_is_given_up_before_anything_is_given_back()
    {
        var order = Given<Order>(Placed(), new PaymentAuthorized(21.30m, Now), new OrderConfirmed(Now), new PaymentCaptured(15m, Now));

        var events = Edit(order, ("MUG", 1)).Events;
        events[0].ShouldBe(new PaymentHoldLowered(6.30m, Now));
        events[2].ShouldBe(new PaymentRefunded(3.60m, "The order was changed.", Now));
        After(order, ("MUG", 1)).Payment.IsCovered.ShouldBeTrue();
    }

    [Fact]
    public void Money_that_was_given_back_already_is_not_given_back_again()
    {
        var order = After(Given<Order>([.. Paid, new PaymentRefunded(21.30m, "late", Now)]), ("MUG", 1));

        (order.Payment.Refunded, order.Payment.Refundable, order.Payment.Authorizable).ShouldBe((Usd(21.30m), Usd(0m), Usd(0m)));
    }

    [Fact]
    public void An_order_that_became_cheap_enough_is_confirmed()
    {
        var events = Edit(Given<Order>(Placed(), new PaymentAuthorized(12m, Now)), ("MUG", 1)).Events;

        events.Select(e => e.GetType()).ShouldBe([typeof(PaymentHoldLowered), typeof(OrderEdited), typeof(OrderConfirmed)]);
    }

    [Fact]
    public void Another_address_may_cost_another_tax()
    {
        var pricing = PricedBy(new TestRules { TaxRates = { ["DE"] = 0.19m } });
        var edit = new OrderEdit([], Seoul with { Country = "DE" }, null, null, "moved");

        var edited = Given<Order>(Placed()).Edit(edit, Offers("USD"), pricing, Now).Events.Single().ShouldBeOfType<OrderEdited>();
        (edited.ShippingAddress.Country, edited.Totals.Tax, edited.Reason, edited.Changes.Count).ShouldBe(("DE", 4.05m, "moved", 0));
    }

    [Fact]
    public void An_edit_that_changes_nothing_is_nothing()
    {
        Edit(Given<Order>(Placed()), ("MUG", 2), ("CUP", 0)).Then();
        Given<Order>(Placed()).Edit(new OrderEdit([], null, null, Usd(5m), null), Offers("USD"), PricedBy(), Now).ThenRefused<PriceChanged>();
    }

    [Fact]
    public void What_cannot_be_edited_is_refused()
    {
        Edit(Given<Order>(Placed()), ("MUG", 0), ("PEN", 0)).ThenRefused<OrderWouldBeEmpty>();
        Edit(Given<Order>(Placed()), ("HAT", 1)).ThenRefused<SkuUnavailable>().Skus.ShouldBe(["HAT"]);
        Edit(Given<Order>(Placed(), Cancelled()), ("MUG", 1)).ThenRefused<OrderIsCancelled>();
        Edit(Given<Order>([.. Paid, Sent(("MUG", 2), ("PEN", 1))]), ("PEN", 2)).ThenRefused<OrderAlreadyShipped>();
        Given<Order>(Placed()).Edit(new OrderEdit([new SkuQuantity("MUG", 1)], null, null, Usd(1m), null), Offers("USD"), PricedBy(), Now)
            .ThenRefused<PriceChanged>().ActualTotal.ShouldBe(Usd(11.40m));
    }

    [Fact]
    public void The_rest_of_an_order_is_edited_while_its_goods_leave_in_parts()
    {
        var order = Given<Order>([.. Paid, Sent(("MUG", 1))]);

        Edit(order, ("MUG", 0)).ThenRefused<LinesAlreadyShipped>().Lines.ShouldBe([new ShippedLine("MUG", 1)]);
        order.Edit(new OrderEdit([], Seoul with { City = "Busan" }, null, null, null), Offers("USD"), PricedBy(), Now).ThenRefused<OrderAlreadyShipped>();
        var more = After(order, ("CUP", 1));
        (more.Status, more.Payment.Authorizable).ShouldBe((OrderStatus.PartiallyShipped, Usd(4m)));
        more.Ship(OrderId, [new("CUP", 1)], "DHL", "JD02", Now).ThenRefused<OrderNotConfirmed>();
        more.CapturePayment(null, Now).Then(new PaymentCaptured(4.00m, Now));
        var less = After(order, ("MUG", 1), ("PEN", 0));
        (less.Status, less.Payment.Refunded).ShouldBe((OrderStatus.Shipped, Usd(11.40m)));
        After(order.Evolve(new ShipmentDelivered(OrderId, Now)), ("MUG", 1), ("PEN", 0)).Status.ShouldBe(OrderStatus.Completed);
    }

    private static ShipmentDispatched Sent(params (string Sku, int Quantity)[] lines) =>
        new(OrderId, [.. lines.Select(line => new ShippedLine(line.Sku, line.Quantity))], "DHL", "JD01", Now);

    private static Decision Edit(Order order, params (string Sku, int Quantity)[] lines) => order.Edit(
        new OrderEdit([.. lines.Select(line => new SkuQuantity(line.Sku, line.Quantity))], null, null, null, null), Offers("USD", ("MUG", 99m), ("CUP", 4m)), PricedBy(), Now);

    private static Order After(Order order, params (string Sku, int Quantity)[] lines) =>
        Edit(order, lines).Events.Aggregate(order, (state, @event) => state.Evolve(@event));
}
