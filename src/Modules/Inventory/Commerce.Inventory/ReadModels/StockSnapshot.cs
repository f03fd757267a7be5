using Commerce.ReadModels;
using Dapper;

namespace Commerce.Inventory.ReadModels;

/// <summary>The levels of some SKUs at this instant.</summary>
internal sealed class StockSnapshot(ModuleDatabase<Stock> database, BundleDirectory bundles, StockLevels levels, TimeProvider clock)
{
    internal const string Select = """
        SELECT asked.sku, coalesce(level.version, 0) AS version, coalesce(level.on_hand, 0) AS on_hand,
               coalesce(level.reserved, 0) - coalesce((SELECT sum(hold.quantity)::integer FROM inventory.holds AS hold
                   WHERE hold.sku = asked.sku AND hold.expires_at <= @now), 0) AS reserved,
               greatest(coalesce(level.backorder_limit, 0), coalesce(preorder.most, 0)) AS backorder_limit, coalesce(level.low_stock_threshold, 0) AS low_stock_threshold
        FROM unnest(@skus::text[]) AS asked (sku)
        LEFT JOIN inventory.stock_levels AS level ON level.sku = asked.sku COLLATE "C"
        LEFT JOIN inventory.preorders AS preorder ON preorder.sku = level.sku AND preorder.release_at > @now
        """;

    /// <summary>One level for each SKU; zero for one that never had stock.</summary>
    internal async Task<IReadOnlyList<SnapshotLevel>> ReadAsync(string[] skus, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        List<SnapshotLevel> read = [.. await connection.QueryAsync<SnapshotLevel>(new CommandDefinition(Select, new { skus, now = clock.GetUtcNow() }, cancellationToken: cancellationToken))];
        for (var i = 0; i < read.Count; i++)
        {
            if (bundles.Current.TryGetValue(read[i].Sku, out var parts))
            {
                var level = await levels.BundleAsync(parts, cancellationToken);
                read[i] = read[i] with { OnHand = level.OnHand, Reserved = level.Reserved, Told = level.Availability };
            }
        }

        return read;
    }
}

/// <summary>A SKU's level.</summary>
internal sealed record SnapshotLevel(string Sku, long Version, int OnHand, int Reserved, int BackorderLimit, int LowStockThreshold)
{
    /// <summary>The word of a bundle, which follows from its parts; null for everything else.</summary>
    internal string? Told { get; init; }

    internal string Availability => Told ?? Stock.Availability(OnHand - Reserved, BackorderLimit, LowStockThreshold);
}

/// <summary>What one event of the stream of stock changes tells.</summary>
internal sealed record StockStreamEvent(string Sku, int OnHand, int Reserved, int Available, string Availability, long Version);
