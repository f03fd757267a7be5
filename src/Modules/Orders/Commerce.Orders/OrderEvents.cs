using Commerce.Pricing.Contracts;

namespace Commerce.Orders;

/// <summary>A shopper's order stands: priced by the shop, its stock taken. Amounts are in <paramref name="Currency"/>.</summary>
/// <param name="Number">What people read out; see <see cref="OrderNumber"/>.</param>
/// <param name="CustomerId">The customer, or null for a guest.</param>
/// <param name="Email">Where to write to, or null.</param>
/// <param name="AccessHash">The hash of the guest's secret; the secret itself is never stored. Null for a customer's order.</param>
/// <param name="SessionId">The browsing session as the storefront named it, or null.</param>
/// <param name="CartId">The cart it came from, or null.</param>
/// <param name="Currency">ISO 4217 code of every amount.</param>
/// <param name="Lines">One line per SKU.</param>
/// <param name="Totals">The sums as they were shown.</param>
/// <param name="ShippingAddress">Where it goes.</param>
/// <param name="ShippingMethod">How it goes.</param>
/// <param name="Coupon">The first coupon that was entered, or null.</param>
/// <param name="PaymentMethod">How it will be paid.</param>
/// <param name="PlacedAt">When, UTC.</param>
/// <param name="Coupons">All coupons that were entered; null when none was.</param>
/// <param name="Discounts">What was taken off; null when nothing was.</param>
/// <param name="Locale">The language that the shopper asked for; null when none was.</param>
internal sealed record OrderPlaced(
    string Number,
    Guid? CustomerId,
    string? Email,
    string? AccessHash,
    string? SessionId,
    Guid? CartId,
    string Currency,
    IReadOnlyList<PlacedLine> Lines,
    PlacedTotals Totals,
    PostalAddress ShippingAddress,
    string ShippingMethod,
    string? Coupon,
    string PaymentMethod,
    DateTimeOffset PlacedAt,
    IReadOnlyList<string>? Coupons = null,
    IReadOnlyList<OrderDiscount>? Discounts = null,
    string? Locale = null);

/// <summary>One SKU of an order, at the price and under the name that it was sold.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="ProductId">Its product.</param>
/// <param name="Name">Under which name.</param>
/// <param name="Quantity">How many.</param>
/// <param name="UnitAmount">At which price each.</param>
/// <param name="Discounts">What was taken off the line; null when nothing was.</param>
/// <param name="Tax">Its tax; null where none was asked for.</param>
internal sealed record PlacedLine(
    string Sku, Guid ProductId, string Name, int Quantity, decimal UnitAmount, IReadOnlyList<PlacedDiscount>? Discounts = null, PlacedTax? Tax = null);

/// <summary>A discount's part on a line.</summary>
internal sealed record PlacedDiscount(Guid DiscountId, string? Code, string Label, decimal Amount);

/// <summary>Tax on a line or on shipping.</summary>
/// <param name="Class">The tax class.</param>
/// <param name="Rate">Such as 0.19.</param>
/// <param name="Amount">The tax.</param>
/// <param name="IsIncluded">Whether it is a part of the prices instead of coming on top.</param>
internal sealed record PlacedTax(string Class, decimal Rate, decimal Amount, bool IsIncluded)
{
    /// <summary>What comes on top.</summary>
    public decimal Added() => IsIncluded ? 0m : Amount;

    /// <summary>The tax of a quote.</summary>
    public static PlacedTax? Of(LineTax? tax) => tax is null ? null : new PlacedTax(tax.Class, tax.Rate, tax.Amount, tax.IsIncluded);
}

/// <summary>A discount that an order holds.</summary>
/// <param name="DiscountId">The discount.</param>
/// <param name="Code">Its coupon, or null.</param>
/// <param name="Label">What the shopper reads.</param>
/// <param name="Amount">All that it takes off, lines and shipping.</param>
/// <param name="IsCounted">Whether the order has a use of it.</param>
internal sealed record OrderDiscount(Guid DiscountId, string? Code, string Label, decimal Amount, bool IsCounted);

/// <summary>The sums of an order in major units: total = subtotal + shipping + tax - discount.</summary>
/// <param name="Subtotal">The sum of the lines.</param>
/// <param name="Shipping">What shipping costs.</param>
/// <param name="Tax">Tax on top.</param>
/// <param name="Discount">What is taken off, shipping included.</param>
/// <param name="Total">What is to be paid.</param>
/// <param name="IncludedTax">Tax that is a part of the prices; null for none.</param>
/// <param name="ShippingDiscount">The part of the discount on shipping; null for none.</param>
/// <param name="ShippingTax">The tax on shipping; null where none was asked for.</param>
internal sealed record PlacedTotals(
    decimal Subtotal, decimal Shipping, decimal Tax, decimal Discount, decimal Total,
    decimal? IncludedTax = null, decimal? ShippingDiscount = null, PlacedTax? ShippingTax = null);

/// <summary>A postal address, the same on the wire and in events: a change of one is a change of both.</summary>
/// <param name="Name">Who receives.</param>
/// <param name="Line1">Street and number.</param>
/// <param name="City">The city.</param>
/// <param name="PostalCode">The postal code.</param>
/// <param name="Country">ISO 3166-1 alpha-2, upper case.</param>
/// <param name="Line2">Flat, floor, building.</param>
/// <param name="Region">State or province.</param>
/// <param name="Phone">For the carrier.</param>
internal sealed record PostalAddress(
    string Name, string Line1, string City, string PostalCode, string Country, string? Line2 = null, string? Region = null, string? Phone = null);

/// <summary>The order is called off and its stock given back.</summary>
/// <param name="CustomerId">As placed: announcements are made from the event alone.</param>
/// <param name="SessionId">As placed.</param>
/// <param name="Lines">What was given back.</param>
/// <param name="Reason">Why, in the caller's words, or null.</param>
/// <param name="CancelledAt">When, UTC.</param>
internal sealed record OrderCancelled(Guid? CustomerId, string? SessionId, IReadOnlyList<ReturnedLine> Lines, string? Reason, DateTimeOffset CancelledAt);

/// <summary>Units of a SKU that an order no longer holds.</summary>
internal sealed record ReturnedLine(string Sku, Guid ProductId, int Quantity);
