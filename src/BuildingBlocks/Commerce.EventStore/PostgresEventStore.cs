using System.Globalization;
using Commerce.EventStore.Execution;
using Commerce.Outcomes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Commerce.EventStore;

/// <summary>The event store of one process, on Marten's tables.</summary>
public sealed class PostgresEventStore : IEventStore, IAsyncDisposable
{
    private const string OriginCheck = """
        select greatest((select coalesce(max(commerce_tx), 0) from events.mt_events), (select coalesce(max(tx), 0) from events.commerce_progression)),
               pg_snapshot_xmax(pg_current_snapshot())::text::bigint, shift
          from events.commerce_origin
           for update
        """;

    private const string Horizon = $"{StreamLoader.Horizon} select tx - 1 from horizon";

    private readonly NpgsqlDataSource _source;
    private readonly ParticipantRegistry _participants;
    private readonly StreamLoader _loader;
    private readonly DecisionExecutor _executor;
    private readonly ILogger _log;

    /// <summary>Wires the store; nothing is opened before the first decision or read.</summary>
    public PostgresEventStore(
        EventTypes types,
        ParticipantRegistry participants,
        IEnumerable<IInlineProjection> projections,
        IEnumerable<ICommitListener> listeners,
        IEnumerable<SnapshotType> snapshots,
        EventStoreDataSource source,
        IOptions<EventStoreOptions> options,
        TimeProvider time,
        ILogger<PostgresEventStore> log)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        Types = types;
        _participants = participants;
        _log = log;
        _source = source.Source;
        _loader = new StreamLoader(types);
        var settings = options.Value;
        var kept = new StreamSnapshots(snapshots, settings.SnapshotEvery);
        var runner = new BatchRunner(
            _source,
            source.Writers,
            _loader,
            kept,
            new BatchWriter([.. projections], kept, types),
            new StreamStates(settings.CachedStreams),
            new IdempotencyRecords(settings.CachedIdempotencyRecords),
            types,
            [.. listeners],
            time,
            log);
        _executor = new DecisionExecutor(runner, settings, time, log);
    }

    /// <inheritdoc />
    public EventTypes Types { get; }

    /// <summary>
    /// Checks the origin of positions, once before the first write. A dump restored into a fresh cluster holds greater transaction ids than the
    /// cluster will give next; they are shifted, so that positions go on growing and no reader is sent back.
    /// </summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        long highest, next, shift;
        await using (var look = new NpgsqlCommand(OriginCheck, connection))
        await using (var reader = await look.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            (highest, next, shift) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        }

        if (highest < next + shift)
        {
            return;
        }

        shift = highest - next + 1;
        var byDefault = $"(pg_current_xact_id()::text::bigint + {shift.ToString(CultureInfo.InvariantCulture)})";
        await using var move = new NpgsqlCommand(
            $"""
            update events.commerce_origin set shift = {shift.ToString(CultureInfo.InvariantCulture)};
            alter table events.mt_events alter column commerce_tx set default {byDefault};
            alter table events.commerce_idempotency alter column commerce_tx set default {byDefault};
            """,
            connection);
        await move.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        StoreLog.OriginShifted(_log, highest, shift);
    }

    /// <inheritdoc />
    public async Task<Outcome<T>> DecideAsync<T>(Action<Touches> touches, Func<DecisionScope, Outcome<T>> decide, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(touches);
        cancellationToken.ThrowIfCancellationRequested();
        var named = new Touches(_participants);
        touches(named);
        var pending = new PendingDecision<T>(named.Streams, context, _participants, decide);
        _executor.Enqueue(pending);
        if (pending.IsDone || !cancellationToken.CanBeCanceled)
        {
            return await pending.Completion;
        }

        await using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((PendingDecision)state!).TryCancel(token), pending);
        return await pending.Completion;
    }

    /// <inheritdoc />
    public Task<Outcome<Done>> RecordAsync(RecordedResponse response, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Idempotency is not { } call)
        {
            return Task.FromResult<Outcome<Done>>(default(Done));
        }

        call.Render = _ => response;
        return DecideAsync<Done>(static _ => { }, static _ => default(Done), context, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<(TAggregate State, long Version)> LoadAsync<TAggregate>(Guid id, long? version, DateTimeOffset? timestamp, CancellationToken cancellationToken)
        where TAggregate : class, IAggregate<TAggregate>
    {
        var events = await FetchStreamAsync(id, version, timestamp, cancellationToken);
        return (events.Aggregate(TAggregate.Initial, (state, recorded) => state.Evolve(recorded.Data)), events.Count > 0 ? events[^1].Version : 0);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RecordedEvent>> FetchStreamAsync(Guid id, long? version, DateTimeOffset? timestamp, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        return (await _loader.FetchAsync(connection, id, version, timestamp, cancellationToken)).Parts();
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RecordedEvent>> FetchPageAsync(Guid id, string[] names, long from, bool newestFirst, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        return (await _loader.FetchPageAsync(connection, id, names, from, newestFirst, limit, cancellationToken)).Parts();
    }

    /// <inheritdoc />
    public async Task<EventPage> ReadAllAsync(EventPosition after, string[]? names, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 10_000);
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        var page = await _loader.ReadPageAsync(connection, after, names, limit, cancellationToken);
        return page with { Events = page.Events.Parts() };
    }

    /// <inheritdoc />
    public async Task<CommittedPage> ReadCommittedAsync(
        EventPosition after, CommittedMark? since, long[] seen, string[] names, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        var page = await _loader.ReadCommittedPageAsync(connection, after, since, seen, names, limit, cancellationToken);
        return page with { Events = page.Events.Parts() };
    }

    /// <inheritdoc />
    public async Task<EventPosition> HorizonAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Horizon, connection);
        return new EventPosition((long)(await command.ExecuteScalarAsync(cancellationToken))!, long.MaxValue);
    }

    /// <summary>Carries out what is queued, then stops.</summary>
    public ValueTask DisposeAsync() => _executor.DisposeAsync();
}
