using Commerce.Outcomes;

namespace Commerce.EventStore;

/// <summary>The store behind all sessions: one per process.</summary>
public interface IEventStore
{
    /// <summary>The registered events and aggregates.</summary>
    EventTypes Types { get; }

    /// <summary>Runs a decision; see <see cref="EventSession.DecideAsync{T}"/>.</summary>
    Task<Outcome<T>> DecideAsync<T>(Action<Touches> touches, Func<DecisionScope, Outcome<T>> decide, CallContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Records a response under the call's idempotency key when no decision did (the command wrote no event), or finds the one that stands there:
    /// fills <see cref="CallContext.Recorded"/> and <see cref="CallContext.Replayed"/>.
    /// </summary>
    /// <returns>A refusal when the key stands for another request.</returns>
    Task<Outcome<Done>> RecordAsync(RecordedResponse response, CallContext context, CancellationToken cancellationToken);

    /// <summary>The state and version of a stream, now (both limits null) or in the past; the initial state and 0 when there is nothing by then.</summary>
    Task<(TAggregate State, long Version)> LoadAsync<TAggregate>(Guid id, long? version, DateTimeOffset? timestamp, CancellationToken cancellationToken)
        where TAggregate : class, IAggregate<TAggregate>;

    /// <summary>The events of a stream in order.</summary>
    Task<IReadOnlyList<RecordedEvent>> FetchStreamAsync(Guid id, long? version, DateTimeOffset? timestamp, CancellationToken cancellationToken);

    /// <summary>A page of one stream: its events of some names, from a version on upwards, or downwards.</summary>
    /// <param name="id">The stream.</param>
    /// <param name="names">Stored event names.</param>
    /// <param name="from">The first version that may be in it.</param>
    /// <param name="newestFirst">Whether it goes down from there.</param>
    /// <param name="limit">Events at the most, 1 to 10,000.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<IReadOnlyList<RecordedEvent>> FetchPageAsync(Guid id, string[] names, long from, bool newestFirst, int limit, CancellationToken cancellationToken);

    /// <summary>A page of the global order behind the horizon: lossless and in order, whatever writes at the same time.</summary>
    /// <param name="after">The position of the last event seen.</param>
    /// <param name="names">Stored event names, or null for all.</param>
    /// <param name="limit">1 to 10,000.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<EventPage> ReadAllAsync(EventPosition after, string[]? names, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// A page of what is committed, past the horizon too: for a reader to whom hearing of an event soon matters more than the order, such as a cache. What
    /// stands past the horizon (at or after <see cref="CommittedPage.Horizon"/>) comes again, unless the reader says that it has seen it.
    /// </summary>
    /// <param name="after">The position of the last event seen in order.</param>
    /// <param name="since">The mark of a page at the head, up to which everything was seen; null for none.</param>
    /// <param name="seen">Transactions that are left out besides.</param>
    /// <param name="names">Stored event names.</param>
    /// <param name="limit">1 to 10,000.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<CommittedPage> ReadCommittedAsync(EventPosition after, CommittedMark? since, long[] seen, string[] names, int limit, CancellationToken cancellationToken);

    /// <summary>Where a reader begins who cares for what comes only: everything up to there is committed, and nothing will be added to it.</summary>
    Task<EventPosition> HorizonAsync(CancellationToken cancellationToken);
}

/// <summary>A page of the global order.</summary>
/// <param name="Events">The events after the position asked for, of the names asked for.</param>
/// <param name="Next">Where to go on: the last event's position, or behind the horizon when the page is the end for now.</param>
/// <param name="AtHead">True when nothing more stood behind the horizon.</param>
public sealed record EventPage(IReadOnlyList<RecordedEvent> Events, EventPosition Next, bool AtHead);

/// <summary>A page of what is committed.</summary>
/// <param name="Events">By position.</param>
/// <param name="Horizon">The first transaction whose place is not certain: an older one may still commit.</param>
/// <param name="AtHead">True when nothing more was committed.</param>
/// <param name="Mark">What was committed as the page was read: with a page at the head, all of it is seen.</param>
public sealed record CommittedPage(IReadOnlyList<RecordedEvent> Events, long Horizon, bool AtHead, CommittedMark Mark);

/// <summary>What was committed at a moment: every transaction before one, but those that were open.</summary>
/// <param name="Next">The first transaction that had not begun.</param>
/// <param name="Open">Transactions before it that had not ended.</param>
public sealed record CommittedMark(long Next, long[] Open);
