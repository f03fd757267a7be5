using Commerce.Monetary;
using Commerce.Orders.Paying;
using Commerce.Outcomes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests.Paying;

public sealed class PaymentTests
{
    private static readonly PaymentAuthorized AllHeld = new(21.30m, Now);
    private static readonly PaymentCaptured AllTaken = new(21.30m, Now);

    [Fact]
    public void Setting_all_aside_confirms_the_order() =>
        Given<Order>(Placed()).AuthorizePayment(null, Now).Then(AllHeld, new OrderConfirmed(Now));

    [Fact]
    public void Setting_some_aside_does_not() =>
        Given<Order>(Placed()).AuthorizePayment(Usd(20m), Now).Then(new PaymentAuthorized(20m, Now));

    [Fact]
    public void The_rest_confirms_it() =>
        Given<Order>(Placed(), new PaymentAuthorized(20m, Now)).AuthorizePayment(Usd(1.30m), Now).Then(new PaymentAuthorized(1.30m, Now), new OrderConfirmed(Now));

    [Fact]
    public void No_more_is_set_aside_than_the_order_costs()
    {
        var refusal = Given<Order>(Placed(), new PaymentAuthorized(20m, Now)).AuthorizePayment(Usd(1.31m), Now).ThenRefused<PaymentExceeded>();

        (refusal.Requested, refusal.Allowed).ShouldBe((Usd(1.31m), Usd(1.30m)));
    }

    [Fact]
    public void What_is_set_aside_is_taken_in_parts()
    {
        var some = Given<Order>(Placed(), AllHeld, new OrderConfirmed(Now), new PaymentCaptured(10m, Now));

        some.Payment.Status.ShouldBe(PaymentStatus.PartiallyCaptured);
        some.CapturePayment(null, Now).Then(new PaymentCaptured(11.30m, Now));
        some.CapturePayment(Usd(11.31m), Now).ThenRefused<PaymentExceeded>();
    }

    [Fact]
    public void Money_may_be_taken_at_once() =>
        Given<Order>(Placed()).CapturePayment(null, Now).Then(AllTaken, new OrderConfirmed(Now));

    [Fact]
    public void No_more_is_given_back_than_was_taken()
    {
        var taken = Given<Order>(Placed(), AllTaken, new OrderConfirmed(Now), new PaymentRefunded(1.30m, null, Now));

        taken.Payment.Status.ShouldBe(PaymentStatus.PartiallyRefunded);
        taken.RefundPayment(Usd(20.01m), null, Now).ThenRefused<PaymentExceeded>();
        taken.RefundPayment(null, "late", Now).Then(new PaymentRefunded(20.00m, "late", Now));
        Given<Order>(Placed()).RefundPayment(null, null, Now).ThenRefused<PaymentExceeded>();
    }

    [Fact]
    public void What_was_not_taken_is_voided_once()
    {
        Given<Order>(Placed(), AllHeld).VoidPayment(Now).Then(new PaymentVoided(21.30m, Now));
        Given<Order>(Placed()).VoidPayment(Now).Then(new PaymentVoided(0m, Now));
        Given<Order>(Placed(), AllHeld, new PaymentVoided(21.30m, Now)).VoidPayment(Now).Then();
        Given<Order>(Placed(), AllTaken).VoidPayment(Now).ThenRefused<PaymentAlreadyCaptured>();
    }

    [Fact]
    public void A_voided_payment_can_begin_anew() =>
        Given<Order>(Placed(), AllHeld, new PaymentVoided(21.30m, Now), new PaymentAuthorized(5m, Now)).Payment.Status.ShouldBe(PaymentStatus.Authorized);

    [Fact]
    public void Another_currency_is_a_wrong_field() =>
        Given<Order>(Placed()).CapturePayment(Money.Of(1000m, "KRW"), Now).ThenRefused<ValidationFailed>().Errors.Keys.ShouldBe(["amount.currency"]);

    [Fact]
    public void Cancelling_gives_back_what_was_taken_and_gives_up_what_was_set_aside()
    {
        var order = Given<Order>(Placed(), AllHeld, new OrderConfirmed(Now), new PaymentCaptured(20m, Now));

        order.Cancel("changed my mind", Now).Then(Cancelled(), new PaymentRefunded(20m, "changed my mind", Now), new PaymentVoided(1.30m, Now));
    }

    [Fact]
    public void A_cancelled_order_takes_no_money()
    {
        var cancelled = Given<Order>(Placed(), Cancelled());

        cancelled.AuthorizePayment(null, Now).ThenRefused<OrderIsCancelled>();
        cancelled.CapturePayment(null, Now).ThenRefused<OrderIsCancelled>();
        cancelled.VoidPayment(Now).Then();
    }

    [Property(MaxTest = 500)]
    public Property No_history_takes_more_than_is_due_or_gives_back_more_than_was_taken() => Prop.ForAll(
        (from verb in Gen.Choose(0, 4) from cents in Gen.Choose(1, 3000) from all in Gen.Elements(true, false) select (verb, cents, all)).ArrayOf().ToArbitrary(),
        steps =>
        {
            var order = Given<Order>(Placed());
            var (held, captured, refunded) = (0m, 0m, 0m);
            foreach (var (verb, cents, all) in steps)
            {
                Money? asked = all ? null : Usd(cents / 100m);
                var wasCancelled = order.Status == OrderStatus.Cancelled;
                var decision = verb switch
                {
                    0 => order.AuthorizePayment(asked, Now),
                    1 => order.CapturePayment(asked, Now),
                    2 => order.RefundPayment(asked, null, Now),
                    3 => order.VoidPayment(Now),
                    _ => order.Cancel(null, Now),
                };
                foreach (var @event in decision.Events)
                {
                    order = order.Evolve(@event);
                    (held, captured, refunded) = @event switch
                    {
                        PaymentAuthorized e => (held + e.Amount, captured, refunded),
                        PaymentCaptured e => (held > 0 ? held - e.Amount : held, captured + e.Amount, refunded),
                        PaymentRefunded e => (held, captured, refunded + e.Amount),
                        PaymentVoided => (0m, captured, refunded),
                        _ => (held, captured, refunded),
                    };
                }

                var payment = order.Payment;
                if ((payment.Held.Amount, payment.Captured.Amount, payment.Refunded.Amount) != (held, captured, refunded)
                    || held < 0 || held + captured > 21.30m || refunded > captured
                    || (wasCancelled && decision.Events.Any(e => e is PaymentAuthorized or PaymentCaptured))
                    || (order.Status == OrderStatus.Cancelled && (held > 0 || refunded != captured))
                    || (order.Status == OrderStatus.Placed && captured == 21.30m))
                {
                    return false;
                }
            }

            return true;
        });
}
