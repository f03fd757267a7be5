using System.Text.Json.Serialization;
using Commerce.Monetary;

namespace Commerce.Orders.ReadModels;

/// <summary>A cart as its shopper sees it: at today's prices, with what changed since its items were put in.</summary>
/// <param name="Id">The cart's id; a guest's cart is open to whoever knows it.</param>
/// <param name="Status">Whether it can be filled and checked out.</param>
/// <param name="CustomerId">Whose it is, or null for a guest's.</param>
/// <param name="Currency">ISO 4217 code of its prices.</param>
/// <param name="Items">What lies in it, in the order it was put in.</param>
/// <param name="SavedForLater">What its shopper wants later; no part of the subtotal or the checkout.</param>
/// <param name="Subtotal">The sum of the items that are for sale.</param>
/// <param name="Shipping">What shipping costs; null until it is known where the goods go and how.</param>
/// <param name="Tax">The tax on top; null until it is known where the goods go.</param>
/// <param name="Discount">What is taken off; total = subtotal + shipping + tax - discount.</param>
/// <param name="Total">What is to be paid, as far as it is known: an order of this cart at this moment costs that.</param>
/// <param name="IncludedTax">Tax that is a part of the prices already and is not added.</param>
/// <param name="ShippingDiscount">The part of the discount that is taken off the shipping.</param>
/// <param name="ShippingTax">The tax on the shipping; null where none is asked for.</param>
/// <param name="Discounts">What is taken off, one entry for each discount.</param>
/// <param name="Coupons">The coupons that lie in it and what becomes of them.</param>
/// <param name="Changes">What is other than when the items were put in.</param>
/// <param name="Requirements">What stands between the cart and its checkout, which is refused by the same list.</param>
/// <param name="Email">Where to write to, once told.</param>
/// <param name="ShippingAddress">Where the goods go, once told.</param>
/// <param name="ShippingMethod">How they go, once told.</param>
/// <param name="OrderId">The order that it became.</param>
/// <param name="MergedInto">The cart that its items went into.</param>
/// <param name="ExpiresAt">When it expires unless it is changed before.</param>
/// <param name="Version">The number of its events, also in <c>ETag</c>.</param>
internal sealed record CartResponse(
    Guid Id,
    CartStatus Status,
    Guid? CustomerId,
    string Currency,
    IReadOnlyList<CartItemResponse> Items,
    IReadOnlyList<CartItemResponse> SavedForLater,
    Money Subtotal,
    Money? Shipping,
    Money? Tax,
    Money Discount,
    Money Total,
    Money IncludedTax,
    Money ShippingDiscount,
    AppliedTaxResponse? ShippingTax,
    IReadOnlyList<AppliedDiscountResponse> Discounts,
    IReadOnlyList<CartCouponResponse> Coupons,
    IReadOnlyList<CartChange> Changes,
    IReadOnlyList<CartRequirement> Requirements,
    string? Email,
    PostalAddress? ShippingAddress,
    string? ShippingMethod,
    Guid? OrderId,
    Guid? MergedInto,
    DateTimeOffset? ExpiresAt,
    long Version);

/// <summary>A SKU in a cart.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="ProductId">Its product.</param>
/// <param name="Name">The product's name.</param>
/// <param name="Quantity">How many.</param>
/// <param name="UnitPrice">What one costs now; null when it is not for sale.</param>
/// <param name="Total">What all of them cost now; null when it is not for sale.</param>
/// <param name="AddedUnitPrice">What one cost when it was put in.</param>
/// <param name="Availability"><c>inStock</c>, <c>lowStock</c>, <c>outOfStock</c> or <c>backorder</c>.</param>
/// <param name="Available">Units that can be had now.</param>
/// <param name="Changes">What changed since it was put in: <c>priceRaised</c>, <c>priceLowered</c>, <c>unavailable</c>, <c>insufficientStock</c>.</param>
/// <param name="ReleaseAt">When it is released, as long as it is sold in advance; null otherwise.</param>
/// <param name="Discounts">What is taken off the line.</param>
/// <param name="Tax">Its tax; null where none is asked for or nobody knows yet where it goes.</param>
internal sealed record CartItemResponse(
    string Sku,
    Guid ProductId,
    string Name,
    int Quantity,
    Money? UnitPrice,
    Money? Total,
    Money AddedUnitPrice,
    string Availability,
    int Available,
    IReadOnlyList<string> Changes,
    DateTimeOffset? ReleaseAt,
    IReadOnlyList<AppliedDiscountResponse> Discounts,
    AppliedTaxResponse? Tax)
{
    /// <summary>Whether fewer units can be had than are wanted.</summary>
    [JsonIgnore]
    public bool Lacks => Changes.Contains(CartChange.InsufficientStock, StringComparer.Ordinal);
}

/// <summary>A coupon in a cart.</summary>
/// <param name="Code">The coupon.</param>
/// <param name="IsApplied">Whether it takes something off.</param>
/// <param name="Problem">Why checkout would refuse it, as the last part of the problem's type, such as <c>coupon-expired</c>; null when it would not.</param>
/// <param name="Detail">The same in words.</param>
internal sealed record CartCouponResponse(string Code, bool IsApplied, string? Problem, string? Detail);

/// <summary>Something that is other than when an item was put in.</summary>
/// <param name="Sku">The item.</param>
/// <param name="Kind"><c>priceRaised</c> or <c>priceLowered</c> (was and now are money), <c>insufficientStock</c> (units wanted, units to be had), <c>unavailable</c> (the price it had, null).</param>
/// <param name="Was">How it was, or was wanted.</param>
/// <param name="Now">How it is.</param>
internal sealed record CartChange(string Sku, string Kind, object? Was, object? Now)
{
    public const string PriceRaised = "priceRaised";
    public const string PriceLowered = "priceLowered";
    public const string Unavailable = "unavailable";
    public const string InsufficientStock = "insufficientStock";
}

/// <summary>Something that checkout asks for and will be refused without.</summary>
/// <param name="Code">
/// <c>cartClosed</c>, <c>cartExpired</c>, <c>itemsMissing</c>, <c>itemUnavailable</c>, <c>stockMissing</c>, <c>minimumNotReached</c>, <c>shippingAddressMissing</c>,
/// <c>shippingMethodUnavailable</c>, <c>couponNotApplicable</c>, <c>emailMissing</c> or <c>paymentMissing</c>.
/// </param>
/// <param name="Message">For people.</param>
/// <param name="Sku">The SKU that it is about, or null.</param>
/// <param name="Field">The field of the checkout or the cart that would settle it, or null.</param>
internal sealed record CartRequirement(string Code, string Message, string? Sku = null, string? Field = null)
{
    public const string Closed = "cartClosed";
    public const string Expired = "cartExpired";
    public const string Items = "itemsMissing";
    public const string ForSale = "itemUnavailable";
    public const string Stock = "stockMissing";
    public const string Minimum = "minimumNotReached";
    public const string Address = "shippingAddressMissing";
    public const string Method = "shippingMethodUnavailable";
    public const string Coupon = "couponNotApplicable";
    public const string Email = "emailMissing";
    public const string Payment = "paymentMissing";
}
