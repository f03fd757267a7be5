namespace Commerce.Pricing.Contracts;

/// <summary>Goods whose sums are asked for. Amounts are in <paramref name="Currency"/>.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Lines">The goods, every SKU once.</param>
/// <param name="Destination">Where they go; null is not known yet: no shipping and no tax are worked out.</param>
/// <param name="ShippingMethod">How they go; null leaves it to the shop: the first way that is open.</param>
/// <param name="Coupons">What the shopper entered.</param>
/// <param name="Buyer">Who buys.</param>
/// <param name="At">The moment, for rules with dates.</param>
public sealed record PriceQuestion(
    string Currency, IReadOnlyList<GoodsLine> Lines, Destination? Destination, string? ShippingMethod, IReadOnlyList<string> Coupons, Buyer Buyer, DateTimeOffset At)
{
    /// <summary>Discounts that are left out, because a decision found them used up.</summary>
    public IReadOnlyCollection<Guid> Excluded { get; init; } = [];

    /// <summary>
    /// For an order that stands: the discounts that it holds. They go on although they may have ended or been used up since, and no other counted one joins. Null for a new order.
    /// </summary>
    public IReadOnlyCollection<Guid>? Held { get; init; }

    /// <summary>For an order that stands: what was agreed for <see cref="ShippingMethod"/>, which holds where the shop does not offer that any more.</summary>
    public decimal? AgreedShipping { get; init; }
}

/// <summary>Units of a SKU at the shop's price.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">At least 1.</param>
/// <param name="UnitAmount">The price of one.</param>
/// <param name="WeightGrams">The weight of one; null weighs nothing.</param>
/// <param name="CategoryIds">The categories of its product.</param>
/// <param name="TaxClass">The tax class that its product names, or null.</param>
public sealed record GoodsLine(string Sku, int Quantity, decimal UnitAmount, int? WeightGrams = null, IReadOnlyList<Guid>? CategoryIds = null, string? TaxClass = null);

/// <summary>Where goods go.</summary>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Region">State or province, or null.</param>
public sealed record Destination(string Country, string? Region = null);

/// <summary>Who buys.</summary>
/// <param name="Key">Tells buyers apart where a discount may be used so many times each: the customer, or a guest by e-mail; null when nobody can tell.</param>
/// <param name="CustomerId">The customer, or null for a guest.</param>
/// <param name="Group">The customer's group, or null.</param>
/// <param name="IsFirstOrder">Whether the customer has no order yet; looked up only when a rule asks.</param>
public sealed record Buyer(Guid? Key, Guid? CustomerId, string? Group, bool IsFirstOrder)
{
    /// <summary>Somebody of whom nothing is known.</summary>
    public static readonly Buyer Unknown = new(null, null, null, false);
}
