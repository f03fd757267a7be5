using Commerce.EventStore;

namespace Commerce.Web;

/// <summary>
/// The last position that this process committed: the consistency token of a write that found everything as asked and wrote nothing. A token that
/// is too late only makes a reader wait longer; none at all would let it read from before the state that the caller was told of.
/// </summary>
internal sealed class LastCommit : ICommitListener
{
    private readonly Lock _gate = new();
    private EventPosition _position;

    public EventPosition Position
    {
        get
        {
            lock (_gate)
            {
                return _position;
            }
        }
    }

    public void Committed(IReadOnlyList<RecordedEvent> events)
    {
        if (events.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            var last = events[^1].Position;
            _position = last > _position ? last : _position;
        }
    }
}
