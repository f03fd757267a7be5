namespace Commerce.Payments.Contracts;

/// <summary>A payment moved money, at its provider or in a ledger.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="Kind"><c>authorized</c>, <c>captured</c> or <c>refunded</c>.</param>
/// <param name="Amount">How much, in the order's currency.</param>
/// <param name="At">When, UTC.</param>
public sealed record PaymentMovedAnnouncement(Guid PaymentId, string Kind, decimal Amount, DateTimeOffset At);

/// <summary>A payment came that its order does not take: the order was cancelled meanwhile, or is paid already. It is given back by itself.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="At">When, UTC.</param>
public sealed record PaymentTurnedDownAnnouncement(Guid PaymentId, DateTimeOffset At);
