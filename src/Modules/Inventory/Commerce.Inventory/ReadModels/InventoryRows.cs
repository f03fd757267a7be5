using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Commerce.Inventory.Contracts;

namespace Commerce.Inventory.ReadModels;

/// <summary>A shelf inside a stock row.</summary>
internal sealed record ShelfRow(string Code, int OnHand, int Reserved)
{
    internal static ShelfRow[] Of(ImmutableArray<Shelf> shelves) => [.. shelves.Select(shelf => new ShelfRow(shelf.Location, shelf.OnHand, shelf.Reserved))];
}

/// <summary>A level as it is cached: as recorded, with the instants at which expiring holds change it, so that an entry stays right as time passes.</summary>
/// <param name="OnHand">Units there.</param>
/// <param name="Reserved">Units reserved, all recorded holds included.</param>
/// <param name="BackorderLimit">The SKU's back-order limit.</param>
/// <param name="LowStockThreshold">The SKU's threshold.</param>
/// <param name="Expiries">When which of the reserved units come free, the earliest first.</param>
/// <param name="KnownUntil">From then on further holds may have expired than <paramref name="Expiries"/> tells; null when it tells all.</param>
/// <param name="ReleaseAt">Until when it is sold before its release, or null.</param>
/// <param name="PreorderLimit">How far, until then.</param>
internal sealed record CachedLevel(int OnHand, int Reserved, int BackorderLimit, int LowStockThreshold, CachedExpiry[] Expiries, DateTimeOffset? KnownUntil, DateTimeOffset? ReleaseAt = null, int PreorderLimit = 0)
{
    internal PartLevel PartAt(DateTimeOffset now) => new(
        OnHand, OnHand - Reserved + Expiries.Where(expiry => expiry.At <= now).Sum(expiry => expiry.Quantity),
        now < ReleaseAt ? Math.Max(BackorderLimit, PreorderLimit) : BackorderLimit, LowStockThreshold);

    internal bool IsKnownAt(DateTimeOffset now) => KnownUntil is null || now < KnownUntil;

    internal StockLevel At(string sku, DateTimeOffset now)
    {
        var available = OnHand - Reserved + Expiries.Where(expiry => expiry.At <= now).Sum(expiry => expiry.Quantity);
        var isAhead = now < ReleaseAt;
        return new StockLevel(
            sku, available, Stock.Availability(available, isAhead ? Math.Max(BackorderLimit, PreorderLimit) : BackorderLimit, LowStockThreshold), isAhead ? ReleaseAt : null);
    }
}

/// <summary>Units that come free at an instant.</summary>
internal sealed record CachedExpiry(DateTimeOffset At, int Quantity);

/// <summary>JSON inside rows and cache entries.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShelfRow[]))]
[JsonSerializable(typeof(IReadOnlyList<StockPick>))]
[JsonSerializable(typeof(CachedLevel))]
[JsonSerializable(typeof(IReadOnlyList<BundlePart>))]
[JsonSerializable(typeof(StockStreamEvent))]
[JsonSerializable(typeof(CachedExpiry[]))]
internal sealed partial class InventoryRows : JsonSerializerContext;
