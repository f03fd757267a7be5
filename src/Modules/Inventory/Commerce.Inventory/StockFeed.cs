using System.Runtime.CompilerServices;
using Commerce.EventStore;
using Commerce.EventStore.Subscriptions;
using Microsoft.Extensions.Logging;

namespace Commerce.Inventory;

/// <summary>A change of a SKU's stock, at its place in the global order.</summary>
internal sealed record StockChange(EventPosition Position, string Sku, long Version, DateTimeOffset At, StockBalance After)
{
    internal static StockChange? Of(RecordedEvent e) => e.Data is IStockEvent stock ? new StockChange(e.Position, stock.Sku, e.Version, e.Timestamp, stock.After) : null;
}

/// <summary>Changes of the SKUs that somebody listens to, in order.</summary>
/// <param name="Changes">The changes.</param>
/// <param name="Seen">There is no further one up to here.</param>
internal sealed record StockPage(IReadOnlyList<StockChange> Changes, EventPosition Seen);

/// <summary>
/// The stock changes of all hosts, in the global order, for any number of listeners. One reader of the event store fills one ring while anybody
/// listens; a listener is a place in it and keeps nothing else. Whoever is further behind than the ring reaches reads the store itself until it has
/// caught up, so nobody misses a change and nobody's slowness costs memory.
/// </summary>
internal sealed class StockFeed : IAsyncDisposable
{
    private const int PageSize = 500;
    private const int MostListeners = 5000;

    private readonly IEventStore _store;
    private readonly CommitSignal _signal;
    private readonly IProjectionProgress _progress;
    private readonly TimeProvider _clock;
    private readonly ILogger<StockFeed> _log;
    private readonly string[] _names;
    private readonly StockRing _ring;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private CancellationTokenSource? _reading;
    private Task _reader = Task.CompletedTask;
    private int _listeners;

    public StockFeed(IEventStore store, CommitSignal signal, IProjectionProgress progress, TimeProvider clock, ILogger<StockFeed> log)
        : this(store, signal, progress, clock, log, capacity: 8192)
    {
    }

    internal StockFeed(IEventStore store, CommitSignal signal, IProjectionProgress progress, TimeProvider clock, ILogger<StockFeed> log, int capacity)
    {
        _store = store;
        _signal = signal;
        _progress = progress;
        _clock = clock;
        _log = log;
        _names = store.Types.NamesOf(InventoryModule.StockEvents);
        _ring = new StockRing(capacity);
    }

    /// <summary>Whether another listener may come.</summary>
    internal bool HasRoom => Volatile.Read(ref _listeners) < MostListeners;

    /// <summary>A position that everything later than now comes after: where a listener without a past begins.</summary>
    internal EventPosition Head => _progress.All.Select(projection => projection.Position).Append(EventPosition.Start).Max();

    /// <summary>The changes of these SKUs after a position, each as soon as it is there; without any for a while, how far the feed has looked.</summary>
    /// <param name="after">The last position that the listener knows.</param>
    /// <param name="skus">What it listens to.</param>
    /// <param name="quiet">How long "a while" is.</param>
    /// <param name="cancellationToken">Ends the listening.</param>
    internal async IAsyncEnumerable<StockPage> ListenAsync(
        EventPosition after, IReadOnlySet<string> skus, TimeSpan quiet, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var attached = Attach(after);
        while (true)
        {
            // Taken before looking: a change that comes in between completes it.
            var changed = _ring.Changed;
            var page = _ring.After(after, skus) ?? await ReadAsync(after, skus, cancellationToken);
            after = page.Seen;
            if (page.Changes.Count > 0)
            {
                yield return page;
            }
            else if (_ring.After(after, skus) is not null && !await IsWithinAsync(changed, quiet, cancellationToken))
            {
                yield return page;
            }
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _reader;
        _reading?.Dispose();
        _stopping.Dispose();
    }

    private Attachment Attach(EventPosition after)
    {
        lock (_gate)
        {
            if (_listeners++ == 0)
            {
                _reading?.Dispose();
                _reading = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                var (previous, token) = (_reader, _reading.Token);
                _reader = Task.Run(() => FillAsync(previous, after, token), CancellationToken.None);
            }
        }

        return new Attachment(this);
    }

    private void Detach()
    {
        lock (_gate)
        {
            if (--_listeners == 0)
            {
                _reading!.Cancel();
            }
        }
    }

    private async Task FillAsync(Task previous, EventPosition position, CancellationToken cancellationToken)
    {
        await previous;
        // The past of the first listener may be long; it reads that itself.
        position = position > Head ? position : Head;
        _ring.Restart(position);
        while (!cancellationToken.IsCancellationRequested)
        {
            var next = _signal.Next;
            try
            {
                var page = await _store.ReadAllAsync(position, _names, PageSize, cancellationToken);
                position = page.Next;
                _ring.Add([.. page.Events.Select(StockChange.Of).OfType<StockChange>()], position);
                if (page.AtHead)
                {
                    // A commit whose transaction is not yet behind the horizon is looked for again at once; otherwise the next one wakes this.
                    var wait = position < _signal.Head.Position ? TimeSpan.FromMilliseconds(5) : TimeSpan.FromSeconds(1);
                    await IsWithinAsync(next, wait, cancellationToken);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception)
            {
                InventoryLog.FeedFailed(_log, exception);
                await IsWithinAsync(next, TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        }
    }

    private async Task<StockPage> ReadAsync(EventPosition after, IReadOnlySet<string> skus, CancellationToken cancellationToken)
    {
        var page = await _store.ReadAllAsync(after, _names, PageSize, cancellationToken);
        return new StockPage([.. page.Events.Select(StockChange.Of).OfType<StockChange>().Where(change => skus.Contains(change.Sku))], page.Next);
    }

    /// <summary>Waits for a task, but not for longer than this. The timer goes when the task comes: thousands of them would pile up.</summary>
    private async Task<bool> IsWithinAsync(Task task, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(wait, _clock, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private sealed class Attachment(StockFeed feed) : IDisposable
    {
        public void Dispose() => feed.Detach();
    }
}
