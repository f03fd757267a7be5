namespace Commerce.EventStore;

/// <summary>
/// The immutable state of one stream. Its decisions are further methods: pure functions of state, command and time that return a <see cref="Decision"/>.
/// </summary>
/// <typeparam name="TSelf">The aggregate itself.</typeparam>
public interface IAggregate<TSelf>
    where TSelf : class, IAggregate<TSelf>
{
    /// <summary>The stable name of the stream's kind, <c>mt_streams.type</c>: snake_case, unique in the shop.</summary>
    static abstract string StreamType { get; }

    /// <summary>The state before the first event.</summary>
    static abstract TSelf Initial { get; }

    /// <summary>The state after one more event. Never throws for an event of its stream; an event it does not need returns the same state.</summary>
    TSelf Evolve(object @event);
}
