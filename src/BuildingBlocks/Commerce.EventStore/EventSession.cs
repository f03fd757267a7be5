using Commerce.Outcomes;

namespace Commerce.EventStore;

/// <summary>
/// The event store as one call sees it: what Marten calls a document session, with the caller's metadata and idempotency key already in place.
/// Scoped; not thread-safe.
/// </summary>
public sealed class EventSession(IEventStore store, CallContext context)
{
    private readonly List<PendingAppend> _pending = [];

    /// <summary>
    /// Runs a pure decision over the streams it names. The executor batches it with others, commits events, inline projections and the idempotency
    /// record together, and tells this caller its own outcome. A refusal appends nothing.
    /// </summary>
    /// <param name="touches">Names every stream and question that the decision will use.</param>
    /// <param name="decide">Pure; may run again after a conflict.</param>
    /// <param name="cancellationToken">Cancels waiting in the queue; a decision that has begun is carried through.</param>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public Task<Outcome<T>> DecideAsync<T>(Action<Touches> touches, Func<DecisionScope, Outcome<T>> decide, CancellationToken cancellationToken) =>
        store.DecideAsync(touches, decide, context, cancellationToken);

    /// <summary>A decision over one stream, the usual case.</summary>
    /// <inheritdoc cref="DecideAsync{T}" path="/exception" />
    public Task<Outcome<T>> DecideAsync<TAggregate, T>(Guid id, Func<StagedStream<TAggregate>, DecisionScope, Outcome<T>> decide, CancellationToken cancellationToken)
        where TAggregate : class, IAggregate<TAggregate> =>
        store.DecideAsync(touches => touches.Stream<TAggregate>(id), scope => decide(scope.Stream<TAggregate>(id), scope), context, cancellationToken);

    /// <summary>Stages events for a stream that must not exist yet; <see cref="SaveChangesAsync"/> commits them.</summary>
    public void StartStream<TAggregate>(Guid id, params object[] events)
        where TAggregate : class, IAggregate<TAggregate> => Append<TAggregate>(id, 0, events);

    /// <summary>Stages events for a stream at an expected version; null accepts any.</summary>
    public void Append<TAggregate>(Guid id, long? expectedVersion, params object[] events)
        where TAggregate : class, IAggregate<TAggregate>
    {
        _pending.Add(new PendingAppend(
            touches => touches.Stream<TAggregate>(id),
            scope => scope.Stream<TAggregate>(id).Expect(expectedVersion).Then(stream => stream.Apply(Decision.Of(events))).Map(_ => default(Done))));
    }

    /// <summary>The state for writing: <see cref="WritableStream{TAggregate}.Append"/> expects the version that was read.</summary>
    public async Task<WritableStream<TAggregate>> FetchForWritingAsync<TAggregate>(Guid id, CancellationToken cancellationToken)
        where TAggregate : class, IAggregate<TAggregate>
    {
        var (state, version) = await store.LoadAsync<TAggregate>(id, null, null, cancellationToken);
        return new WritableStream<TAggregate>(this, id, state, version);
    }

    /// <summary>Commits everything staged, over all its streams, or nothing: <see cref="StaleVersion"/> when any stream is not at its expected version.</summary>
    public async Task<Outcome<Done>> SaveChangesAsync(CancellationToken cancellationToken)
    {
        var pending = _pending.ToArray();
        _pending.Clear();
        return pending.Length == 0
            ? default(Done)
            : await store.DecideAsync<Done>(
                touches => Array.ForEach(pending, append => append.Touch(touches)),
                scope => pending.Aggregate((Outcome<Done>)default(Done), (outcome, append) => outcome.Then(_ => append.Decide(scope))),
                context,
                cancellationToken);
    }

    /// <summary>The state of a stream folded from its events, now or in the past; null when it has none by then.</summary>
    public async Task<TAggregate?> AggregateStreamAsync<TAggregate>(Guid id, long? version = null, DateTimeOffset? timestamp = null, CancellationToken cancellationToken = default)
        where TAggregate : class, IAggregate<TAggregate>
    {
        var (state, at) = await store.LoadAsync<TAggregate>(id, version, timestamp, cancellationToken);
        return at == 0 ? null : state;
    }

    /// <summary>The events of a stream in order, up to a version or a time.</summary>
    public Task<IReadOnlyList<RecordedEvent>> FetchStreamAsync(Guid id, long? version = null, DateTimeOffset? timestamp = null, CancellationToken cancellationToken = default) =>
        store.FetchStreamAsync(id, version, timestamp, cancellationToken);

    private sealed record PendingAppend(Action<Touches> Touch, Func<DecisionScope, Outcome<Done>> Decide);
}

/// <summary>A stream as <see cref="EventSession.FetchForWritingAsync"/> read it.</summary>
/// <typeparam name="TAggregate">Its aggregate.</typeparam>
/// <param name="session">Where appends are staged.</param>
/// <param name="id">The stream's id.</param>
/// <param name="aggregate">The state.</param>
/// <param name="version">The version, which appends expect.</param>
public sealed class WritableStream<TAggregate>(EventSession session, Guid id, TAggregate aggregate, long version)
    where TAggregate : class, IAggregate<TAggregate>
{
    /// <summary>The state that was read.</summary>
    public TAggregate Aggregate => aggregate;

    /// <summary>The version that was read; 0 for a stream that does not exist.</summary>
    public long CurrentVersion => version;

    /// <summary>Stages events that expect <see cref="CurrentVersion"/>.</summary>
    public void Append(params object[] events) => session.Append<TAggregate>(id, version, events);
}
