using Commerce.Orders.Paying;
using Commerce.Testing;
using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests.Histories;

/// <summary>
/// Orders that really were, as <c>./dev export STREAM --out FILE</c> wrote them, are where a test begins. This one was bought, paid, sent but for three units, edited down to what
/// was sent, and two damaged units of it came back.
/// </summary>
public sealed class ExportedStreamTests
{
    private const string File = "Histories/order-edited-sent-and-returned.json";

    private static readonly Guid NextReturn = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8060");

    private static Order TheOrder => StreamFixtures.Given<Order>(File, services => services.AddOrders());

    [Fact]
    public void An_exported_order_is_as_it_was()
    {
        TheOrder.Number.ShouldBe("C0DW-RN7M-S3WH");
        TheOrder.Status.ShouldBe(OrderStatus.Completed);
        (TheOrder.Payment.Captured, TheOrder.Payment.Refunded).ShouldBe((Usd(79.20m), Usd(49.50m)));
        TheOrder.Lines.Select(line => (line.Sku, line.Quantity)).ShouldBe([("HOT-1", 2), ("HOT-3", 2), ("WIDE-22", 1)]);
    }

    [Fact]
    public void What_came_back_cannot_come_back_again() =>
        TheOrder.RequestReturn(NextReturn, [new RequestedReturnLine("HOT-1", 1, "too small")], null, Now).ThenRefused<ReturnExceedsShipment>();

    [Fact]
    public void What_was_sent_and_kept_can()
    {
        RequestedReturnLine[] lines = [new("HOT-3", 2, "too small")];

        TheOrder.RequestReturn(NextReturn, lines, null, Now).Then(new ReturnRequested(NextReturn, lines, Now));
    }

    [Fact]
    public void No_more_is_given_back_than_is_left_of_the_money()
    {
        TheOrder.RefundPayment(Usd(29.71m), null, Now).ThenRefused<PaymentExceeded>();
        TheOrder.RefundPayment(Usd(29.70m), "a scratch", Now).Events.ShouldHaveSingleItem();
    }

    [Fact]
    public void It_cannot_be_taken_for_the_history_of_something_else() =>
        Should.Throw<InvalidOperationException>(() => StreamFixtures.Given<Cart>(File, services => services.AddOrders())).Message.ShouldContain("order");
}
