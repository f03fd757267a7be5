using Commerce.Orders.Paying;

namespace Commerce.Orders;

/// <summary>Money was set aside for the shop.</summary>
/// <param name="Amount">In the order's currency.</param>
/// <param name="AuthorizedAt">When, UTC.</param>
/// <param name="PaymentId">The payment that it is, or null for money that staff recorded.</param>
/// <param name="RequestId">The request that it answers.</param>
internal sealed record PaymentAuthorized(decimal Amount, DateTimeOffset AuthorizedAt, Guid? PaymentId = null, Guid? RequestId = null);

/// <summary>The shop took money: of what was set aside, or at once.</summary>
/// <param name="Amount">In the order's currency.</param>
/// <param name="CapturedAt">When, UTC.</param>
/// <param name="PaymentId">The payment that it is, or null for money that staff recorded.</param>
/// <param name="RequestId">The request that it answers.</param>
internal sealed record PaymentCaptured(decimal Amount, DateTimeOffset CapturedAt, Guid? PaymentId = null, Guid? RequestId = null);

/// <summary>The shop gave money back.</summary>
/// <param name="Amount">In the order's currency.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="RefundedAt">When, UTC.</param>
/// <param name="PaymentId">The payment that it is, or null for money that staff recorded.</param>
/// <param name="RequestId">The request that it answers.</param>
internal sealed record PaymentRefunded(decimal Amount, string? Reason, DateTimeOffset RefundedAt, Guid? PaymentId = null, Guid? RequestId = null);

/// <summary>The shop gave up its claim to what it has not taken.</summary>
/// <param name="Amount">What had been set aside; 0 when nothing was.</param>
/// <param name="VoidedAt">When, UTC.</param>
/// <param name="PaymentId">The payment that it is, or null for money that staff recorded.</param>
internal sealed record PaymentVoided(decimal Amount, DateTimeOffset VoidedAt, Guid? PaymentId = null);

/// <summary>The order became cheaper, so less needs to be set aside; or a payment's rest was given up.</summary>
/// <param name="Amount">What was given up, in the order's currency.</param>
/// <param name="LoweredAt">When, UTC.</param>
/// <param name="PaymentId">The payment that it is, or null for what the order gave up itself.</param>
internal sealed record PaymentHoldLowered(decimal Amount, DateTimeOffset LoweredAt, Guid? PaymentId = null);

/// <summary>The money for the whole order is there: it is to be shipped.</summary>
/// <param name="ConfirmedAt">When, UTC.</param>
internal sealed record OrderConfirmed(DateTimeOffset ConfirmedAt);

/// <summary>The order wants money to be moved by whoever holds it. What comes of it is told by the events that name <paramref name="RequestId"/>.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="Kind">What is wanted.</param>
/// <param name="Amount">How much, in <paramref name="Currency"/>.</param>
/// <param name="Currency">As placed: announcements are made from the event alone.</param>
/// <param name="Provider">Through whom money is set aside; null for everything else.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="RequestedAt">When, UTC.</param>
internal sealed record PaymentRequested(
    Guid RequestId, MoneyRequestKind Kind, decimal Amount, string Currency, string? Provider, string? Reason, DateTimeOffset RequestedAt);

/// <summary>A request came to nothing, in whole or in part.</summary>
/// <param name="RequestId">The request, or null when nobody asked.</param>
/// <param name="PaymentId">The payment that failed.</param>
/// <param name="Amount">The part that came to nothing.</param>
/// <param name="Code">Why, in a word such as <c>insufficient_funds</c>.</param>
/// <param name="Message">Why, for people.</param>
/// <param name="FailedAt">When, UTC.</param>
internal sealed record PaymentRequestFailed(Guid? RequestId, Guid PaymentId, decimal Amount, string Code, string? Message, DateTimeOffset FailedAt);

/// <summary>The shopper has to do something before the money is set aside, such as confirm at the bank.</summary>
/// <param name="PaymentId">The payment that waits.</param>
/// <param name="RequestId">The request that it answers.</param>
/// <param name="Url">Where the shopper has to go.</param>
/// <param name="RequiredAt">When, UTC.</param>
internal sealed record PaymentActionRequired(Guid PaymentId, Guid? RequestId, string Url, DateTimeOffset RequiredAt);
