using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Orders.Contracts;
using Commerce.Orders.Paying;

namespace Commerce.Orders;

// Money that is moved by payments: the order asks, and takes down what became of it.
internal sealed partial record Order
{
    private static readonly Guid RequestSpace = new("5b0f3a54-2c1e-4a52-9d6b-0f3f0d6c8e21");

    /// <summary>Whether the money for the whole order was ever there.</summary>
    public bool WasConfirmed { get; private init; }

    /// <summary>Asks a provider to set aside what is open, or a part of it. A request that is known already changes nothing.</summary>
    public Decision Pay(string provider, Money? asked, Guid? requestId, DateTimeOffset now)
    {
        if (IsKnown(requestId))
        {
            return Decision.Nothing;
        }

        return Status == OrderStatus.Cancelled
            ? new OrderIsCancelled()
            : Payment.Within(asked, Payment.Authorizable).Match(amount => Decision.Of(Requested(MoneyRequestKind.Authorize, amount, null, now, requestId, provider)), refusal => refusal);
    }

    /// <summary>Takes down what a payment did. Of what was set aside the order counts on what it costs and no more; money that the order has no use for is not taken: the payment gives it back.</summary>
    /// <returns>The facts, and whether the order takes the money.</returns>
    public (Decision Decision, bool IsTaken) Record(RecordOrderMoney money, DateTimeOffset now)
    {
        var amount = Money.Of(money.Amount, Totals.Total.Currency);
        switch (money.Kind)
        {
            case OrderMoneyKind.Authorized:
                var wanted = amount <= Payment.Authorizable ? amount : Payment.Authorizable;
                return Status != OrderStatus.Cancelled && wanted.Amount > 0
                    ? (Confirming([new PaymentAuthorized(wanted.Amount, now, money.PaymentId, money.RequestId)], now), true)
                    : (Decision.Of(new PaymentRequestFailed(money.RequestId, money.PaymentId, money.Amount, PaymentFailure.Voided, null, now)), false);
            case OrderMoneyKind.Captured:
                return (Decision.Of([new PaymentCaptured(money.Amount, now, money.PaymentId, money.RequestId), .. Surplus(amount, now)]), true);
            case OrderMoneyKind.Refunded:
                var why = money.RequestId is { } asked ? Payment.Request(asked)?.Reason : null;
                return (Decision.Of(new PaymentRefunded(money.Amount, why, now, money.PaymentId, money.RequestId)), true);
            case OrderMoneyKind.Released:
                var released = amount < Payment.Through.Held ? amount : Payment.Through.Held;
                return (released.Amount == 0 ? Decision.Nothing
                    : released < Payment.Held ? Decision.Of(new PaymentHoldLowered(released.Amount, now, money.PaymentId))
                    : Decision.Of(new PaymentVoided(released.Amount, now, money.PaymentId)), true);
            case OrderMoneyKind.Failed:
                return (Decision.Of(new PaymentRequestFailed(money.RequestId, money.PaymentId, money.Amount, money.Code ?? "failed", money.Message, now)), true);
            case OrderMoneyKind.ActionRequired when Status != OrderStatus.Cancelled:
                return (Decision.Of(new PaymentActionRequired(money.PaymentId, money.RequestId, money.Url!, now)), true);
            case OrderMoneyKind.ActionRequired:
                return (Decision.Nothing, true);
            default:
                throw new InvalidOperationException($"Money does not do {money.Kind}.");
        }
    }

    /// <summary>Takes down money from a gift card or store credit: it is there at once.</summary>
    public Decision PaidBy(Guid paymentId, Money amount, DateTimeOffset now) =>
        Confirming([new PaymentAuthorized(amount.Amount, now, paymentId), new PaymentCaptured(amount.Amount, now, paymentId)], now);

    /// <summary>Gives money back: first what staff took, at once, then what payments took, by asking them.</summary>
    private IEnumerable<object> GivingBack(Money amount, string? reason, DateTimeOffset now, Guid? requestId = null)
    {
        var byHand = amount <= Payment.RefundableByHand ? amount : Payment.RefundableByHand;
        if (byHand.Amount > 0)
        {
            yield return new PaymentRefunded(byHand.Amount, reason, now);
        }

        if ((amount - byHand).Amount > 0)
        {
            yield return Requested(MoneyRequestKind.Refund, amount - byHand, reason, now, requestId);
        }
    }

    /// <summary>Gives back what was taken and gives up what is set aside.</summary>
    private object[] LettingGo(string? reason, DateTimeOffset now)
    {
        var back = GivingBack(Payment.Refundable, reason, now).ToList();
        return [.. back, .. GivingUp(now, after: back.Count(@event => @event is PaymentRequested))];
    }

    /// <summary>Gives up what is set aside: what staff recorded at once, what payments hold by asking them.</summary>
    private IEnumerable<object> GivingUp(DateTimeOffset now, Guid? requestId = null, int after = 0)
    {
        if (Payment.HeldByHand.Amount > 0)
        {
            yield return new PaymentVoided(Payment.HeldByHand.Amount, now);
        }

        if (Payment.VoidableThrough.Amount > 0 && Payment.Open(MoneyRequestKind.Void).Amount == 0)
        {
            yield return Requested(MoneyRequestKind.Void, Payment.VoidableThrough, null, now, requestId, after: after);
        }
    }

    // What came for a cancelled order, or beyond what an order costs, goes back.
    private IEnumerable<object> Surplus(Money captured, DateTimeOffset now)
    {
        var kept = Payment.Captured - Payment.Refunded - Payment.Open(MoneyRequestKind.Refund);
        var most = Status == OrderStatus.Cancelled ? Money.Zero(captured.Currency) : Payment.Due;
        var beyond = kept + captured - most;
        var surplus = beyond < captured ? beyond : captured;
        return surplus.Amount > 0 ? [Requested(MoneyRequestKind.Refund, surplus, "The order does not ask for this money.", now)] : [];
    }

    private Decision Confirming(object[] events, DateTimeOffset now)
    {
        var after = events.Aggregate(Payment, (payment, @event) => payment.Evolve(@event));
        return Status == OrderStatus.Placed && after.IsCovered ? Decision.Of([.. events, new OrderConfirmed(now)]) : Decision.Of(events);
    }

    // The id follows from the order and the place of the request in it, so that deciding again after a conflict asks for the same.
    private PaymentRequested Requested(
        MoneyRequestKind kind, Money amount, string? reason, DateTimeOffset now, Guid? requestId = null, string? provider = null, int after = 0) =>
        new(requestId ?? Identifiers.FromName(RequestSpace, $"{Number}/{Payment.Requests.Length + after}/{kind}"), kind, amount.Amount, amount.Currency, provider, reason, now);

    private bool IsKnown(Guid? requestId) => requestId is { } id && Payment.Request(id) is not null;
}
