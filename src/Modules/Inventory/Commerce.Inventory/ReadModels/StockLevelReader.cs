using System.Text.Json;
using System.Threading.Channels;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Inventory.ReadModels;

/// <summary>
/// Reads levels by the dozen: all keys that wait when a statement starts are read by that statement, so a page of products costs one round trip and
/// no reader ever gets a row that was read before it asked.
/// </summary>
internal sealed class StockLevelReader(ModuleDatabase<Stock> database, TimeProvider clock)
{
    internal const string Select = """
        SELECT level.sku, level.on_hand, level.reserved, level.backorder_limit, level.low_stock_threshold,
               (SELECT json_agg(json_build_object('at', soon.expires_at, 'quantity', soon.quantity) ORDER BY soon.expires_at)::text
                FROM (SELECT greatest(hold.expires_at, @now) AS expires_at, sum(hold.quantity)::integer AS quantity
                      FROM inventory.holds AS hold WHERE hold.sku = level.sku
                      GROUP BY 1 ORDER BY 1 LIMIT @expiries) AS soon) AS expiries,
               preorder.release_at, coalesce(preorder.most, 0) AS preorder_limit
        FROM inventory.stock_levels AS level
        LEFT JOIN inventory.preorders AS preorder ON preorder.sku = level.sku AND preorder.release_at > @now
        WHERE level.sku = ANY (@skus)
        """;

    /// <summary>Instants kept with a level, all that have passed when it is read being one. A level with more is read again when they have all passed.</summary>
    internal const int Expiries = 16;

    private const int Most = 500;

    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>();
    private int _reading;

    /// <summary>The recorded level of a SKU, or null when it never had stock.</summary>
    internal Task<CachedLevel?> ReadAsync(string sku)
    {
        var waiting = new Waiting(sku, new TaskCompletionSource<CachedLevel?>(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting.Writer.TryWrite(waiting);
        if (Interlocked.CompareExchange(ref _reading, 1, 0) == 0)
        {
            _ = Task.Run(ReadAllAsync);
        }

        return waiting.Level.Task;
    }

    private async Task ReadAllAsync()
    {
        do
        {
            var batch = new List<Waiting>();
            while (batch.Count < Most && _waiting.Reader.TryRead(out var waiting))
            {
                batch.Add(waiting);
            }

            await ReadAsync(batch);
        }
        while (StillWaiting());
    }

    /// <summary>Ends the reading when nobody waits; whoever came in between is either seen here or has started the next reading.</summary>
    private bool StillWaiting()
    {
        if (_waiting.Reader.TryPeek(out _))
        {
            return true;
        }

        Volatile.Write(ref _reading, 0);
        return _waiting.Reader.TryPeek(out _) && Interlocked.CompareExchange(ref _reading, 1, 0) == 0;
    }

    private async Task ReadAsync(List<Waiting> batch)
    {
        try
        {
            var skus = batch.Select(waiting => waiting.Sku).Distinct(StringComparer.Ordinal).ToArray();
            await using var connection = await database.OpenAsync(CancellationToken.None);
            var rows = await connection.QueryAsync<LevelRow>(new CommandDefinition(Select, new { skus, now = clock.GetUtcNow(), expiries = Expiries }, cancellationToken: CancellationToken.None));
            var levels = rows.ToDictionary(row => row.Sku, row => row.Level(), StringComparer.Ordinal);
            batch.ForEach(waiting => waiting.Level.TrySetResult(levels.GetValueOrDefault(waiting.Sku)));
        }
        catch (Exception exception)
        {
            batch.ForEach(waiting => waiting.Level.TrySetException(exception));
        }
    }

    private sealed record Waiting(string Sku, TaskCompletionSource<CachedLevel?> Level);

    private sealed record LevelRow(string Sku, int OnHand, int Reserved, int BackorderLimit, int LowStockThreshold, string? Expiries, DateTime? ReleaseAt, int PreorderLimit)
    {
        internal CachedLevel Level()
        {
            var expiries = Expiries is null ? [] : JsonSerializer.Deserialize(Expiries, InventoryRows.Default.CachedExpiryArray)!;
            return new CachedLevel(OnHand, Reserved, BackorderLimit, LowStockThreshold, expiries, expiries.Length < StockLevelReader.Expiries ? null : expiries[^1].At,
                ReleaseAt is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null, PreorderLimit);
        }
    }
}
