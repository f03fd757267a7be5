using Commerce.Orders.Paying;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests;

public sealed class FulfilmentTests
{
    private static readonly Guid Parcel = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8060");
    private static readonly Guid Rest = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8061");
    private static readonly Guid Back = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8062");
    private static readonly Guid BackAgain = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8063");

    private static readonly object[] Paid = [Placed(), new PaymentCaptured(21.30m, Now), new OrderConfirmed(Now)];
    private static readonly object[] AllSent = [.. Paid, Sent(Parcel, ("MUG", 2), ("PEN", 1))];

    [Fact]
    public void Some_goods_are_sent_and_then_the_rest()
    {
        var some = Given<Order>([.. Paid, Sent(Parcel, ("MUG", 1))]);

        Given<Order>(Paid).Ship(Parcel, Lines(("MUG", 1)), "DHL", "JD01", Now).Then(Sent(Parcel, ("MUG", 1)));
        some.Status.ShouldBe(OrderStatus.PartiallyShipped);
        some.Ship(Rest, Lines(("MUG", 1), ("PEN", 1)), "DHL", "JD01", Now).Then(Sent(Rest, ("MUG", 1), ("PEN", 1)));
        Given<Order>([.. Paid, Sent(Parcel, ("MUG", 1)), Sent(Rest, ("MUG", 1), ("PEN", 1))]).Status.ShouldBe(OrderStatus.Shipped);
    }

    [Fact]
    public void No_more_is_sent_than_the_order_waits_for()
    {
        var refusal = Given<Order>([.. Paid, Sent(Parcel, ("MUG", 1))]).Ship(Rest, Lines(("MUG", 2), ("PEN", 1), ("CUP", 1)), "DHL", "JD01", Now).ThenRefused<ShipmentExceedsOrder>();

        refusal.Lines.ShouldBe([new UnitsExceeded("MUG", 2, 1), new UnitsExceeded("CUP", 1, 0)]);
    }

    [Fact]
    public void Nothing_is_sent_before_the_money_is_there_or_after_it_is_gone()
    {
        Given<Order>(Placed()).Ship(Parcel, Lines(("MUG", 1)), "DHL", "JD01", Now).ThenRefused<OrderNotConfirmed>();
        Given<Order>(Placed(), new PaymentAuthorized(21.30m, Now), new OrderConfirmed(Now), new PaymentVoided(21.30m, Now))
            .Ship(Parcel, Lines(("MUG", 1)), "DHL", "JD01", Now).ThenRefused<OrderNotConfirmed>();
        Given<Order>([.. Paid, new PaymentRefunded(21.30m, null, Now)]).Ship(Parcel, Lines(("MUG", 1)), "DHL", "JD01", Now).ThenRefused<OrderNotConfirmed>();
        Given<Order>(Placed(), Cancelled()).Ship(Parcel, Lines(("MUG", 1)), "DHL", "JD01", Now).ThenRefused<OrderIsCancelled>();
    }

    [Fact]
    public void A_shipped_order_is_not_cancelled() =>
        Given<Order>([.. Paid, Sent(Parcel, ("MUG", 1))]).Cancel(null, Now).ThenRefused<OrderAlreadyShipped>();

    [Fact]
    public void The_last_parcel_that_arrives_completes_the_order()
    {
        object[] both = [.. Paid, Sent(Parcel, ("MUG", 2)), Sent(Rest, ("PEN", 1))];

        Given<Order>(both).Deliver(Parcel, Now).Then(new ShipmentDelivered(Parcel, Now));
        Given<Order>([.. both, new ShipmentDelivered(Parcel, Now)]).Status.ShouldBe(OrderStatus.Shipped);
        Given<Order>([.. both, new ShipmentDelivered(Parcel, Now)]).Deliver(Parcel, Now).Then();
        Given<Order>([.. both, new ShipmentDelivered(Parcel, Now), new ShipmentDelivered(Rest, Now)]).Status.ShouldBe(OrderStatus.Completed);
        Given<Order>([.. Paid, Sent(Parcel, ("MUG", 2)), new ShipmentDelivered(Parcel, Now)]).Status.ShouldBe(OrderStatus.PartiallyShipped);
        Given<Order>(both).Deliver(Back, Now).ThenRefused<ShipmentNotFound>();
    }

