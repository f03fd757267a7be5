using Commerce.EventStore;
using Commerce.Orders.Contracts;

namespace Commerce.Payments;

/// <summary>
/// The only way from a payment's events into its order: in one decision, so that no money is taken without its order knowing, and no order is confirmed
/// without its money. An order that has no use for a payment turns it down, and then it goes back by itself.
/// </summary>
internal static class PaymentDesk
{
    /// <summary>Names the payment's stream and its order's.</summary>
    public static Touches Touch(Touches touches, Guid paymentId, Guid orderId) =>
        touches.Stream<Payment>(paymentId).Question(new RecordOrderMoney(orderId, paymentId, null, OrderMoneyKind.Failed, 0m));

    /// <summary>Applies what a payment decided and tells its order.</summary>
    public static void Apply(DecisionScope scope, Guid paymentId, Func<Payment, Decision> decide)
    {
        var payment = scope.Stream<Payment>(paymentId);
        var before = payment.State;
        var decision = decide(before);
        _ = payment.Apply(decision).Value;
        decimal? held = null;
        foreach (var @event in decision.Events)
        {
            if (!payment.State.IsTurnedDown && FactOf(paymentId, payment.State, @event) is { } fact)
            {
                var answer = scope.Ask<RecordOrderMoney, OrderMoneyAnswer>(fact);
                held = @event is PaymentTaken ? answer.Held : held;
                _ = answer.IsTaken ? payment.State : payment.Apply(state => state.TurnDown(scope.Now)).Value;
            }
        }

        if (payment.State.IsTurnedDown)
        {
            // What was taken and what is held are two calls.
            _ = payment.Apply(state => state.GoBack(paymentId, scope.Now)).Value;
            _ = payment.Apply(state => state.GoBack(paymentId, scope.Now)).Value;
        }
        else if (held == 0m && payment.State is { Held: > 0, Capturable: > 0 })
        {
            // All that the order asked for is taken; the rest of the shopper's money is not the shop's to keep.
            _ = payment.Apply(state => state.Void(paymentId, null, "The order needs no more.", scope.Now)).Value;
        }
    }

    private static RecordOrderMoney? FactOf(Guid id, Payment payment, object @event) => @event switch
    {
        PaymentHeld e => new RecordOrderMoney(payment.OrderId, id, e.RequestId, OrderMoneyKind.Authorized, e.Amount),
        PaymentTaken e => new RecordOrderMoney(payment.OrderId, id, e.RequestId, OrderMoneyKind.Captured, e.Amount),
        PaymentReturned e => new RecordOrderMoney(payment.OrderId, id, e.RequestId, OrderMoneyKind.Refunded, e.Amount),
        PaymentReleased e => new RecordOrderMoney(payment.OrderId, id, null, OrderMoneyKind.Released, e.Amount),
        PaymentChallenged e => new RecordOrderMoney(payment.OrderId, id, payment.RequestId, OrderMoneyKind.ActionRequired, 0m, Url: e.Url),
        PaymentRefused e => new RecordOrderMoney(payment.OrderId, id, payment.RequestId, OrderMoneyKind.Failed, payment.Amount, e.Code, e.Message),
        PaymentCallSettled { IsDone: false } e when payment.Call(e.CallId) is { RequestId: { } request, Kind: PaymentCallKind.Capture or PaymentCallKind.Refund } call =>
            new RecordOrderMoney(payment.OrderId, id, request, OrderMoneyKind.Failed, call.Amount - call.Moved, e.Code, e.Message),
        _ => null,
    };
}
