namespace Commerce.Orders.Contracts;

/// <summary>An order asks for money to be moved: set aside, taken, given back or given up. Payments hears it and sees to it.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="RequestId">What every answer to it names; one request is carried out once.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="Amount">How much, in <paramref name="Currency"/>.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Provider">Through whom, for money that is set aside.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="RequestedAt">When, UTC.</param>
public sealed record OrderMoneyRequestedAnnouncement(
    Guid OrderId, Guid RequestId, OrderMoneyRequestKind Kind, decimal Amount, string Currency, string? Provider, string? Reason, DateTimeOffset RequestedAt);

/// <summary>What an order may ask for.</summary>
public enum OrderMoneyRequestKind
{
    /// <summary>Set money aside.</summary>
    Authorize,

    /// <summary>Take what is set aside.</summary>
    Capture,

    /// <summary>Give back what was taken.</summary>
    Refund,

    /// <summary>Give up what is set aside, or is about to be.</summary>
    Void,
}

/// <summary>Tells an order, inside the decision of a payment, what became of its money.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="PaymentId">The payment.</param>
/// <param name="RequestId">The request that it answers, or null when nobody asked.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Amount">How much, in the order's currency.</param>
/// <param name="Code">Why it failed, as the provider says it.</param>
/// <param name="Message">The same for people.</param>
/// <param name="Url">Where the shopper has to go.</param>
public sealed record RecordOrderMoney(
    Guid OrderId, Guid PaymentId, Guid? RequestId, OrderMoneyKind Kind, decimal Amount, string? Code = null, string? Message = null, string? Url = null);

/// <summary>What can happen to an order's money.</summary>
public enum OrderMoneyKind
{
    /// <summary>The shopper has to do something first, such as confirm at the bank.</summary>
    ActionRequired,

    /// <summary>It is set aside.</summary>
    Authorized,

    /// <summary>It is taken.</summary>
    Captured,

    /// <summary>It is given back.</summary>
    Refunded,

    /// <summary>It is no longer set aside.</summary>
    Released,

    /// <summary>The request came to nothing.</summary>
    Failed,
}

/// <summary>The order's answer.</summary>
/// <param name="IsTaken">False when the order has no use for the money: it goes back.</param>
/// <param name="Held">What the order still counts on being set aside through payments.</param>
public sealed record OrderMoneyAnswer(bool IsTaken, decimal Held);

/// <summary>An order took down what a payment did.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="PaymentId">The payment.</param>
/// <param name="Kind"><c>authorized</c>, <c>captured</c> or <c>refunded</c>.</param>
/// <param name="Amount">How much, in the order's currency.</param>
/// <param name="At">When, UTC.</param>
public sealed record OrderMoneyRecordedAnnouncement(Guid OrderId, Guid PaymentId, string Kind, decimal Amount, DateTimeOffset At);
