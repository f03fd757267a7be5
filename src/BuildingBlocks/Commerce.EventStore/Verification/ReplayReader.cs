using System.Text.Json;
using Commerce.EventStore.Execution;
using Commerce.EventStore.Reading;

namespace Commerce.EventStore.Verification;

/// <summary>
/// Every event of one snapshot in the global order: the fastest way through a whole database. What a replay has no use for (actor, headers, correlation) stays
/// in the database.
/// </summary>
internal sealed class ReplayReader(EventStoreDataSource source, StoredNames names) : IDisposable
{
    // The body comes last: it is read while it lies in the buffer.
    private const string Everything =
        "select commerce_tx, seq_id, stream_id, version, id, timestamp, type, data from events.mt_events order by commerce_tx, seq_id";

    private readonly BinaryCopy _copy = new(source, Everything);
    private Guid _id;
    private DateTimeOffset _timestamp;

    /// <summary>Its place.</summary>
    public EventPosition Position { get; private set; }

    /// <summary>Its stream.</summary>
    public Guid StreamId { get; private set; }

    /// <summary>Its place in the stream.</summary>
    public long Version { get; private set; }

    /// <summary>Goes on to the next event.</summary>
    /// <param name="name">The name it is stored under.</param>
    /// <param name="body">Its body as it is stored; valid until the next event is read.</param>
    /// <returns>False after the last one.</returns>
    public bool Read(out StoredName name, out ReadOnlySpan<byte> body)
    {
        name = StoredName.None;
        body = default;
        if (!_copy.Read())
        {
            return false;
        }

        Position = new EventPosition(_copy.Int64(), _copy.Int64());
        StreamId = _copy.Uuid();
        Version = _copy.Int64();
        _id = _copy.Uuid();
        _timestamp = _copy.Instant();
        name = names.Find(_copy.Field());
        body = _copy.Json();
        return true;
    }

    /// <summary>The event; the body of one that cannot be read is an <see cref="UnreadableEvent"/>.</summary>
    public RecordedEvent Event(StoredName name, ReadOnlySpan<byte> stored)
    {
        object body;
        try
        {
            body = name.Read(stored);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            body = new UnreadableEvent(fault.Message);
        }

        return new RecordedEvent { Position = Position, StreamId = StreamId, Version = Version, Id = _id, Name = name.Text, Timestamp = _timestamp, Data = body };
    }

    /// <inheritdoc />
    public void Dispose() => _copy.Dispose();
}
