using Commerce.Catalog.Contracts;

namespace Commerce.Orders.Placing;

/// <summary>Lines as they came, and as they are decided on.</summary>
internal static class OrderLines
{
    /// <summary>
    /// One line per SKU, quantities summed, in the order of first mention: two lines of one SKU checked one by one would both find the last unit.
    /// </summary>
    public static IReadOnlyList<SkuQuantity> Summed(IReadOnlyList<OrderLineRequest> lines)
    {
        if (lines.Count == 1)
        {
            return [new SkuQuantity(lines[0].Sku, lines[0].Quantity)];
        }

        var sums = new List<SkuQuantity>(lines.Count);
        var places = new Dictionary<string, int>(lines.Count, StringComparer.Ordinal);
        foreach (var (sku, quantity) in lines)
        {
            if (places.TryAdd(sku, sums.Count))
            {
                sums.Add(new SkuQuantity(sku, quantity));
            }
            else
            {
                sums[places[sku]] = new SkuQuantity(sku, sums[places[sku]].Quantity + quantity);
            }
        }

        return sums;
    }
}
