using System.Diagnostics.CodeAnalysis;
using Commerce.EventStore.Execution;

namespace Commerce.EventStore.Subscriptions;

/// <summary>
/// The events that this process committed of late, by id. Its subscriptions ask the database only which events come next, in which order, and take those that
/// were decided here as they are: to fetch them back, each body written as text and read from it, cost as much as the order that they speak of.
/// </summary>
public sealed class RecentCommits : ICommitListener
{
    // Subscriptions are milliseconds behind, seldom more; who is further behind reads the database.
    private const int Kept = 4096;

    private readonly RecentlyUsed<RecordedEvent> _events = new(Kept);

    /// <inheritdoc />
    public void Committed(IReadOnlyList<RecordedEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        foreach (var recorded in events)
        {
            _events.Set(recorded.Id, recorded);
        }
    }

    /// <summary>The event, when it was committed here and not long ago.</summary>
    internal bool TryGet(Guid id, [MaybeNullWhen(false)] out RecordedEvent recorded) => _events.TryGet(id, out recorded);
}
