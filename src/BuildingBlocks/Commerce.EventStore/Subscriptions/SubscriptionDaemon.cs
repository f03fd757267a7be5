using Commerce.EventStore.Execution;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Commerce.EventStore.Subscriptions;

/// <summary>
/// Runs the subscriptions that this host owns. Ownership is a session-level advisory lock: a host that dies loses its connection, and with it the
/// lock, so another takes over within <see cref="TakeOver"/>. A subscription that fails backs off and tries again while the others go on.
/// </summary>
public sealed class SubscriptionDaemon : BackgroundService, IProjectionProgress
{
    private const int LockSpace = 1129270606;
    private static readonly TimeSpan TakeOver = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxBackOff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SaveEvery = TimeSpan.FromMilliseconds(100);

    private readonly EventStoreDataSource _source;
    private readonly CommitSignal _signal;
    private readonly StreamLoader _loader;
    private readonly EventStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SubscriptionDaemon> _log;
    private readonly List<RunningSubscription> _subscriptions;
    private readonly IReadOnlyList<IInlineProjection> _inline;
    private readonly ProjectionRebuild _rebuild;

    /// <summary>Binds every subscription to the events it handles.</summary>
    /// <exception cref="InvalidOperationException">Two have one name, or one handles a type that nobody registers or announces.</exception>
    public SubscriptionDaemon(
        IEnumerable<ISubscription> subscriptions,
        IEnumerable<IInlineProjection> inline,
        IEnumerable<IAnnouncements> announcements,
        EventTypes types,
        EventStoreDataSource source,
        CommitSignal signal,
        IOptions<EventStoreOptions> options,
        TimeProvider time,
        ILogger<SubscriptionDaemon> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        _source = source;
        _signal = signal;
        _loader = new StreamLoader(types);
        _options = options.Value;
        _time = time;
        _log = log;
        _inline = [.. inline];
        var all = announcements.ToList();
        _subscriptions = [.. subscriptions.Select(subscription => new RunningSubscription(subscription, types, all))];
        if (_subscriptions.GroupBy(s => s.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException($"Two subscriptions are named {twice.Key}.");
        }

        _rebuild = new ProjectionRebuild(source, _loader, types);
    }

    /// <inheritdoc />
    public IReadOnlyList<ProjectionStatus> All =>
    [
        .. _inline.Select(projection => new ProjectionStatus(projection.Name, _signal.Head.Position, default, "inline", null)),
        .. _subscriptions.Select(subscription => new ProjectionStatus(subscription.Name, subscription.Position, Lag(subscription), subscription.State, subscription.Error)),
    ];

    /// <inheritdoc />
    public ProjectionLag LagOf(IReadOnlyCollection<string> names)
    {
        var slowest = default(ProjectionLag);
        foreach (var subscription in _subscriptions)
        {
            if (names.Contains(subscription.Name) && Lag(subscription) is var lag && lag.Events > slowest.Events)
            {
                slowest = lag;
            }
        }

        return slowest;
    }

    /// <inheritdoc />
    public async Task<bool> WaitAsync(IReadOnlyCollection<string> names, EventPosition position, TimeSpan wait, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        foreach (var subscription in _subscriptions.Where(s => names.Contains(s.Name)))
        {
            while (subscription.Position < position)
            {
                var left = wait - _time.GetElapsedTime(started);
                if (left <= TimeSpan.Zero)
                {
                    return false;
                }

                var moved = subscription.Moved;
                if (!subscription.IsOwned)
                {
                    await using var connection = await _source.Source.OpenConnectionAsync(cancellationToken);
                    await subscription.ReadCheckpointAsync(connection, cancellationToken);
                    if (subscription.Position >= position)
                    {
                        break;
                    }

                    left = left < TimeSpan.FromMilliseconds(20) ? left : TimeSpan.FromMilliseconds(20);
                }

                if (subscription.Position < position)
                {
                    await Task.WhenAny(moved, Task.Delay(left, _time, cancellationToken));
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }

        return true;
    }

    /// <inheritdoc />
    public async Task RebuildAsync(string name, CancellationToken cancellationToken)
    {
        if (_inline.FirstOrDefault(projection => string.Equals(projection.Name, name, StringComparison.Ordinal)) is { } inline)
        {
            await _rebuild.InlineAsync(inline, cancellationToken);
            return;
        }

        var subscription = _subscriptions.Find(s => string.Equals(s.Name, name, StringComparison.Ordinal))
            ?? throw new KeyNotFoundException($"There is no projection '{name}'.");
        if (subscription.Subscription.Tables.Count == 0)
        {
            throw new InvalidOperationException($"{name} is a reaction: it owns no tables, and running it again would repeat its commands.");
        }

        await _rebuild.SubscriptionAsync(subscription, cancellationToken);
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var work = new List<Task> { Task.Run(() => _signal.RunAsync(stoppingToken), stoppingToken) };
        if (_options.RunSubscriptions)
        {
            work.AddRange(_subscriptions.Select(subscription => Task.Run(() => OwnAsync(subscription, stoppingToken), stoppingToken)));
        }

        return Task.WhenAll(work);
    }

    private async Task OwnAsync(RunningSubscription subscription, CancellationToken cancellationToken)
    {
        var backOff = FirstBackOff;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                // The owner's connection is its lock, so it is not shared and closes for real.
                await using var connection = await _source.Unpooled.OpenConnectionAsync(cancellationToken);
                while (!await TryLockAsync(connection, subscription.Name, cancellationToken))
                {
                    subscription.State = "elsewhere";
                    await subscription.ReadCheckpointAsync(connection, cancellationToken);
                    await Task.Delay(TakeOver, _time, cancellationToken);
                }

                try
                {
                    subscription.IsOwned = true;
                    await subscription.ReadCheckpointAsync(connection, cancellationToken);
                    subscription.State = "running";
                    subscription.Error = null;
                    StoreLog.SubscriptionTaken(_log, subscription.Name, subscription.Position);
                    await RunAsync(subscription, connection, () => backOff = FirstBackOff, cancellationToken);
                }
                finally
                {
                    subscription.IsOwned = false;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                subscription.State = "failed";
                subscription.Error = exception.Message;
                StoreLog.SubscriptionFailed(_log, exception, subscription.Name, backOff);
                await Task.WhenAny(Task.Delay(backOff, _time, cancellationToken));
                backOff = backOff * 2 < MaxBackOff ? backOff * 2 : MaxBackOff;
            }
        }

        subscription.State = "stopped";
    }

    private async Task RunAsync(RunningSubscription subscription, NpgsqlConnection connection, Action succeeded, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = _signal.Next;
            var page = await _loader.ReadPageAsync(connection, subscription.Position, subscription.Names, _options.SubscriptionPageSize, cancellationToken);
            await subscription.HandleAsync(connection, page, cancellationToken);
            if (page.Events.Count > 0)
            {
                _signal.Observe(page.Events[^1].Position);
            }

            succeeded();
            if (!page.AtHead)
            {
                continue;
            }

            // Commits that concern other subscriptions only: hosts that wait with a token must learn that this one has passed them, too.
            if (subscription.Checkpoint < _signal.Head.Position && subscription.Position >= _signal.Head.Position)
            {
                await Task.WhenAny(next, Task.Delay(SaveEvery, _time, cancellationToken));
                if (!next.IsCompleted)
                {
                    await subscription.SaveAsync(connection, cancellationToken);
                }
            }

            await Task.WhenAny(next, Task.Delay(subscription.Position < _signal.Head.Position ? TimeSpan.FromMilliseconds(5) : _options.IdlePoll, _time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private ProjectionLag Lag(RunningSubscription subscription)
    {
        var (head, since) = _signal.Head;
        return subscription.Position >= head
            ? default
            : new ProjectionLag(Math.Max(1, head.Sequence - Math.Max(subscription.LastSequence, Math.Min(subscription.Position.Sequence, head.Sequence - 1))), _time.GetUtcNow() - since);
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1, hashtext($2))", connection)
        {
            Parameters = { new() { Value = LockSpace }, new() { Value = name } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
