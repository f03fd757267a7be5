using Commerce.Inventory.Contracts;
using Commerce.Outcomes;

namespace Commerce.Inventory;

/// <summary>Units of a SKU in one bundle.</summary>
internal sealed record BundlePart(string Sku, int Quantity);

/// <summary>What an event of a bundle tells: its own stream has no goods, so the levels are those that follow from the parts.</summary>
internal interface IBundleEvent : IStockEvent;

/// <summary>The SKU is sold as these parts from now on.</summary>
internal sealed record StockBundled(string Sku, IReadOnlyList<BundlePart> Parts, StockBalance After) : IBundleEvent;

/// <summary>Bundles were promised to an order; their parts were allocated in the same commit.</summary>
internal sealed record BundleAllocated(string Sku, Guid OrderId, int Quantity, StockBalance After) : IBundleEvent;

/// <summary>An order gave bundles back.</summary>
internal sealed record BundleReleased(string Sku, Guid OrderId, int Quantity, StockBalance After) : IBundleEvent;

/// <summary>Bundles left the building.</summary>
internal sealed record BundleDispatched(string Sku, Guid OrderId, int Quantity, StockBalance After) : IBundleEvent;

/// <summary>Bundles that an order had sent came back to be sold again, as their parts.</summary>
internal sealed record BundleReturned(string Sku, Guid OrderId, Guid ReturnId, int Quantity, StockBalance After) : IBundleEvent;

/// <summary>The parts moved otherwise, and with them what can be sold of the bundle.</summary>
internal sealed record BundleLevelTold(string Sku, StockBalance After) : IBundleEvent;

/// <summary>How a part stands.</summary>
internal readonly record struct PartLevel(int OnHand, int Available, int Limit, int LowStockThreshold)
{
    internal static PartLevel Of(Stock stock, DateTimeOffset now) => new(stock.OnHand, stock.AvailableAt(now), stock.LimitAt(now), stock.LowStockThreshold);
}

/// <summary>What can be sold of a bundle follows from its parts: as many as the scarcest of them makes.</summary>
internal static class BundleLevel
{
    internal static StockBalance Of(IReadOnlyList<BundlePart> parts, Func<string, PartLevel> level)
    {
        var (onHand, available, orderable, isLow) = (int.MaxValue, int.MaxValue, int.MaxValue, false);
        foreach (var part in parts)
        {
            var (has, free, limit, threshold) = level(part.Sku);
            onHand = Math.Min(onHand, has / part.Quantity);
            available = Math.Min(available, Math.Max(0, free) / part.Quantity);
            orderable = Math.Min(orderable, Math.Max(0, free + limit) / part.Quantity);
            isLow |= threshold > 0 && free <= threshold;
        }

        return new StockBalance(onHand, onHand - available, available > 0 ? (isLow ? Availabilities.LowStock : Availabilities.InStock)
            : orderable > 0 ? Availabilities.Backorder
            : Availabilities.OutOfStock);
    }
}

/// <summary>The SKU is a bundle: it has no goods of its own.</summary>
[Problem(409, "sku-is-bundle", "The SKU is a bundle")]
internal sealed record SkuIsBundle(string Sku) : Refusal($"{Sku} is sold as its parts and has no stock of its own; move the parts.");

/// <summary>The SKU has, or had promised, goods of its own.</summary>
[Problem(409, "sku-has-stock", "The SKU has stock of its own")]
internal sealed record SkuHasStock(string Sku) : Refusal($"{Sku} has stock, promises or limits of its own and cannot become a bundle; take a SKU of its own for the bundle.");

/// <summary>The bundle has other parts, and orders know it by those.</summary>
[Problem(409, "bundle-exists", "The bundle exists")]
internal sealed record BundleExists(string Sku, IReadOnlyList<BundlePart> Parts) : Refusal($"{Sku} has other parts already, and orders were taken for them: another set of parts is another SKU.");
