using Commerce.Monetary;

namespace Commerce.Orders.Pricing;

/// <summary>The sums of an order as they are shown. The total cannot be given, only follow from its parts.</summary>
internal readonly record struct OrderTotals(Money Subtotal, Money Shipping, Money Tax, Money Discount)
{
    /// <summary>Tax that is a part of the prices already and is not added.</summary>
    public decimal IncludedTax { get; init; }

    /// <summary>The part of the discount that is taken off the shipping.</summary>
    public decimal ShippingDiscount { get; init; }

    /// <summary>The tax on the shipping, on top or included; null where none is asked for.</summary>
    public PlacedTax? ShippingTax { get; init; }

    /// <summary>Subtotal, shipping and tax, less the discount.</summary>
    public Money Total => Subtotal + Shipping + Tax - Discount;

    /// <summary>The sums as an event keeps them.</summary>
    public static OrderTotals Of(PlacedTotals totals, string currency) => new(
        Money.Of(totals.Subtotal, currency), Money.Of(totals.Shipping, currency), Money.Of(totals.Tax, currency), Money.Of(totals.Discount, currency))
    {
        IncludedTax = totals.IncludedTax ?? 0m,
        ShippingDiscount = totals.ShippingDiscount ?? 0m,
        ShippingTax = totals.ShippingTax,
    };

    /// <summary>The sums for an event.</summary>
    public PlacedTotals ToPlaced() => new(
        Subtotal.Amount, Shipping.Amount, Tax.Amount, Discount.Amount, Total.Amount,
        IncludedTax == 0m ? null : IncludedTax, ShippingDiscount == 0m ? null : ShippingDiscount, ShippingTax);
}
