namespace Commerce.Payments.Contracts;

/// <summary>Takes what an order costs from gift cards and store credit, in their order, until nothing is left to pay or they are empty.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Currency">Its currency.</param>
/// <param name="UpTo">What is to be paid.</param>
/// <param name="Tenders">From where.</param>
public sealed record RedeemStoredValue(Guid OrderId, string Currency, decimal UpTo, IReadOnlyList<StoredValueTender> Tenders);

/// <summary>One ledger to take money from.</summary>
/// <param name="LedgerId">The ledger.</param>
/// <param name="PaymentId">The id of the payment that this becomes, fresh.</param>
public sealed record StoredValueTender(Guid LedgerId, Guid PaymentId);

/// <summary>What was taken, or why one of them cannot be used; then nothing was.</summary>
/// <param name="Redeemed">What was taken; a ledger that was not needed is absent.</param>
/// <param name="Refused">Which tender cannot be used, by its place, or null.</param>
/// <param name="Why">Why not.</param>
public sealed record StoredValueAnswer(IReadOnlyList<RedeemedTender> Redeemed, int? Refused = null, string? Why = null);

/// <summary>Money from one ledger.</summary>
/// <param name="PaymentId">The payment that it became.</param>
/// <param name="Amount">How much.</param>
public sealed record RedeemedTender(Guid PaymentId, decimal Amount);
