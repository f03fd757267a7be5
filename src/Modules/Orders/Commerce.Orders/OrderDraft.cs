using Commerce.Catalog.Contracts;
using Commerce.Monetary;

namespace Commerce.Orders;

/// <summary>An order as its shopper wants it, before the shop has priced it. Lines hold every SKU once; an empty shipping method leaves the choice to the shop.</summary>
internal sealed record OrderDraft(
    Guid Id,
    string Number,
    Guid? CustomerId,
    string? Email,
    string? AccessHash,
    string? SessionId,
    Guid? CartId,
    string Currency,
    IReadOnlyList<SkuQuantity> Lines,
    PostalAddress ShippingAddress,
    string ShippingMethod,
    IReadOnlyList<string> Coupons,
    string PaymentMethod,
    Money? ExpectedTotal,
    string? Locale = null);
