using System.Text.Json;
using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.ReadModels;

namespace Commerce.Inventory.ReadModels;

/// <summary>Levels for other modules, from the cache: right after each commit, and right as holds expire without one.</summary>
internal sealed class StockLevels(IReadModelCache cache, StockLevelReader reader, BundleDirectory bundles, TimeProvider clock) : IStockLevels
{
    private static readonly CachePolicy Policy = new(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1));
    private static readonly CachedLevel Nothing = new(0, 0, 0, 0, [], null);

    internal static string Key(string sku) => $"inventory:level:{sku}";

    /// <inheritdoc />
    public async ValueTask<IReadOnlyDictionary<string, StockLevel>> LevelsAsync(IReadOnlyCollection<string> skus, CancellationToken ct)
    {
        // Whatever the caller's consistency token asks for is here: inline read models are never behind, and commits drop the keys first.
        var call = new CallContext();
        var asked = skus.Distinct(StringComparer.Ordinal).Select(sku => (Sku: sku, Level: LevelAsync(sku, call, ct).AsTask())).ToList();
        var levels = new Dictionary<string, StockLevel>(asked.Count, StringComparer.Ordinal);
        foreach (var (sku, level) in asked)
        {
            levels[sku] = await level;
        }

        return levels;
    }

    /// <summary>The level of a bundle, from its parts' levels of this moment.</summary>
    internal async ValueTask<StockBalance> BundleAsync(IReadOnlyList<BundlePart> parts, CancellationToken cancellationToken)
    {
        var call = new CallContext();
        var asked = parts.Select(part => (part.Sku, Level: CachedAsync(part.Sku, call, cancellationToken).AsTask())).ToList();
        var levels = new Dictionary<string, PartLevel>(StringComparer.Ordinal);
        foreach (var (sku, level) in asked)
        {
            levels[sku] = (await level).PartAt(clock.GetUtcNow());
        }

        return BundleLevel.Of(parts, sku => levels[sku]);
    }

    private async ValueTask<StockLevel> LevelAsync(string sku, CallContext call, CancellationToken cancellationToken)
    {
        if (bundles.Current.TryGetValue(sku, out var parts))
        {
            var bundle = await BundleAsync(parts, cancellationToken);
            return new StockLevel(sku, bundle.Available, bundle.Availability);
        }

        return (await CachedAsync(sku, call, cancellationToken)).At(sku, clock.GetUtcNow());
    }

    private async ValueTask<CachedLevel> CachedAsync(string sku, CallContext call, CancellationToken cancellationToken)
    {
        var entry = await cache.GetOrFillAsync(Key(sku), call, _ => FillAsync(sku), Policy, cancellationToken);
        var level = entry is null ? Nothing : JsonSerializer.Deserialize(entry.Body.Span, InventoryRows.Default.CachedLevel)!;
        var now = clock.GetUtcNow();
        return level.IsKnownAt(now) ? level : await reader.ReadAsync(sku) ?? Nothing;
    }

    private async ValueTask<CacheFill?> FillAsync(string sku) =>
        await reader.ReadAsync(sku) is { } level ? new CacheFill(JsonSerializer.SerializeToUtf8Bytes(level, InventoryRows.Default.CachedLevel)) : null;
}

/// <summary>A change of a SKU's stock drops its cached level.</summary>
internal sealed class StockLevelInvalidation : ICacheInvalidation
{
    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles => InventoryModule.StockEvents;

    /// <inheritdoc />
    public IEnumerable<string> KeysFor(RecordedEvent e) => e.Data is IStockEvent stock ? [StockLevels.Key(stock.Sku)] : [];
}