    [Fact]
    public void No_more_comes_back_than_was_sent_and_is_not_announced_already()
    {
        var order = Given<Order>([.. AllSent, Asked(Back, ("MUG", 1))]);

        Given<Order>(Paid).RequestReturn(Back, [new("MUG", 1)], null, Now).ThenRefused<ReturnExceedsShipment>();
        order.RequestReturn(BackAgain, [new("MUG", 2)], null, Now).ThenRefused<ReturnExceedsShipment>().Lines.ShouldBe([new UnitsExceeded("MUG", 2, 1)]);
        order.RequestReturn(BackAgain, [new("MUG", 1, "too small")], null, Now).Then(new ReturnRequested(BackAgain, [new("MUG", 1, "too small")], Now));
        Given<Order>([.. AllSent, Asked(Back, ("MUG", 2)), new ReturnRejected(Back, null, Now)]).RequestReturn(BackAgain, [new("MUG", 2)], null, Now).Events.Count.ShouldBe(1);
    }

    [Fact]
    public void A_return_goes_its_steps_and_no_others()
    {
        object[] asked = [.. AllSent, Asked(Back, ("MUG", 1))];
        object[] approved = [.. asked, new ReturnApproved(Back, Now)];
        object[] received = [.. approved, new ReturnReceived(Back, [Good("MUG", 1)], 9.90m, Now)];

        Given<Order>(asked).ApproveReturn(Back, Now).Then(new ReturnApproved(Back, Now));
        Given<Order>(approved).ApproveReturn(Back, Now).Then();
        Given<Order>(received).ApproveReturn(Back, Now).ThenRefused<ReturnNotAtThisStep>();
        Given<Order>(approved).RejectReturn(Back, "never came", Now).Then(new ReturnRejected(Back, "never came", Now));
        Given<Order>([.. approved, new ReturnRejected(Back, null, Now)]).RejectReturn(Back, null, Now).Then();
        Given<Order>(received).RejectReturn(Back, null, Now).ThenRefused<ReturnNotAtThisStep>();
        Given<Order>(asked).ReceiveReturn(Back, new(), PricedBy(), Now).ThenRefused<ReturnNotAtThisStep>();
        Given<Order>(received).ReceiveReturn(Back, new(), PricedBy(), Now).ThenRefused<ReturnNotAtThisStep>();
        Given<Order>(AllSent).ApproveReturn(Back, Now).ThenRefused<ReturnNotFound>();
        Given<Order>(AllSent).RejectReturn(Back, null, Now).ThenRefused<ReturnNotFound>();
        Given<Order>(AllSent).ReceiveReturn(Back, new(), PricedBy(), Now).ThenRefused<ReturnNotFound>();
    }

    [Fact]
    public void Goods_that_are_back_are_paid_back()
    {
        var order = Given<Order>([.. AllSent, Asked(Back, ("MUG", 2)), new ReturnApproved(Back, Now)]);

        order.ReceiveReturn(Back, new(), PricedBy(), Now).Then(
            new ReturnReceived(Back, [Good("MUG", 2)], 19.80m, Now), new PaymentRefunded(19.80m, "Goods came back.", Now));
        order.ReceiveReturn(Back, new([Good("MUG", 1), new("MUG", 1, ReturnCondition.Damaged, false)]), PricedBy(), Now).Events[1].ShouldBe(new PaymentRefunded(9.90m, "Goods came back.", Now));
        order.ReceiveReturn(Back, new([Good("MUG", 1), Good("MUG", 2)]), PricedBy(), Now).ThenRefused<ReturnExceedsShipment>();
        order.ReceiveReturn(Back, new([Good("PEN", 1)]), PricedBy(), Now).ThenRefused<ReturnExceedsShipment>();
    }

