using Commerce.Catalog.Contracts;
using Commerce.Orders.Pricing;
using Commerce.Outcomes;

namespace Commerce.Orders.Placing;

/// <summary>Goods on their way into a cart, at the price that the shopper sees at that moment.</summary>
internal static class CartOffers
{
    /// <summary>The lines as cart items, or the SKUs that are not for sale.</summary>
    public static Outcome<IReadOnlyList<CartItemSet>> Items(IReadOnlyList<SkuQuantity> lines, IReadOnlyDictionary<string, SkuOffer> offers, DateTimeOffset? now = null)
    {
        var missing = lines.Where(line => !offers.ContainsKey(line.Sku)).Select(line => line.Sku).ToList();
        return missing.Count > 0
            ? new SkuUnavailable(missing)
            : lines.Select(line => Item(line.Quantity, offers[line.Sku], now)).ToList();
    }

    /// <summary>One item.</summary>
    public static CartItemSet Item(int quantity, SkuOffer offer, DateTimeOffset? now = null) =>
        new(offer.Sku, Math.Min(quantity, Cart.MaxQuantity), offer.ProductId, offer.ProductName, offer.UnitAmount, now);
}
