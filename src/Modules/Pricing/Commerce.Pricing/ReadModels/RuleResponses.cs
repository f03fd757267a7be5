namespace Commerce.Pricing.ReadModels;

/// <summary>A way of shipping.</summary>
/// <param name="Code">What orders name it by.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Position">Its place in lists.</param>
/// <param name="Rates">What it costs where.</param>
/// <param name="Version">The number of its events; 0 for one that the shop brings along.</param>
internal sealed record ShippingMethodResponse(string Code, string Label, int Position, IReadOnlyList<ShippingRate> Rates, long Version)
{
    /// <summary>The response of a state.</summary>
    public static ShippingMethodResponse Of(ShippingMethodSet terms, long version) => new(terms.Code, terms.Label, terms.Position, terms.Rates, version);
}

/// <summary>The taxes of a country.</summary>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="PricesIncludeTax">Whether prices hold the tax already.</param>
/// <param name="ShippingClass">The tax class of shipping; null leaves it untaxed.</param>
/// <param name="Rates">The rates.</param>
/// <param name="Version">The number of its events.</param>
internal sealed record TaxTableResponse(string Country, bool PricesIncludeTax, string? ShippingClass, IReadOnlyList<TaxRate> Rates, long Version)
{
    /// <summary>The response of a state.</summary>
    public static TaxTableResponse Of(TaxTableSet terms, long version) => new(terms.Country, terms.PricesIncludeTax, terms.ShippingClass, terms.Rates, version);
}

/// <summary>A class of goods that are taxed alike.</summary>
/// <param name="Code">The class.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="CategoryIds">The categories that lead into it.</param>
/// <param name="Version">The number of its events.</param>
internal sealed record TaxClassResponse(string Code, string Label, IReadOnlyList<Guid> CategoryIds, long Version)
{
    /// <summary>The response of a state.</summary>
    public static TaxClassResponse Of(TaxClassSet terms, long version) => new(terms.Code, terms.Label, terms.CategoryIds, version);
}

/// <summary>A discount.</summary>
/// <param name="Id">The discount.</param>
/// <param name="Coupon">The code that opens it; null for one that needs none.</param>
/// <param name="Terms">What it gives, to whom and how often.</param>
/// <param name="Uses">How many orders use it; 0 where uses are not counted.</param>
/// <param name="IsCounted">Whether uses are counted.</param>
/// <param name="EndedAt">Since when nobody gets it any more, UTC.</param>
/// <param name="Version">The number of its events.</param>
internal sealed record DiscountResponse(Guid Id, string? Coupon, DiscountTerms Terms, int Uses, bool IsCounted, DateTimeOffset? EndedAt, long Version)
{
    /// <summary>The response of a state.</summary>
    public static DiscountResponse Of(Guid id, Discount discount, long version) =>
        new(id, discount.Coupon, discount.Terms!, discount.Uses.Count, discount.IsCounted, discount.EndedAt, version);

    /// <summary>The response of a row.</summary>
    public static DiscountResponse Of(DiscountRow row) => new(row.Id, row.Coupon, row.ReadTerms(), row.Uses, row.IsCounted, row.EndedAt, row.Version);
}

/// <summary>The group of a customer.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Group">The group.</param>
/// <param name="Version">The number of its events.</param>
internal sealed record CustomerGroupResponse(Guid CustomerId, string Group, long Version);

/// <summary>A row of a rule: what stands under a code.</summary>
internal sealed class RuleRow
{
    public string Code { get; init; } = "";

    public string? Document { get; init; }

    public long Version { get; init; }
}
