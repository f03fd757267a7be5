using Commerce.EventStore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Commerce.ReadModels;

/// <summary>
/// Reads the global order behind this host's cache, so that other hosts' writes drop keys here whether a message told of them or not. It also moves what
/// is settled: up to there every event is committed and dropped, and any entry answers a token. An open transaction of anybody holds that back, but not
/// the dropping: what is committed past it is dropped at once.
/// </summary>
internal sealed partial class CacheTail(IEventStore store, ReadModelCache cache, IOptions<CacheOptions> options, TimeProvider time, ILogger<CacheTail> logger) : BackgroundService
{
    private const int PageSize = 2000;

    // Transactions past the horizon whose keys were dropped since everything up to the mark was.
    private readonly HashSet<long> _ahead = [];
    private CommittedMark? _mark;
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

                var started = time.GetTimestamp();
                var page = await store.ReadCommittedAsync(after, _mark, [.. _ahead.Union(cache.Own)], names, PageSize, stoppingToken);
                var known = _ahead.Count;
                position = Follow(after, page);

                // A full page without progress is one transaction past the horizon that is larger than a page: it waits for its place.
                more = !page.AtHead && (position > after || _ahead.Count > known);
                if (page.AtHead)
                {
                    cache.Trust(started);
                    HeardAt = time.GetUtcNow();
                }

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

    private EventPosition Follow(EventPosition after, CommittedPage page)
    {
        var settled = page.Events.TakeWhile(e => e.Position.Transaction < page.Horizon).ToList();
        var ahead = page.Events.Skip(settled.Count).ToList();
        var next = page.AtHead || ahead.Count > 0 ? new EventPosition(page.Horizon - 1, long.MaxValue) : settled[^1].Position;
        next = next > after ? next : after;
        cache.Follow(new EventPage([.. settled.Where(e => !_ahead.Contains(e.Position.Transaction))], next, page.AtHead));
        cache.DropAhead(ahead);
        if (page.AtHead)
        {
            _mark = page.Mark;
            _ahead.Clear();
            return next;
        }

        _ahead.RemoveWhere(transaction => transaction < next.Transaction);

        // The last transaction of a full page may go on behind it.
        _ahead.UnionWith(ahead.Select(e => e.Position.Transaction).Where(transaction => transaction != page.Events[^1].Position.Transaction));
        return next;
    }

    [LoggerMessage(3202, LogLevel.Warning, "The cache cannot read the global order; trying on")]
    private partial void LogFailed(Exception exception);
}
