using System.Text.Json.Serialization;

namespace Commerce.Payments;

/// <summary>What a ledger of stored value is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StoredValueKind>))]
internal enum StoredValueKind
{
    /// <summary>A gift card: whoever knows its code may spend it.</summary>
    [JsonStringEnumMemberName("giftCard")]
    GiftCard,

    /// <summary>A customer's store credit.</summary>
    [JsonStringEnumMemberName("storeCredit")]
    StoreCredit,
}

/// <summary>Staff put money on a gift card or a customer's store credit.</summary>
/// <param name="Kind">What the ledger is.</param>
/// <param name="Amount">How much.</param>
/// <param name="Currency">ISO 4217 code of every amount of the ledger.</param>
/// <param name="Balance">What is on it now.</param>
/// <param name="CustomerId">Whose it is; null for a gift card.</param>
/// <param name="CodeEnd">The last four symbols of a gift card's code, for people; the code itself is never stored.</param>
/// <param name="ExpiresAt">Until when it can be spent, or null.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="IssuedAt">When, UTC.</param>
internal sealed record StoredValueIssued(
    StoredValueKind Kind, decimal Amount, string Currency, decimal Balance, Guid? CustomerId, string? CodeEnd, DateTimeOffset? ExpiresAt, string? Reason, DateTimeOffset IssuedAt);

/// <summary>An order was paid from it.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Balance">What is on it now.</param>
/// <param name="OrderId">The order.</param>
/// <param name="PaymentId">The payment that it became.</param>
/// <param name="RedeemedAt">When, UTC.</param>
internal sealed record StoredValueRedeemed(decimal Amount, decimal Balance, Guid OrderId, Guid PaymentId, DateTimeOffset RedeemedAt);

/// <summary>Money that it had paid came back to it.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Balance">What is on it now.</param>
/// <param name="OrderId">The order.</param>
/// <param name="PaymentId">The payment that is given back.</param>
/// <param name="CallId">The call of the payment: once each.</param>
/// <param name="ReturnedAt">When, UTC.</param>
internal sealed record StoredValueReturned(decimal Amount, decimal Balance, Guid OrderId, Guid PaymentId, Guid CallId, DateTimeOffset ReturnedAt);
