using System.Data;
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
    private const string SetState = "insert into events.commerce_progression (name, state) values ($1, $2) on conflict (name) do update set state = excluded.state";

    private const string Skip = """
        with skipped as (
            insert into events.commerce_skips (name, seq, error, actor)
            select name, failed_seq, error, $2 from events.commerce_progression where name = $1 and failed_seq is not null
            on conflict do nothing
            returning seq)
        update events.commerce_progression p set failed_seq = null, error = null from skipped where p.name = $1 returning skipped.seq
        """;

    private const int LockSpace = 1129270606;
    private static readonly TimeSpan TakeOver = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxBackOff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HeldBack = TimeSpan.FromMilliseconds(5);
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
    private readonly EventTail _tail;

    /// <summary>Binds every subscription to the events it handles.</summary>
    /// <exception cref="InvalidOperationException">Two have one name, or one handles a type that nobody registers or announces.</exception>
    public SubscriptionDaemon(
        IEnumerable<ISubscription> subscriptions,
        IEnumerable<IInlineProjection> inline,
        IEnumerable<IAnnouncements> announcements,
        EventTypes types,
        EventStoreDataSource source,
        CommitSignal signal,
        RecentCommits commits,
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
        _tail = new EventTail(source, _loader, commits, [.. _subscriptions.SelectMany(subscription => subscription.Names).Distinct(StringComparer.Ordinal)], _options, time);
    }

    /// <inheritdoc />
    public IReadOnlyList<ProjectionStatus> All =>
    [
        .. _inline.Select(projection => new ProjectionStatus(projection.Name, _signal.Head.Position, default, "inline", null)),
        .. _subscriptions.Select(subscription => new ProjectionStatus(subscription.Name, subscription.Position, Lag(subscription), subscription.State, subscription.Error)
        {
            IsReaction = subscription.Subscription.Tables.Count == 0,
        }),
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
        var behind = _subscriptions.FindAll(s => names.Contains(s.Name) && s.Position < position);
        if (behind.Count == 0)
        {
            return true;
        }

        using var hurry = _tail.Hurry();
        foreach (var subscription in behind)
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

        var subscription = Find(name);
        if (subscription.Subscription.Tables.Count == 0)
        {
            throw new InvalidOperationException($"{name} is a reaction: it owns no tables, and running it again would repeat its commands.");
        }

        await _rebuild.SubscriptionAsync(subscription, cancellationToken);
    }

    /// <inheritdoc />
    public Task PauseAsync(string name, CancellationToken cancellationToken) => SetStateAsync(name, "paused", cancellationToken);

    /// <inheritdoc />
    public Task ResumeAsync(string name, CancellationToken cancellationToken) => SetStateAsync(name, "running", cancellationToken);

    /// <inheritdoc />
    public async Task<long?> SkipAsync(string name, string actor, CancellationToken cancellationToken)
    {
        var subscription = Find(name);
        await using var connection = await _source.Source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Skip, connection) { Parameters = { new() { Value = subscription.Name }, new() { Value = actor } } };
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var work = new List<Task> { Task.Run(() => _signal.RunAsync(stoppingToken), stoppingToken) };
        if (_options.RunSubscriptions)
        {
            work.AddRange(_subscriptions.Select(subscription => Task.Run(() => OwnAsync(subscription, stoppingToken), stoppingToken)));
        }

        return RunToTheEndAsync(work);
    }

    private async Task RunToTheEndAsync(List<Task> work)
    {
        await using (_tail)
        {
            await Task.WhenAll(work);
        }
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
                    subscription.Error = null;
                    await subscription.ReadCheckpointAsync(connection, cancellationToken);
                    await Task.Delay(TakeOver, _time, cancellationToken);
                }

                try
                {
                    subscription.IsOwned = true;
                    await subscription.ReadCheckpointAsync(connection, cancellationToken);
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
                subscription.StepsSingly = true;
                _tail.Forget();
                StoreLog.SubscriptionFailed(_log, exception, subscription.Name, backOff);
                await Task.WhenAny(Task.Delay(backOff, _time, cancellationToken));
                backOff = backOff * 2 < MaxBackOff ? backOff * 2 : MaxBackOff;
            }
        }

        subscription.State = "stopped";
    }

    private async Task RunAsync(RunningSubscription subscription, NpgsqlConnection connection, Action succeeded, CancellationToken cancellationToken)
    {
        var looked = _time.GetTimestamp();
        while (true)
        {
            if (subscription.IsPaused || _time.GetElapsedTime(looked) > TakeOver)
            {
                // An operator may have paused, resumed or skipped on another host.
                looked = _time.GetTimestamp();
                await subscription.ReadOrdersAsync(connection, cancellationToken);
            }

            if (subscription.IsPaused)
            {
                subscription.State = "paused";
                await Task.Delay(TakeOver, _time, cancellationToken);
                continue;
            }

            var next = _signal.Next;
            var page = await ReadAsync(subscription, connection, cancellationToken);
            try
            {
                await subscription.HandleAsync(connection, page, cancellationToken);
            }
            catch (Exception exception) when (page.Events.Count == 1 && exception is not OperationCanceledException && connection.FullState == ConnectionState.Open)
            {
                await subscription.RecordFailureAsync(connection, page.Events[0], exception, cancellationToken);
                throw;
            }

            subscription.State = "running";
            subscription.Error = null;
            subscription.StepsSingly = false;
            succeeded();
            if (page.Events.Count > 0)
            {
                _signal.Observe(page.Events[^1].Position);
            }

            if (page.AtHead)
            {
                await RestAsync(subscription, connection, next, cancellationToken);
            }
        }
    }

    private async Task<EventPage> ReadAsync(RunningSubscription subscription, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        int Limit(int usual) => subscription.StepsSingly ? 1 : usual;
        return await _tail.ReadAsync(subscription.Position, subscription.NameSet, Limit(_options.SubscriptionPageSize), cancellationToken)
            ?? (subscription.Bodiless.Length > 0
                ? await _loader.ReadPageAsync(connection, subscription.Position, subscription.Names, subscription.Bodiless, Limit(_options.SubscriptionCatchUpPageSize), cancellationToken)
                : await _loader.ReadPageAsync(connection, subscription.Position, subscription.Names, Limit(_options.SubscriptionCatchUpPageSize), cancellationToken));
    }

    /// <summary>Waits for the next commit, having told hosts that wait with a token how far this subscription has looked.</summary>
    private async Task RestAsync(RunningSubscription subscription, NpgsqlConnection connection, Task next, CancellationToken cancellationToken)
    {
        if (subscription.Checkpoint < _signal.Head.Position && subscription.Position >= _signal.Head.Position)
        {
            await Task.WhenAny(next, Task.Delay(SaveEvery, _time, cancellationToken));
            if (!next.IsCompleted)
            {
                await subscription.SaveAsync(connection, cancellationToken);
            }
        }

        var behind = subscription.Position < _signal.Head.Position;
        await Task.WhenAny(next, Task.Delay(behind ? HeldBack : _options.IdlePoll, _time, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task SetStateAsync(string name, string state, CancellationToken cancellationToken)
    {
        var subscription = Find(name);
        await using var connection = await _source.Source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(SetState, connection) { Parameters = { new() { Value = subscription.Name }, new() { Value = state } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private RunningSubscription Find(string name) =>
        _subscriptions.Find(s => string.Equals(s.Name, name, StringComparison.Ordinal)) ?? throw new KeyNotFoundException($"There is no projection '{name}'.");

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
