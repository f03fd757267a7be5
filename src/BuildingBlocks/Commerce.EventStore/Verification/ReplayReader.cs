using System.Buffers.Binary;
using System.Text.Json;
using Commerce.EventStore.Execution;
using Npgsql;

namespace Commerce.EventStore.Verification;

/// <summary>
/// Every event of one snapshot in the global order: the fastest way through a whole database. It comes as a binary copy, whose fields are read where they lie in
/// the buffer, bodies included: a driver's row costs more than the rule it is read for. What a replay has no use for (actor, headers, correlation) stays in the
/// database. It reads on its caller's thread: to wake a thread for every few events costs more than to read them, and a connection that was ever used
/// asynchronously wakes one all the same, so this one is opened here and used for nothing else.
/// </summary>
internal sealed class ReplayReader : IDisposable
{
    private const string Everything = """
        copy (select commerce_tx, seq_id, stream_id, version, id, timestamp, type, data from events.mt_events order by commerce_tx, seq_id) to stdout (format binary)
        """;

    // "PGCOPY", a few bytes that a transfer as text would spoil, no flags, no extension.
    private const int HeaderBytes = 19;
    private const int Columns = 8;
    private const int BufferBytes = 128 * 1024;
    private const long MicrosecondsToTicks = 10;

    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlRawCopyStream _stream;
    private readonly StoredNames _names;
    private byte[] _buffer = new byte[BufferBytes];
    private int _from;
    private int _to;
    private int _body;
    private int _bodyBytes;
    private bool _ended;

    /// <summary>Opens the snapshot.</summary>
    public ReplayReader(EventStoreDataSource source, StoredNames names)
    {
        _names = names;
        _connection = source.Bulk.OpenConnection();
        _stream = _connection.BeginRawBinaryCopy(Everything);
        // The order may take a sort, and that its time.
        _stream.ReadTimeout = 0;
        Need(HeaderBytes);
        _from += HeaderBytes;
    }

    /// <summary>Its place.</summary>
    public EventPosition Position { get; private set; }

    /// <summary>Its stream.</summary>
    public Guid StreamId { get; private set; }

    /// <summary>Its place in the stream.</summary>
    public long Version { get; private set; }

    /// <summary>The name it is stored under.</summary>
    public StoredName Name { get; private set; } = null!;

    /// <summary>Its body as it is stored; valid until the next event is read.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(_body, _bodyBytes);

    private Guid Id { get; set; }

    private DateTimeOffset Timestamp { get; set; }

    /// <summary>Goes on to the next event.</summary>
    /// <returns>False after the last one.</returns>
    public bool Read()
    {
        Need(sizeof(short));
        var columns = BinaryPrimitives.ReadInt16BigEndian(_buffer.AsSpan(_from));
        _from += sizeof(short);
        if (columns == -1)
        {
            _ended = true;
            return false;
        }

        if (columns != Columns)
        {
            throw new InvalidDataException($"A copied event has {columns} columns instead of {Columns}.");
        }

        Position = new EventPosition(Int64(), Int64());
        StreamId = Uuid();
        Version = Int64();
        Id = Uuid();
        Timestamp = Epoch.AddTicks(Int64() * MicrosecondsToTicks);
        Name = _names.Find(Field());
        // A binary jsonb is its text behind a byte that says which version of the format it is.
        _bodyBytes = Field().Length - 1;
        _body = _from - _bodyBytes;
        return true;
    }

    /// <summary>The event with its body; the body of one that cannot be read is an <see cref="UnreadableEvent"/>.</summary>
    public RecordedEvent Event()
    {
        object body;
        try
        {
            body = Name.Read(Body);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            body = new UnreadableEvent(fault.Message);
        }

        return new RecordedEvent { Position = Position, StreamId = StreamId, Version = Version, Id = Id, Name = Name.Text, Timestamp = Timestamp, Data = body };
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // Left in the middle, the rest is not waited for: closing the connection cancels the copy.
        if (_ended)
        {
            _stream.Dispose();
        }

        _connection.Dispose();
    }

    private long Int64() => BinaryPrimitives.ReadInt64BigEndian(Field());

    private Guid Uuid() => new(Field(), bigEndian: true);

    private ReadOnlySpan<byte> Field()
    {
        Need(sizeof(int));
        var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_from));
        if (length < 0)
        {
            throw new InvalidDataException("A copied event has an empty field.");
        }

        _from += sizeof(int);
        Need(length);
        var field = _buffer.AsSpan(_from, length);
        _from += length;
        return field;
    }

    private void Need(int bytes)
    {
        if (_to - _from < bytes)
        {
            Fill(bytes);
        }
    }

    private void Fill(int bytes)
    {
        if (_buffer.Length - _from < bytes)
        {
            var wider = bytes > _buffer.Length ? new byte[bytes * 2] : _buffer;
            _buffer.AsSpan(_from, _to - _from).CopyTo(wider);
            (_buffer, _to, _from) = (wider, _to - _from, 0);
        }

        while (_to - _from < bytes)
        {
            var read = _stream.Read(_buffer.AsSpan(_to));
            _to += read > 0 ? read : throw new EndOfStreamException("The copy of the events ended too soon.");
        }
    }
}
