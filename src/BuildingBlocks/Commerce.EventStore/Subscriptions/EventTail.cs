using Commerce.EventStore.Execution;
using Npgsql;

namespace Commerce.EventStore.Subscriptions;

/// <summary>
/// The newest events behind the horizon, read once for all subscriptions of this process; those that it committed itself are not even fetched. While events keep coming it reads at most once every
/// <see cref="EventStoreOptions.SubscriptionGather"/>, so that a page and its transaction carry many; after a rest, or when somebody waits for a
/// position, it reads at once.
/// </summary>
internal sealed class EventTail(
    EventStoreDataSource source, StreamLoader loader, RecentCommits commits, string[] names, EventStoreOptions options, TimeProvider time) : IAsyncDisposable
{
    private const int Kept = 4096;

    private readonly Lock _gate = new();
    private readonly List<RecordedEvent> _events = [];
    private NpgsqlConnection? _connection;
    private TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _refresh;
    private EventPosition _from;
    private EventPosition _through;
    private bool _isFilled;
    private bool _atHead;
    private bool _stale;
    private bool _mostlyOwn = true;
    private long _foundAt;
    private int _waiting;

    /// <summary>Somebody waits for a position: no gathering until the returned is disposed.</summary>
    public IDisposable Hurry()
    {
        TaskCompletionSource hurry;
        Interlocked.Increment(ref _waiting);
        lock (_gate)
        {
            hurry = _hurry;
        }

        hurry.TrySetResult();
        return new Waiter(this);
    }

    /// <summary>
    /// What a subscription lost its connection over may have been a server that forgot its last, unflushed transactions. What was read from it is not trusted.
    /// </summary>
    public void Forget()
    {
        lock (_gate)
        {
            _isFilled = false;
            _stale = true;
            _events.Clear();
        }
    }

    /// <summary>The next page of a subscription, or null when it stands before what the tail remembers and has to read for itself.</summary>
    public async Task<EventPage?> ReadAsync(EventPosition after, HashSet<string> handled, int limit, CancellationToken cancellationToken)
    {
        for (var refreshed = false; ; refreshed = true)
        {
            Task refresh;
            lock (_gate)
            {
                if (!_isFilled || after > _through)
                {
                    // Who is ahead sets the place; the others read for themselves until they are here.
                    _events.Clear();
                    (_from, _through, _isFilled, _atHead) = (after, after, true, false);
                }

                if (after < _from)
                {
                    return null;
                }

                if (after < _through || refreshed)
                {
                    return PageAfter(after, handled, limit);
                }

                _refresh ??= RefreshAsync(cancellationToken);
                refresh = _refresh;
            }

            await refresh;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? default;

    private EventPage PageAfter(EventPosition after, HashSet<string> handled, int limit)
    {
        // Who asks is nearly always near the end.
        var first = _events.Count;
        while (first > 0 && _events[first - 1].Position > after)
        {
            first--;
        }

        var page = new List<RecordedEvent>();
        for (var i = first; i < _events.Count; i++)
        {
            if (handled.Contains(_events[i].Name))
            {
                page.Add(_events[i]);
                if (page.Count == limit)
                {
                    return new EventPage(page, _events[i].Position, false);
                }
            }
        }

        return new EventPage(page, _through, _atHead);
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        // The caller holds the gate: everything below happens after it has let go.
        await Task.Yield();
        try
        {
            await GatherAsync(cancellationToken);
            EventPosition after;
            bool stale;
            lock (_gate)
            {
                (after, stale, _stale) = (_through, _stale, false);
            }

            if (stale && _connection is not null)
            {
                await _connection.DisposeAsync();
                _connection = null;
            }

            _connection ??= await source.Unpooled.OpenConnectionAsync(cancellationToken);
            var page = _mostlyOwn
                ? await loader.ReadPageAsync(_connection, after, names, options.SubscriptionPageSize, commits, cancellationToken)
                : await loader.ReadPageAsync(_connection, after, names, options.SubscriptionPageSize, cancellationToken);
            // Where others write most of the events, to ask first which there are would be one question more.
            _mostlyOwn = page.Events.Count == 0 ? _mostlyOwn : page.Events.Count(recorded => commits.TryGet(recorded.Id, out _)) * 2 >= page.Events.Count;
            lock (_gate)
            {
                if (_isFilled && _through == after)
                {
                    Take(page);
                }
            }
        }
        catch
        {
            Forget();
            throw;
        }
        finally
        {
            lock (_gate)
            {
                _refresh = null;
            }
        }
    }

    private async Task GatherAsync(CancellationToken cancellationToken)
    {
        var left = options.SubscriptionGather - time.GetElapsedTime(Volatile.Read(ref _foundAt));
        if (left <= TimeSpan.Zero || Volatile.Read(ref _waiting) > 0)
        {
            return;
        }

        Task hurry;
        lock (_gate)
        {
            _hurry = _hurry.Task.IsCompleted ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : _hurry;
            hurry = _hurry.Task;
        }

        if (Volatile.Read(ref _waiting) == 0)
        {
            await Task.WhenAny(hurry, Task.Delay(left, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void Take(EventPage page)
    {
        _events.AddRange(page.Events);
        (_through, _atHead) = (page.Next, page.AtHead);
        if (_events.Count - Kept is > 0 and var tooMany)
        {
            _from = _events[tooMany - 1].Position;
            _events.RemoveRange(0, tooMany);
        }

        if (page.Events.Count > 0)
        {
            Volatile.Write(ref _foundAt, time.GetTimestamp());
        }
    }

    private sealed class Waiter(EventTail tail) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref tail._waiting);
    }
}
