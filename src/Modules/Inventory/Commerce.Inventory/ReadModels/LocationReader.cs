using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Inventory.ReadModels;

/// <summary>Keeps the directory of locations complete: what other hosts opened is in the database alone.</summary>
internal sealed class LocationReader(ModuleDatabase<Stock> database, LocationDirectory directory, TimeProvider clock, ILogger<LocationReader> log) : BackgroundService
{
    internal const string Select = "SELECT code, name, priority, country, region, version FROM inventory.locations";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    /// <summary>The first of these codes that nobody opened, or null.</summary>
    internal async ValueTask<string?> FirstUnknownAsync(IReadOnlyCollection<string> codes, CancellationToken cancellationToken)
    {
        if (FirstUnknown(codes) is null)
        {
            return null;
        }

        await RefreshAsync(cancellationToken);
        return FirstUnknown(codes);
    }

    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        directory.Add([.. await connection.QueryAsync<KnownLocation>(new CommandDefinition(Select, cancellationToken: cancellationToken))]);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                InventoryLog.LocationsUnread(log, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private string? FirstUnknown(IReadOnlyCollection<string> codes)
    {
        var known = directory.Current;
        return codes.FirstOrDefault(code => !known.ContainsKey(code));
    }
}
