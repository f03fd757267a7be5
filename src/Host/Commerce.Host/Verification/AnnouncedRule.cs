using Commerce.EventStore;
using Commerce.EventStore.Verification;

namespace Commerce.Host.Verification;

/// <summary>A rule between modules: it hears what they announce, in contracts alone, and is therefore declared where they meet.</summary>
/// <param name="announcements">Shared by all such rules of one replay.</param>
internal abstract class AnnouncedRule(LastAnnouncement announcements) : ReplayRule
{
    /// <inheritdoc />
    public sealed override string? After(RecordedEvent @event, object state)
    {
        if (announcements.Of(@event) is { } announcement)
        {
            Hear(announcement);
        }

        return null;
    }

    /// <summary>Called for everything that is announced, in the global order.</summary>
    protected abstract void Hear(object announcement);
}

/// <summary>What an event is announced as, asked once for all rules that hear it one after another.</summary>
/// <param name="announcements">Every module's.</param>
internal sealed class LastAnnouncement(IEnumerable<IAnnouncements> announcements)
{
    // An event is its module's alone, and a module has one translator.
    private readonly Dictionary<Type, IAnnouncements> _announcers = announcements
        .SelectMany(announcer => announcer.Announced.Values.SelectMany(sources => sources).Distinct().Select(source => (source, announcer)))
        .ToDictionary(pair => pair.source, pair => pair.announcer);

    private RecordedEvent? _event;
    private object? _announcement;

    /// <summary>The announcement that the event's module makes of it, or null.</summary>
    public object? Of(RecordedEvent @event)
    {
        if (!ReferenceEquals(_event, @event))
        {
            _event = @event;
            _announcement = _announcers.TryGetValue(@event.Data.GetType(), out var announcer) ? announcer.Announce(@event) : null;
        }

        return _announcement;
    }
}
