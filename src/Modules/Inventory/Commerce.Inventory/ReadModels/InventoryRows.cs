using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Commerce.Inventory.ReadModels;

/// <summary>A shelf inside a stock row.</summary>
internal sealed record ShelfRow(string Code, int OnHand, int Reserved)
{
    internal static ShelfRow[] Of(ImmutableArray<Shelf> shelves) => [.. shelves.Select(shelf => new ShelfRow(shelf.Location, shelf.OnHand, shelf.Reserved))];
}

/// <summary>What a cached stock level holds: the recorded level and the next instants at which expiring holds change it.</summary>
/// <param name="OnHand">Units there.</param>
/// <param name="Reserved">Units reserved, all recorded holds included.</param>
/// <param name="BackorderLimit">The SKU's back-order limit.</param>
/// <param name="LowStockThreshold">The SKU's threshold.</param>
/// <param name="Expiries">The next holds to expire, the earliest first, at most so many as are kept.</param>
/// <param name="KnownUntil">The instant from which on there may be further expired holds than <paramref name="Expiries"/> tells.</param>
internal sealed record CachedLevel(int OnHand, int Reserved, int BackorderLimit, int LowStockThreshold, IReadOnlyList<CachedExpiry> Expiries, DateTimeOffset KnownUntil);

/// <summary>Units that come free at an instant.</summary>
internal sealed record CachedExpiry(DateTimeOffset At, int Quantity);

/// <summary>JSON inside rows and cache entries.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShelfRow[]))]
[JsonSerializable(typeof(IReadOnlyList<StockPick>))]
[JsonSerializable(typeof(CachedLevel))]
internal sealed partial class InventoryRows : JsonSerializerContext;
