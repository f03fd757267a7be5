namespace Commerce.Inventory.Contracts;

/// <summary>How much of which SKU can be sold now.</summary>
public interface IStockLevels
{
    /// <summary>The levels of these SKUs, one for each: a SKU that never had stock is out of stock.</summary>
    ValueTask<IReadOnlyDictionary<string, StockLevel>> LevelsAsync(IReadOnlyCollection<string> skus, CancellationToken ct);
}

/// <summary>What a shopper may know of a SKU's stock.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Available">Units on hand that nobody holds; negative when more are promised on back-order than are on hand.</param>
/// <param name="Availability">One of <see cref="Availabilities"/>.</param>
/// <param name="ReleaseAt">When the SKU is released, as long as it is sold in advance; null otherwise.</param>
public sealed record StockLevel(string Sku, int Available, string Availability, DateTimeOffset? ReleaseAt = null);

/// <summary>The four words for availability.</summary>
public static class Availabilities
{
    /// <summary>More units than the SKU's low-stock threshold.</summary>
    public const string InStock = "inStock";

    /// <summary>Some units, but no more than the threshold.</summary>
    public const string LowStock = "lowStock";

    /// <summary>None, and no back-order is taken.</summary>
    public const string OutOfStock = "outOfStock";

    /// <summary>None, but an order is still taken and filled later.</summary>
    public const string Backorder = "backorder";
}
