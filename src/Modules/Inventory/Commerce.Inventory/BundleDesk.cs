using Commerce.EventStore;
using Commerce.Inventory.Contracts;

namespace Commerce.Inventory;

/// <summary>
/// Moves orders in which there are bundles: each bundle moves its parts, under its name, and tells of it in its own stream. All move or none, the parts of
/// several bundles and lines counted together.
/// </summary>
internal static class BundleDesk
{
    /// <summary>Names the streams of a bundle and its parts.</summary>
    internal static void Touch(Touches touches, string sku, IReadOnlyList<BundlePart> parts)
    {
        touches.Stream<Stock>(Stock.IdOf(sku));
        foreach (var part in parts)
        {
            touches.Stream<Stock>(Stock.IdOf(part.Sku));
        }
    }

    /// <summary>Whether any of these SKUs is a bundle: the one question that an order without bundles pays for.</summary>
    internal static bool HasAny(Demand[] demands, DecisionScope scope)
    {
        foreach (var demand in demands)
        {
            if (scope.Stream<Stock>(demand.StockId).State.Parts is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The demands as they lie on shelves, one for each SKU and bundle; null when a part is not among the streams that the decision named.</summary>
    internal static List<(Demand Demand, string? Bundle)>? Unpacked(Demand[] demands, DecisionScope scope)
    {
        var unpacked = new List<(Demand, string?)>();
        foreach (var demand in demands)
        {
            if (scope.Stream<Stock>(demand.StockId).State.Parts is not { } parts)
            {
                unpacked.Add((demand, null));
                continue;
            }

            foreach (var part in parts)
            {
                if (!scope.Names<Stock>(Stock.IdOf(part.Sku)))
                {
                    return null;
                }

                unpacked.Add((new Demand(Stock.IdOf(part.Sku), part.Sku, (int)Math.Min(int.MaxValue, (long)part.Quantity * demand.Quantity)), demand.Sku));
            }
        }

        return unpacked;
    }

    /// <summary>Moves everything or, when something is short, nothing.</summary>
    /// <param name="demands">What was asked for.</param>
    /// <param name="scope">The decision.</param>
    /// <param name="possible">Units of a SKU that can be moved at all.</param>
    /// <param name="move">Moves units of a SKU, for a bundle or for themselves.</param>
    /// <param name="told">The fact in the bundle's own stream.</param>
    internal static StockAnswer Move(
        Demand[] demands, DecisionScope scope, Func<Stock, string, int> possible, Func<Stock, Demand, string?, Decision> move, Func<Demand, StockBalance, object> told)
    {
        if (Unpacked(demands, scope) is not { } unpacked)
        {
            // This host has not heard of the bundle yet; in a moment it has.
            return new StockAnswer(false, [.. demands.Select(demand => new StockShortage(demand.Sku, demand.Quantity, 0))]);
        }

        var short_ = unpacked
            .GroupBy(one => one.Demand.Sku, StringComparer.Ordinal)
            .Where(sku => sku.Sum(one => (long)one.Demand.Quantity) > possible(scope.Stream<Stock>(sku.First().Demand.StockId).State, sku.Key))
            .Select(sku => sku.Key)
            .ToHashSet(StringComparer.Ordinal);
        if (short_.Count > 0)
        {
            return new StockAnswer(false, [.. demands.Where(demand => Needs(scope, demand, short_)).Select(demand => new StockShortage(demand.Sku, demand.Quantity, Most(scope, demand, possible)))]);
        }

        foreach (var (demand, bundle) in unpacked)
        {
            var stock = scope.Stream<Stock>(demand.StockId);
            _ = stock.Apply(move(stock.State, demand, bundle)).Value;
        }

        foreach (var demand in demands)
        {
            var stock = scope.Stream<Stock>(demand.StockId);
            if (stock.State.Parts is { } parts)
            {
                _ = stock.Apply(Decision.Of(told(demand, LevelOf(parts, scope)))).Value;
            }
        }

        return new StockAnswer(true, []);
    }

    /// <summary>The level that follows from the parts as they stand in this decision.</summary>
    internal static StockBalance LevelOf(IReadOnlyList<BundlePart> parts, DecisionScope scope) =>
        BundleLevel.Of(parts, sku => PartLevel.Of(scope.Stream<Stock>(Stock.IdOf(sku)).State, scope.Now));

    private static bool Needs(DecisionScope scope, Demand demand, HashSet<string> skus) =>
        scope.Stream<Stock>(demand.StockId).State.Parts is { } parts ? parts.Any(part => skus.Contains(part.Sku)) : skus.Contains(demand.Sku);

    private static int Most(DecisionScope scope, Demand demand, Func<Stock, string, int> possible) =>
        Math.Min(
            demand.Quantity - 1,
            scope.Stream<Stock>(demand.StockId).State.Parts is { } parts
                ? parts.Min(part => possible(scope.Stream<Stock>(Stock.IdOf(part.Sku)).State, part.Sku) / part.Quantity)
                : possible(scope.Stream<Stock>(demand.StockId).State, demand.Sku));
}