    [Fact]
    public void No_more_is_given_back_than_is_there()
    {
        object[] returned = [Asked(Back, ("MUG", 2)), new ReturnApproved(Back, Now)];

        Given<Order>([.. AllSent, new PaymentRefunded(15m, null, Now), .. returned]).ReceiveReturn(Back, new(), PricedBy(), Now).Events[1].ShouldBe(new PaymentRefunded(6.30m, "Goods came back.", Now));
        Given<Order>([Placed(), new PaymentAuthorized(21.30m, Now), new OrderConfirmed(Now), Sent(Parcel, ("MUG", 2)), .. returned])
            .ReceiveReturn(Back, new(), PricedBy(), Now).Then(new ReturnReceived(Back, [Good("MUG", 2)], 0m, Now));
    }

    [Property(MaxTest = 300)]
    public Property Returns_one_by_one_give_back_what_a_return_of_all_does() => Prop.ForAll(
        (from quantity in Gen.Choose(1, 30) from cents in Gen.Choose(1, 5000) from shipping in Gen.Choose(0, 2000) from rate in Gen.Choose(0, 25) from off in Gen.Choose(0, 100)
         select (quantity, cents, shipping, rate, off)).ToArbitrary(),
        given =>
        {
            var subtotal = given.quantity * given.cents / 100m;
            var discount = decimal.Round(subtotal * given.off / 100m, 2);
            var taxable = subtotal - discount + (given.shipping / 100m);
            var tax = decimal.Round(taxable * given.rate / 100m, 2, MidpointRounding.AwayFromZero);
            var total = taxable + tax;
            var order = Given<Order>(
                Placed() with
                {
                    Lines = [new PlacedLine("A", ProductId, "A", given.quantity, given.cents / 100m)],
                    Totals = new PlacedTotals(subtotal, given.shipping / 100m, tax, discount, total),
                },
                new PaymentCaptured(total, Now), new OrderConfirmed(Now), Sent(Parcel, ("A", given.quantity)));
            var all = Refund(order, Back, given.quantity).Refunded;
            var one = Enumerable.Range(0, given.quantity).Aggregate((Order: order, Refunded: 0m), (sum, i) =>
            {
                var (after, refunded) = Refund(sum.Order, new Guid(i + 1, 0, 0, new byte[8]), 1);
                return (after, sum.Refunded + refunded);
            });
            return one.Refunded == all && all <= total && (given.shipping > 0 || all == total) && one.Order.Payment.Refunded.Amount == all;
        });

    private static (Order After, decimal Refunded) Refund(Order order, Guid id, int quantity)
    {
        var waiting = order.Evolve(Asked(id, ("A", quantity))).Evolve(new ReturnApproved(id, Now));
        var events = waiting.ReceiveReturn(id, new(), PricedBy(), Now).Events;
        return (events.Aggregate(waiting, (state, @event) => state.Evolve(@event)), events.OfType<PaymentRefunded>().Sum(refunded => refunded.Amount));
    }

    private static ShippedLine[] Lines(params (string Sku, int Quantity)[] lines) => [.. lines.Select(line => new ShippedLine(line.Sku, line.Quantity))];

    private static ShipmentDispatched Sent(Guid id, params (string Sku, int Quantity)[] lines) => new(id, Lines(lines), "DHL", "JD01", Now);

    private static ReturnRequested Asked(Guid id, params (string Sku, int Quantity)[] lines) =>
        new(id, [.. lines.Select(line => new RequestedReturnLine(line.Sku, line.Quantity))], Now);

    private static ReceivedReturnLine Good(string sku, int quantity) => new(sku, quantity, ReturnCondition.Sellable, true);
}
