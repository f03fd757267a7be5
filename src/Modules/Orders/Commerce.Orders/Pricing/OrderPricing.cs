using Commerce.Catalog.Contracts;
using Commerce.Monetary;
using Commerce.Outcomes;

namespace Commerce.Orders.Pricing;

/// <summary>Prices a draft from the shop's offers. Pure: the offers come in as data, and the rules behind the interfaces do no I/O.</summary>
internal sealed class OrderPricing(IShippingRates shipping, ITaxRates taxes, IDiscounts discounts)
{
    // Far above any real order and far below the end of decimal, so that sums of 200 lines cannot overflow.
    private const decimal LargestLine = 1_000_000_000_000_000m;

    /// <summary>The draft with its lines and sums.</summary>
    public Outcome<PricedDraft> Price(OrderDraft draft, IReadOnlyDictionary<string, SkuOffer> offers)
    {
        var lines = new PlacedLine[draft.Lines.Count];
        var subtotal = Money.Zero(draft.Currency);
        for (var i = 0; i < lines.Length; i++)
        {
            var (sku, quantity) = draft.Lines[i];
            if (!offers.TryGetValue(sku, out var offer))
            {
                return new SkuUnavailable([.. draft.Lines.Where(line => !offers.ContainsKey(line.Sku)).Select(line => line.Sku)]);
            }

            if (offer.UnitAmount > LargestLine / quantity)
            {
                return new OrderTooLarge();
            }

            lines[i] = new PlacedLine(sku, offer.ProductId, offer.ProductName, quantity, offer.UnitAmount);
            subtotal += Money.Of(offer.UnitAmount, draft.Currency) * quantity;
        }

        return discounts.DiscountOn(draft.Coupon, subtotal, lines).Map(discount =>
        {
            var goods = subtotal - discount;
            var cost = shipping.CostOf(draft.ShippingMethod, goods, draft.ShippingAddress);
            return new PricedDraft(lines, new OrderTotals(subtotal, cost, taxes.TaxOn(goods + cost, draft.ShippingAddress), discount));
        });
    }
}

/// <summary>A draft's lines and sums.</summary>
internal sealed record PricedDraft(IReadOnlyList<PlacedLine> Lines, OrderTotals Totals);

/// <summary>The shop does not sell these: unknown, not active, or without a price in the currency.</summary>
[Problem(409, "sku-unavailable", "Not for sale")]
internal sealed record SkuUnavailable(IReadOnlyList<string> Skus) : Refusal("The shop does not sell these SKUs in this currency at the moment; see skus.");

/// <summary>The sums leave every sensible range.</summary>
[Problem(409, "order-too-large", "The order is too large")]
internal sealed record OrderTooLarge() : Refusal("The value of a line, or the number of lines, is beyond what one order may hold.");
