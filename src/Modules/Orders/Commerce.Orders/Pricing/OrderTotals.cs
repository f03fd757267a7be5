using Commerce.Monetary;

namespace Commerce.Orders.Pricing;

/// <summary>The sums of an order as they are shown. The total cannot be given, only follow from its parts.</summary>
internal readonly record struct OrderTotals(Money Subtotal, Money Shipping, Money Tax, Money Discount)
{
    /// <summary>Subtotal, shipping and tax, less the discount.</summary>
    public Money Total => Subtotal + Shipping + Tax - Discount;

    /// <summary>The sums as an event keeps them.</summary>
    public static OrderTotals Of(PlacedTotals totals, string currency) => new(
        Money.Of(totals.Subtotal, currency), Money.Of(totals.Shipping, currency), Money.Of(totals.Tax, currency), Money.Of(totals.Discount, currency));
}
