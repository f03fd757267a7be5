using Commerce.Monetary;
using Commerce.Outcomes;

namespace Commerce.Orders.Pricing;

/// <summary>What an order is cheaper by. Pure: it is called inside decisions.</summary>
internal interface IDiscounts
{
    /// <summary>The discount on the goods, at most their value; a refusal when the coupon is not one of the shop's.</summary>
    /// <param name="coupon">What the shopper entered, or null.</param>
    /// <param name="goods">The goods' value.</param>
    /// <param name="lines">The goods.</param>
    Outcome<Money> DiscountOn(string? coupon, Money goods, IReadOnlyList<PlacedLine> lines);
}

/// <summary>A shop without coupons: a coupon is never silently ignored, because the shopper would pay more than they think.</summary>
internal sealed class NoDiscounts : IDiscounts
{
    /// <inheritdoc />
    public Outcome<Money> DiscountOn(string? coupon, Money goods, IReadOnlyList<PlacedLine> lines) =>
        coupon is null ? Money.Zero(goods.Currency) : ValidationFailed.Of("coupon", "This coupon is not known.");
}
