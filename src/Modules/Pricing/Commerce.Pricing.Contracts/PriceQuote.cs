namespace Commerce.Pricing.Contracts;

/// <summary>Sums and what they are made of. Every amount has no more digits than the currency.</summary>
/// <param name="Lines">The goods in the order of the question.</param>
/// <param name="Subtotal">Units times prices, all lines.</param>
/// <param name="Shipping">How the goods go and for how much; null when it is not known where, or the way is not open: see <paramref name="ShippingFault"/>.</param>
/// <param name="ShippingFault">Why there is no shipping although the destination is known.</param>
/// <param name="Tax">Tax that comes on top: that of lines and shipping which is not included in their amounts.</param>
/// <param name="IncludedTax">Tax that is a part of the amounts and is not added.</param>
/// <param name="Discounts">What is taken off, one entry for each discount.</param>
/// <param name="Coupons">What became of each coupon of the question.</param>
public sealed record PriceQuote(
    IReadOnlyList<QuotedLine> Lines,
    decimal Subtotal,
    QuotedShipping? Shipping,
    ShippingFault ShippingFault,
    decimal Tax,
    decimal IncludedTax,
    IReadOnlyList<QuotedDiscount> Discounts,
    IReadOnlyList<QuotedCoupon> Coupons)
{
    /// <summary>The sum of the discounts, those on shipping included.</summary>
    public decimal Discount => Discounts.Sum(discount => discount.Amount);

    /// <summary>Subtotal, shipping and tax, less the discounts.</summary>
    public decimal Total => Subtotal + (Shipping?.Amount ?? 0m) + Tax - Discount;
}

/// <summary>What was worked out for a line.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Discounts">What is taken off this line.</param>
/// <param name="Tax">Its tax; null where none is asked for.</param>
public sealed record QuotedLine(string Sku, IReadOnlyList<LineDiscount> Discounts, LineTax? Tax);

/// <summary>A discount's part on one line.</summary>
public sealed record LineDiscount(Guid DiscountId, string? Code, string Label, decimal Amount);

/// <summary>Tax on a line or on shipping.</summary>
/// <param name="Class">The class that the rate was found under.</param>
/// <param name="Rate">Such as 0.19.</param>
/// <param name="Amount">The tax.</param>
/// <param name="IsIncluded">Whether it is a part of the amount instead of coming on top.</param>
public sealed record LineTax(string Class, decimal Rate, decimal Amount, bool IsIncluded);

/// <summary>How goods go and for how much.</summary>
/// <param name="Method">The way's code.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Amount">Its price.</param>
/// <param name="Discount">What discounts take off it.</param>
/// <param name="Tax">Its tax; null where none is asked for.</param>
public sealed record QuotedShipping(string Method, string Label, decimal Amount, decimal Discount, LineTax? Tax);

/// <summary>A discount with all that it takes off.</summary>
/// <param name="DiscountId">The discount.</param>
/// <param name="Code">Its coupon, or null for an automatic one.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Amount">The sum of its parts on lines and shipping.</param>
/// <param name="OnShipping">The part on shipping.</param>
/// <param name="IsCounted">Whether a use of it is to be redeemed in the order's decision.</param>
public sealed record QuotedDiscount(Guid DiscountId, string? Code, string Label, decimal Amount, decimal OnShipping, bool IsCounted);

/// <summary>What became of a coupon.</summary>
/// <param name="Code">As the shop writes it.</param>
/// <param name="Fault">Why it gives nothing; <see cref="CouponFault.None"/> also when it does not matter beside a better offer.</param>
/// <param name="Detail">The fault in words, or null.</param>
/// <param name="IsApplied">Whether it takes something off.</param>
public sealed record QuotedCoupon(string Code, CouponFault Fault, string? Detail, bool IsApplied);

/// <summary>Why goods cannot go the way that was asked for.</summary>
public enum ShippingFault
{
    /// <summary>They can, or nobody knows yet where.</summary>
    None,

    /// <summary>The shop has no such way.</summary>
    Unknown,

    /// <summary>Not to this destination, in this currency or at this weight.</summary>
    Unavailable,
}

/// <summary>Why a coupon gives nothing.</summary>
public enum CouponFault
{
    /// <summary>Nothing is wrong with it.</summary>
    None,

    /// <summary>The shop did not issue it, or took it back.</summary>
    Unknown,

    /// <summary>Its time has not come.</summary>
    NotStarted,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It has been used as often as it can be, by everybody or by this buyer.</summary>
    UsedUp,

    /// <summary>Its conditions are not met.</summary>
    NotApplicable,
}
