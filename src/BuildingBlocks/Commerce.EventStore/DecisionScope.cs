using Commerce.Outcomes;

namespace Commerce.EventStore;

/// <summary>
/// What a decision sees while the executor runs it: the time, the staged states of the streams it named, and other modules' answers.
/// Everything appended is staged; a refused outcome discards it. A decision may run more than once (after a conflict), so it must stay pure.
/// </summary>
public sealed class DecisionScope
{
    private readonly IStagedStreams _streams;
    private readonly ParticipantRegistry _participants;

    internal DecisionScope(IStagedStreams streams, ParticipantRegistry participants, DateTimeOffset now)
    {
        _streams = streams;
        _participants = participants;
        Now = now;
    }

    /// <summary>The decision's time, UTC, whole microseconds as PostgreSQL keeps them.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>A stream that the command named.</summary>
    /// <exception cref="InvalidOperationException">The command did not name it, or named it as another aggregate.</exception>
    public StagedStream<TAggregate> Stream<TAggregate>(Guid id)
        where TAggregate : class, IAggregate<TAggregate> => new(_streams.Get(id, typeof(TAggregate)), _streams);

    /// <summary>Whether the stream is among those that this batch has loaded: what a decision did not name is usually not.</summary>
    public bool Names<TAggregate>(Guid id)
        where TAggregate : class, IAggregate<TAggregate> => _streams.Has(id, typeof(TAggregate));

    /// <summary>Asks another module, inside this decision and its transaction, over that module's own streams.</summary>
    /// <exception cref="InvalidOperationException">No module answers this question, or the command did not name it in its touches.</exception>
    public TAnswer Ask<TQuestion, TAnswer>(TQuestion question)
        where TQuestion : notnull => _participants.For<TQuestion, TAnswer>().Answer(question, this);
}

/// <summary>One stream inside a decision.</summary>
/// <typeparam name="TAggregate">Its aggregate.</typeparam>
public readonly struct StagedStream<TAggregate>
    where TAggregate : class, IAggregate<TAggregate>
{
    private readonly StreamSlot _slot;
    private readonly IStagedStreams _streams;

    internal StagedStream(StreamSlot slot, IStagedStreams streams)
    {
        _slot = slot;
        _streams = streams;
    }

    /// <summary>The stream's id.</summary>
    public Guid Id => _slot.Id;

    /// <summary>The number of events, those staged so far included; 0 for a stream that does not exist.</summary>
    public long Version => _slot.Version;

    /// <summary>Whether the stream has any event.</summary>
    public bool Exists => _slot.Version > 0;

    /// <summary>The state after everything staged so far.</summary>
    public TAggregate State => (TAggregate)_slot.State;

    /// <summary>Appends what the decision says and returns the state after it, or its refusal.</summary>
    public Outcome<TAggregate> Apply(Decision decision)
    {
        if (decision.Refusal is not null)
        {
            return decision.Refusal;
        }

        foreach (var @event in decision.Events)
        {
            _streams.Append(_slot, @event);
        }

        return (TAggregate)_slot.State;
    }

    /// <summary>Decides on the current state and applies the result.</summary>
    public Outcome<TAggregate> Apply(Func<TAggregate, Decision> decide) => Apply(decide(State));

    /// <summary>Refuses with <see cref="StaleVersion"/> when the caller expected another version; null expects nothing.</summary>
    public Outcome<StagedStream<TAggregate>> Expect(long? expectedVersion) =>
        expectedVersion is { } expected && expected != Version ? new StaleVersion(Version) : this;
}

/// <summary>Names what a command touches, before it runs, so that the executor can load everything in one round trip.</summary>
public sealed class Touches
{
    private readonly ParticipantRegistry _participants;
    private readonly List<StreamKey> _streams = [];

    internal Touches(ParticipantRegistry participants) => _participants = participants;

    internal IReadOnlyList<StreamKey> Streams => _streams;

    /// <summary>The stream with this id, whether it exists or not.</summary>
    public Touches Stream<TAggregate>(Guid id)
        where TAggregate : class, IAggregate<TAggregate>
    {
        _streams.Add(new StreamKey(id, typeof(TAggregate), false));
        return this;
    }

    /// <summary>
    /// A stream that this command starts, under an id that was just made: nothing is loaded for it. Should it exist after all, the commit finds out
    /// and the decision runs again on its state.
    /// </summary>
    public Touches NewStream<TAggregate>(Guid id)
        where TAggregate : class, IAggregate<TAggregate>
    {
        _streams.Add(new StreamKey(id, typeof(TAggregate), true));
        return this;
    }

    /// <summary>All streams that the answering module needs for this question.</summary>
    public Touches Question<TQuestion>(TQuestion question)
        where TQuestion : notnull
    {
        _participants.Touch(question, this);
        return this;
    }
}

/// <summary>A module's answer to another module's question inside a decision: pure, like any decision.</summary>
/// <typeparam name="TQuestion">A record of the answering module's contracts.</typeparam>
/// <typeparam name="TAnswer">A record of the answering module's contracts.</typeparam>
public interface IParticipant<in TQuestion, out TAnswer> : ITouch<TQuestion>
{
    /// <summary>Decides over those streams. Events staged here are discarded when the asking decision is refused.</summary>
    TAnswer Answer(TQuestion question, DecisionScope scope);
}

/// <summary>What a participant says before the decision runs.</summary>
/// <typeparam name="TQuestion">A record of the answering module's contracts.</typeparam>
public interface ITouch<in TQuestion>
{
    /// <summary>Names the streams that the answer will need.</summary>
    void Touch(TQuestion question, Touches touches);
}

internal readonly record struct StreamKey(Guid Id, Type Aggregate, bool IsNew);

internal interface IStagedStreams
{
    StreamSlot Get(Guid id, Type aggregate);

    bool Has(Guid id, Type aggregate);

    void Append(StreamSlot slot, object @event);
}

internal class StreamSlot
{
    public required Guid Id { get; init; }

    public required long Version { get; set; }

    public required object State { get; set; }
}
