using Commerce.Inventory.Contracts;

namespace Commerce.Inventory;

/// <summary>What is wanted of one SKU, all lines together.</summary>
internal readonly record struct Demand(Guid StockId, string Sku, int Quantity)
{
    /// <summary>The demands of these lines in the order of their streams, one per SKU. Lines that want nothing are passed over.</summary>
    internal static Demand[] Of(IReadOnlyList<StockLine> lines)
    {
        if (lines.Count == 1 && lines[0].Quantity > 0)
        {
            return [new Demand(Stock.IdOf(lines[0].Sku), lines[0].Sku, lines[0].Quantity)];
        }

        var sums = new Dictionary<string, long>(lines.Count, StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (line.Quantity > 0)
            {
                sums[line.Sku] = sums.GetValueOrDefault(line.Sku) + line.Quantity;
            }
        }

        // More than any SKU can have is short either way: the cap keeps the sum a number.
        var demands = sums.Select(sum => new Demand(Stock.IdOf(sum.Key), sum.Key, (int)Math.Min(sum.Value, int.MaxValue))).ToArray();
        Array.Sort(demands, static (left, right) => left.StockId.CompareTo(right.StockId));
        return demands;
    }
}
