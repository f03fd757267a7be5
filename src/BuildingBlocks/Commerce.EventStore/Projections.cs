using Npgsql;

namespace Commerce.EventStore;

/// <summary>What one batch did to one stream.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="State">The aggregate's state after the batch.</param>
/// <param name="Version">The stream's version after the batch.</param>
/// <param name="Events">The new events in order, not empty.</param>
public sealed record StreamChange(Guid StreamId, object State, long Version, IReadOnlyList<RecordedEvent> Events);

/// <summary>
/// A read model written in the transaction of the events it shows. It runs under the event store's role, so its SQL names tables with
/// their schema. One statement per table and batch: rows travel as arrays through <c>unnest</c>, in one order of keys. A stream's rows depend on that stream
/// alone: a rebuild feeds whole streams, one after another in the order of their ids.
/// </summary>
public interface IInlineProjection
{
    /// <summary>Stable name, <c>Module.ReadModel</c>.</summary>
    string Name { get; }

    /// <summary>The aggregate whose streams it follows.</summary>
    Type Aggregate { get; }

    /// <summary>The tables it owns, with schema; a rebuild fills copies of them and swaps. They have no foreign keys and no triggers: the writers' sessions fire none.</summary>
    IReadOnlyList<string> Tables { get; }

    /// <summary>Events without any of which a stream has no row here, so that a rebuild need not read it; empty where every stream may have one.</summary>
    IReadOnlyCollection<Type> Marks => [];

    /// <summary>Adds the statements that bring the rows of these streams up to date.</summary>
    /// <param name="changes">All changed streams of the aggregate in this batch, ordered by stream id.</param>
    /// <param name="batch">Where the commands go; parameters are positional (<c>$1</c>).</param>
    void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch);
}

/// <summary>
/// A reader of the global order. It sees every event of its types once, in order, and never skips one that committed late: its checkpoint moves in
/// the transaction of its own writes. One host runs it at a time.
/// </summary>
public interface ISubscription
{
    /// <summary>Stable name, <c>Module.What</c>; also the row in <c>mt_event_progression</c> as <c>Name:All</c>.</summary>
    string Name { get; }

    /// <summary>The event bodies or announcements it wants: CLR types registered as events of its own module, or contract types that a translator announces.</summary>
    IReadOnlyCollection<Type> Handles { get; }

    /// <summary>
    /// Those of its own events of which it needs no more than the stream and the kind. Where it reads for itself, far behind, their bodies stay in the
    /// database.
    /// </summary>
    IReadOnlyCollection<Type> Bodiless => [];

    /// <summary>The PostgreSQL role its statements run under: its module's.</summary>
    string Role { get; }

    /// <summary>The tables it owns, with schema; a rebuild fills copies of them and swaps. Empty for a reaction.</summary>
    IReadOnlyList<string> Tables { get; }

    /// <summary>
    /// What a fresh replay must repeat, as queries over the tables named with schema; empty for every row of every table. For a read model whose layout
    /// depends on the pages that it was fed in, such as a search index in segments.
    /// </summary>
    IReadOnlyList<string> Compared => [];

    /// <summary>Handles a page inside a transaction that also moves the checkpoint.</summary>
    Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken);
}

/// <summary>An event of the global order as a subscription receives it.</summary>
public readonly record struct Delivered
{
    private readonly object? _announcement;

    /// <summary>An event with the announcement that its module makes of it.</summary>
    public Delivered(RecordedEvent @event, object announcement)
    {
        Event = @event;
        _announcement = announcement;
    }

    /// <summary>An event of the subscription's own module, whose body is read when it is asked for.</summary>
    public Delivered(RecordedEvent @event) => Event = @event;

    /// <summary>The recorded event; its <see cref="RecordedEvent.Data"/> is private to the module that wrote it.</summary>
    public RecordedEvent Event { get; }

    /// <summary>The event's body for the own module's types, or the announcement for contract types.</summary>
    public object Message => _announcement ?? Event.Data;

    /// <summary>The type of <see cref="Message"/>, known without reading it.</summary>
    public Type Kind => _announcement?.GetType() ?? Event.Kind;

    /// <summary>Both parts.</summary>
    public void Deconstruct(out RecordedEvent @event, out object message) => (@event, message) = (Event, Message);
}

/// <summary>A module's only translator: own event to public contract.</summary>
public interface IAnnouncements
{
    /// <summary>The contract types that <see cref="Announce"/> can return, each with the event types it comes from.</summary>
    IReadOnlyDictionary<Type, IReadOnlyCollection<Type>> Announced { get; }

    /// <summary>The announcement for this event, or null.</summary>
    object? Announce(RecordedEvent @event);
}
