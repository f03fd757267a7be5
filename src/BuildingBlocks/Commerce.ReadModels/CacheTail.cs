using Commerce.EventStore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Commerce.ReadModels;

/// <summary>
/// Reads the global order behind this host's cache, so that other hosts' writes drop keys here whether a message told of them or not. It also moves what
/// is settled: up to there every event is committed and dropped, and any entry answers a token.
/// </summary>
internal sealed partial class CacheTail(IEventStore store, ReadModelCache cache, IOptions<CacheOptions> options, TimeProvider time, ILogger<CacheTail> logger) : BackgroundService
{
    private const int PageSize = 1000;
    private bool _failing;

    /// <summary>When the tail last was at the head of the order; null before the first time.</summary>
    public DateTimeOffset? HeardAt { get; private set; }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled || cache.Handles.Count == 0)
        {
            return;
        }

        var names = store.Types.NamesOf(cache.Handles);
        EventPosition? position = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var more = false;
            try
            {
                if (position is not { } after)
                {
                    after = await store.HorizonAsync(stoppingToken);
                    cache.Begin(after);
                }

                var page = await store.ReadAllAsync(after, names, PageSize, stoppingToken);
                cache.Follow(page);
                position = page.Next;
                more = !page.AtHead;
                HeardAt = more ? HeardAt : time.GetUtcNow();
                _failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // The database is away, or not built yet. Entries stay until they end; the position stays, so nothing is missed when it is back.
                if (!_failing)
                {
                    LogFailed(exception);
                }

                _failing = true;
            }

            if (!more)
            {
                await Task.Delay(options.Value.Poll, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(3202, LogLevel.Warning, "The cache cannot read the global order; trying on")]
    private partial void LogFailed(Exception exception);
}
