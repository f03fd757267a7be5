using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Commerce.EventStore.Reading;

/// <summary>
/// Rows of a <c>copy … to stdout (format binary)</c>, whose fields are read where they lie in the buffer: a driver's row costs more than what is done with it here.
/// It reads on its caller's thread, for to wake a thread for every few rows costs more than to read them; a connection that was ever used asynchronously wakes one
/// all the same, so this one is opened here and used for nothing else.
/// </summary>
internal sealed class BinaryCopy : IDisposable
{
    // "PGCOPY", a few bytes that a transfer as text would spoil, no flags, no extension.
    private const int HeaderBytes = 19;
    private const int BufferBytes = 128 * 1024;
    private const long TicksOfMicrosecond = TimeSpan.TicksPerMicrosecond;

    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlRawCopyStream _stream;
    private byte[] _buffer = new byte[BufferBytes];
    private int _from;
    private int _to;
    private bool _ended;

    /// <summary>Starts the copy of what a query gives.</summary>
    /// <param name="source">Where its connection comes from.</param>
    /// <param name="query">Without parameters: a copy takes none.</param>
    /// <param name="settings">Said to the session first, or null.</param>
    public BinaryCopy(EventStoreDataSource source, string query, string? settings = null)
    {
        _connection = source.Bulk.OpenConnection();
        if (settings is not null)
        {
            using var set = new NpgsqlCommand(settings, _connection);
            set.ExecuteNonQuery();
        }

        _stream = _connection.BeginRawBinaryCopy($"copy ({query}) to stdout (format binary)");
        // The order may take a sort, and that its time.
        _stream.ReadTimeout = 0;
        Need(HeaderBytes);
        _from += HeaderBytes;
    }

    /// <summary>Goes on to the next row; its fields are then read in their order.</summary>
    /// <returns>False after the last one.</returns>
    public bool Read()
    {
        Need(sizeof(short));
        var columns = BinaryPrimitives.ReadInt16BigEndian(_buffer.AsSpan(_from));
        _from += sizeof(short);
        _ended = columns < 0;
        return !_ended;
    }

    /// <summary>A bigint.</summary>
    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Field());

    /// <summary>A uuid.</summary>
    public Guid Uuid() => new(Field(), bigEndian: true);

    /// <summary>A timestamptz.</summary>
    public DateTimeOffset Instant() => Epoch.AddTicks(Int64() * TicksOfMicrosecond);

    /// <summary>A text, or null.</summary>
    public string? Text() => Length() is var length and >= 0 ? Encoding.UTF8.GetString(Take(length)) : null;

    /// <summary>A jsonb as its text; valid until the next row is read.</summary>
    public ReadOnlySpan<byte> Json() => Field()[1..];

    /// <summary>The bytes of a field that is never null; valid until the next one is read.</summary>
    public ReadOnlySpan<byte> Field() => Length() is var length and >= 0 ? Take(length) : throw new InvalidDataException("A copied row has no value where there must be one.");

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

    private int Length()
    {
        Need(sizeof(int));
        var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_from));
        _from += sizeof(int);
        return length;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
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
            _to += read > 0 ? read : throw new EndOfStreamException("The copy ended too soon.");
        }
    }
}
