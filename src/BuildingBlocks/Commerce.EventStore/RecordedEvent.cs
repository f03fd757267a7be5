namespace Commerce.EventStore;

/// <summary>An event as the store holds it, its body already upcast to the current CLR type.</summary>
public sealed record RecordedEvent
{
    private object _data = null!;
    private Translation? _translation;

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

    /// <summary>The body. Of an event that comes from the database it is read when it is first asked for: many readers need no more than the stream.</summary>
    public required object Data
    {
        get
        {
            // Two readers at once may both read it; either result is as good.
            if (_data is StoredBody stored)
            {
                _data = stored.Read();
            }

            return _data;
        }

        init => (_data, _translation) = (value, null);
    }

    /// <summary>The CLR type of the body, known without reading it.</summary>
    public Type Kind => _data is StoredBody stored ? stored.Kind : _data.GetType();

    /// <summary>What its module says of it to others, or null; translated once for all subscriptions that share the event.</summary>
    internal object? AnnouncementBy(IAnnouncements announcements)
    {
        // Two readers at once may both translate it; either result is as good.
        if (_translation is not { } known || known.By != announcements)
        {
            _translation = known = new Translation(announcements, announcements.Announce(this));
        }

        return known.Announcement;
    }

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

    private sealed record Translation(IAnnouncements By, object? Announcement);
}

/// <summary>Events as readers want them: each of one current type.</summary>
internal static class RecordedEvents
{
    /// <summary>The event, or the several that it means, all at its place.</summary>
    public static IEnumerable<RecordedEvent> Parts(this RecordedEvent recorded) =>
        recorded.Kind == typeof(SplitEvent) ? ((SplitEvent)recorded.Data).Parts.Select(part => recorded with { Data = part }) : [recorded];

    /// <summary>The events with those that mean several in their parts.</summary>
    public static IReadOnlyList<RecordedEvent> Parts(this IReadOnlyList<RecordedEvent> events) =>
        events.Any(recorded => recorded.Kind == typeof(SplitEvent)) ? [.. events.SelectMany(recorded => recorded.Parts())] : events;
}

/// <summary>A body as it is stored, not read yet.</summary>
/// <param name="types">The registered events.</param>
/// <param name="name">The stored name.</param>
/// <param name="utf8">The stored JSON, or null when it was left in the database.</param>
/// <param name="kind">What it will be read as.</param>
internal sealed class StoredBody(EventTypes types, string name, byte[]? utf8, Type kind)
{
    /// <summary>What it will be read as.</summary>
    public Type Kind => kind;

    /// <summary>Reads it.</summary>
    public object Read() =>
        utf8 is null ? throw new InvalidOperationException($"The body of '{name}' was not asked for.") : types.Deserialize(name, utf8);
}
