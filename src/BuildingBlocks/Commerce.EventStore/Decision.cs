using Commerce.Outcomes;

namespace Commerce.EventStore;

/// <summary>What an aggregate decided: events, nothing at all (the state already is as asked), or a refusal.</summary>
public readonly struct Decision
{
    private readonly object[]? _events;

    private Decision(object[]? events, Refusal? refusal)
    {
        _events = events;
        Refusal = refusal;
    }

    /// <summary>The refusal, or null.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The events in order; empty when nothing changes or the decision is a refusal.</summary>
    public IReadOnlyList<object> Events => _events ?? [];

    /// <summary>Nothing changes: a repeat of what already holds.</summary>
    public static Decision Nothing => default;

    /// <summary>These events, in this order.</summary>
    public static Decision Of(params object[] events) => new(events, null);

    /// <summary>A refusal is a decision.</summary>
    public static implicit operator Decision(Refusal refusal) => new(null, refusal ?? throw new ArgumentNullException(nameof(refusal)));
}
