using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests;

public sealed class ExchangeTests
{
    private static readonly Guid Parcel = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8060");
    private static readonly Guid Back = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8062");

    private static readonly object[] Sent =
    [
        Placed(), new PaymentCaptured(21.30m, Now), new OrderConfirmed(Now),
        new ShipmentDispatched(Parcel, [new("MUG", 2), new("PEN", 1)], "DHL", "JD01", Now), new ShipmentDelivered(Parcel, Now),
    ];

    [Fact]
    public void Other_goods_of_the_same_price_move_no_money()
    {
        var order = Received(Exchanging(("MUG", 1), ("MUG", 1, 9.90m)), new());

        order.Status.ShouldBe(OrderStatus.PartiallyShipped);
        order.Lines.Single(line => line.Sku == "MUG").Quantity.ShouldBe(3);
        (order.Payment.Refunded, order.Payment.Exchanged, order.Payment.Authorizable, order.Payment.IsCovered).ShouldBe((Usd(0m), Usd(9.90m), Usd(0m), true));
        order.Ship(Back, [new("MUG", 1)], "DHL", "JD02", Now).Events.Count.ShouldBe(1);
    }

    [Fact]
    public void Dearer_goods_wait_for_the_difference()
    {
        var order = Received(Exchanging(("MUG", 1), ("CUP", 1, 15m)), new());

        (order.Payment.Exchanged, order.Payment.Authorizable, order.Payment.Refunded).ShouldBe((Usd(9.90m), Usd(5.10m), Usd(0m)));
        order.Ship(Back, [new("CUP", 1)], "DHL", "JD02", Now).ThenRefused<OrderNotConfirmed>();
        order.CapturePayment(null, Now).Then(new PaymentCaptured(5.10m, Now));
    }

    [Fact]
    public void Cheaper_goods_give_the_difference_back()
    {
        var order = Received(Exchanging(("MUG", 2), ("CUP", 1, 15m)), new());

        (order.Payment.Exchanged, order.Payment.Authorizable, order.Payment.Refunded).ShouldBe((Usd(15m), Usd(0m), Usd(4.80m)));
        order.Returns.Single().Refund.ShouldBe(Usd(19.80m));
        var gone = order.Edit(new OrderEdit([new("CUP", 0)], null, null, null, null), Offers("USD"), PricedBy(), Now).Events.Aggregate(order, (state, e) => state.Evolve(e));
        (gone.Payment.Refunded, gone.Payment.IsCovered, gone.Status).ShouldBe((Usd(19.80m), true, OrderStatus.Completed));
    }

    [Fact]
    public void Money_may_be_given_back_instead()
    {
        var order = Received(Exchanging(("MUG", 1), ("CUP", 1, 15m)), new(RefundInstead: true));

        (order.Lines.Count, order.Payment.Exchanged, order.Payment.Refunded, order.Status).ShouldBe((2, Usd(0m), Usd(9.90m), OrderStatus.Completed));
    }

    [Fact]
    public void A_return_arrives_in_parts()
    {
        var order = Received(Exchanging(("MUG", 2), ("CUP", 1, 15m)), new([Good("MUG", 1)], MoreExpected: true));

        order.Returns.Single().Status.ShouldBe(ReturnStatus.PartiallyReceived);
        (order.Payment.Exchanged, order.Payment.Authorizable, order.Returns.Single().Claims("MUG")).ShouldBe((Usd(9.90m), Usd(5.10m), 2));
        order.RejectReturn(Back, null, Now).ThenRefused<ReturnNotAtThisStep>();
        order.ReceiveReturn(Back, new([Good("MUG", 2)]), PricedBy(), Now).ThenRefused<ReturnExceedsShipment>().Lines.ShouldBe([new UnitsExceeded("MUG", 2, 1)]);
        var all = Received(order, new());
        (all.Returns.Single().Status, all.Payment.Exchanged, all.Payment.Refunded, all.Payment.Authorizable).ShouldBe((ReturnStatus.Received, Usd(15m), Usd(4.80m), Usd(0m)));
        var given = Received(order, new([]));
        (given.Returns.Single().Status, given.Returns.Single().Claims("MUG"), given.Payment.Refunded).ShouldBe((ReturnStatus.Received, 1, Usd(0m)));
    }

    [Fact]
    public void Waiting_for_the_rest_ends_only_once_it_has_begun()
    {
        var order = Exchanging(("MUG", 2), ("CUP", 1, 15m));

        order.ReceiveReturn(Back, new([]), PricedBy(), Now).ThenRefused<ReturnNotAtThisStep>();
        Received(order, new([Good("MUG", 1)], MoreExpected: true)).ReceiveReturn(Back, new([], MoreExpected: true), PricedBy(), Now).ThenRefused<ReturnNotAtThisStep>();
    }

    [Fact]
    public void What_goes_on_the_shelf_follows_the_condition_unless_somebody_says_so()
    {
        new ReceivedReturnLine("A", 1, ReturnCondition.Sellable, true).GoesOnTheShelf().ShouldBeTrue();
        new ReceivedReturnLine("A", 1, ReturnCondition.Opened, true).GoesOnTheShelf().ShouldBeFalse();
        new ReceivedReturnLine("A", 1, ReturnCondition.Opened, true, true).GoesOnTheShelf().ShouldBeTrue();
        new ReceivedReturnLine("A", 1, ReturnCondition.Sellable, true, false).GoesOnTheShelf().ShouldBeFalse();
    }

    private static Order Exchanging((string Sku, int Quantity) back, (string Sku, int Quantity, decimal Price) instead) => Given<Order>(
    [
        .. Sent,
        new ReturnRequested(Back, [new(back.Sku, back.Quantity)], Now, [new PlacedLine(instead.Sku, ProductId, instead.Sku, instead.Quantity, instead.Price)]),
        new ReturnApproved(Back, Now),
    ]);

    private static Order Received(Order order, ReturnReceipt receipt)
    {
        var decision = order.ReceiveReturn(Back, receipt, PricedBy(), Now);
        decision.Refusal.ShouldBeNull();
        // Every step keeps the books: never more is held or taken than may be.
        return decision.Events.Aggregate(order, (state, @event) =>
        {
            var next = state.Evolve(@event);
            (next.Payment.Held + next.Payment.Captured <= next.Payment.Due).ShouldBeTrue();
            return next;
        });
    }

    private static ReceivedReturnLine Good(string sku, int quantity) => new(sku, quantity, ReturnCondition.Sellable, true);
}
