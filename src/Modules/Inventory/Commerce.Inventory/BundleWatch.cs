using System.Text.Json;
using Commerce.EventStore;
using Commerce.Inventory.ReadModels;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Inventory;

/// <summary>
/// Keeps the directory of bundles complete, and tells those who only listen what can be sold of a bundle when its parts were moved by others. Nobody who asks
/// or buys waits for it: they look at the parts themselves.
/// </summary>
internal sealed class BundleWatch(
    ModuleDatabase<Stock> database, BundleDirectory directory, StockLevels levels, IEventStore store, TimeProvider clock, ILogger<BundleWatch> log) : BackgroundService
{
    internal const string Select = "SELECT sku, parts::text AS parts FROM inventory.bundles";

    private const int TicksBetweenReads = 10;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Sku, string Parts)>(new CommandDefinition(Select, cancellationToken: cancellationToken));
        directory.Add([.. rows.Select(row => KeyValuePair.Create(row.Sku, JsonSerializer.Deserialize(row.Parts, InventoryRows.Default.IReadOnlyListBundlePart)!))]);
    }

    /// <summary>Tells the level of every bundle that is other than it was last told.</summary>
    internal async Task TellAsync(CancellationToken cancellationToken)
    {
        foreach (var (sku, parts) in directory.Current)
        {
            var level = await levels.BundleAsync(parts, cancellationToken);
            var (bundle, _) = await store.LoadAsync<Stock>(Stock.IdOf(sku), null, null, cancellationToken);
            if (level != bundle.Told)
            {
                // Asked again inside the decision: what was read a moment ago may have moved.
                await store.DecideAsync<Done>(
                    touches => BundleDesk.Touch(touches, sku, parts),
                    scope => scope.Stream<Stock>(Stock.IdOf(sku)).Apply(stock => stock.TellLevel(BundleDesk.LevelOf(parts, scope))).Map(_ => default(Done)),
                    new CallContext { Actor = "system:bundles" },
                    cancellationToken);
            }
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        var tick = 0;
        do
        {
            try
            {
                if (tick++ % TicksBetweenReads == 0)
                {
                    await RefreshAsync(stoppingToken);
                }

                await TellAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                InventoryLog.BundlesUntold(log, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
