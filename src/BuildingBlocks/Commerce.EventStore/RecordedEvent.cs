namespace Commerce.EventStore;

/// <summary>An event as the store holds it, its body already upcast to the current CLR type.</summary>
public sealed record RecordedEvent
{
    /// <summary>The event's own id (UUIDv7).</summary>
    public required Guid Id { get; init; }

    /// <summary>The stream.</summary>
    public required Guid StreamId { get; init; }

    /// <summary>1-based place within the stream.</summary>
    public required long Version { get; init; }

    /// <summary>Place in the global order; <see cref="EventPosition.Start"/> while the event is not committed.</summary>
    public EventPosition Position { get; internal set; }

    /// <summary>The stable event name, <c>mt_events.type</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The body.</summary>
    public required object Data { get; init; }

    /// <summary>When it was decided, UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Who caused it, such as <c>user:…</c>, <c>key:…</c>, <c>guest</c> or <c>system:…</c>.</summary>
    public string? Actor { get; init; }

    /// <summary>The conversation: the trace id of the request that began it.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The command that caused it; equal for all events of one decision.</summary>
    public string? CausationId { get; init; }

    /// <summary>Further metadata as JSON text, or null.</summary>
    public string? Headers { get; init; }
}

/// <summary>Events as readers want them: each of one current type.</summary>
internal static class RecordedEvents
{
    /// <summary>The event, or the several that it means, all at its place.</summary>
    public static IEnumerable<RecordedEvent> Parts(this RecordedEvent recorded) =>
        recorded.Data is SplitEvent split ? split.Parts.Select(part => recorded with { Data = part }) : [recorded];

    /// <summary>The events with those that mean several in their parts.</summary>
    public static IReadOnlyList<RecordedEvent> Parts(this IReadOnlyList<RecordedEvent> events) =>
        events.Any(recorded => recorded.Data is SplitEvent) ? [.. events.SelectMany(recorded => recorded.Parts())] : events;
}
