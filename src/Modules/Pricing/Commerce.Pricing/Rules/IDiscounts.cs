using Commerce.Pricing.Contracts;

namespace Commerce.Pricing.Rules;

/// <summary>What goods are cheaper by. Pure.</summary>
internal interface IDiscounts
{
    /// <summary>The discounts that apply, with their parts on each line and on shipping, and what became of the coupons.</summary>
    /// <param name="basket">The goods.</param>
    /// <param name="shippingPrice">What shipping costs when the goods are worth so much after discounts; null when nobody knows yet.</param>
    AppliedDiscounts Apply(Basket basket, Func<decimal, decimal>? shippingPrice);

    /// <summary>Whether this coupon stands for a discount, be it over.</summary>
    bool Knows(string coupon);

    /// <summary>Whether any discount for these coupons depends on whether it is the buyer's first order.</summary>
    bool AsksForFirstOrder(IReadOnlyCollection<string> coupons);
}

/// <summary>What is taken off.</summary>
/// <param name="Parts">By discount, in the order in which they were taken off.</param>
/// <param name="Coupons">What became of each coupon.</param>
internal sealed record AppliedDiscounts(IReadOnlyList<DiscountPart> Parts, IReadOnlyList<QuotedCoupon> Coupons);

/// <summary>What one discount takes off.</summary>
/// <param name="Discount">The discount.</param>
/// <param name="Lines">Off each line, 0 for none.</param>
/// <param name="Shipping">Off the shipping.</param>
internal sealed record DiscountPart(RuleDiscount Discount, decimal[] Lines, decimal Shipping)
{
    /// <summary>The sum.</summary>
    public decimal Amount { get; } = Lines.Sum() + Shipping;
}

/// <summary>A discount as a host knows it.</summary>
/// <param name="Id">The discount.</param>
/// <param name="Coupon">The code that opens it, or null.</param>
/// <param name="Terms">What it gives.</param>
/// <param name="IsCounted">Whether its uses are counted.</param>
/// <param name="IsUsedUp">Whether its total limit was reached when this was read; a decision settles it.</param>
/// <param name="IsEnded">Whether it was ended; kept for orders that hold it.</param>
internal sealed record RuleDiscount(Guid Id, string? Coupon, DiscountTerms Terms, bool IsCounted, bool IsUsedUp, bool IsEnded);
