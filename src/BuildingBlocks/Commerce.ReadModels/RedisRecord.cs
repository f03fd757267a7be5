using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Commerce.EventStore;

namespace Commerce.ReadModels;

/// <summary>
/// What stands in Redis under a key: an ASCII head (kind, transaction, sequence, end of life; for bodies the entity tag, its length first), then the body.
/// The head's numbers are hexadecimal so that the script beside it reads them without unpacking. Another form of a body takes another letter, so that hosts
/// of two versions at one Redis pass over what they do not know.
/// </summary>
internal sealed record RedisRecord(char Kind, EventPosition At, DateTimeOffset Expires, CacheEntry? Entry)
{
    /// <summary>A body of inline read models.</summary>
    public const char Inline = 'I';

    /// <summary>A body of a subscription's tables.</summary>
    public const char Asynchronous = 'S';

    /// <summary>There is nothing.</summary>
    public const char Nothing = 'N';

    /// <summary>An event dropped the key: what was read before that event's position is not stored.</summary>
    public const char Tombstone = 'T';

    /// <summary>
    /// Writes each key unless something that has seen more stands there. KEYS: the keys; ARGV: kind, transaction, sequence, value, life in milliseconds.
    /// A tombstone gives way to an entry of its own position or a later one, never the other way round, so a fill that read before a commit and arrives
    /// after it is turned away here, whichever host it comes from.
    /// </summary>
    public const string WriteUnlessLater =
        """
        local transaction, sequence = tonumber(ARGV[2], 16), tonumber(ARGV[3], 16)
        for _, key in ipairs(KEYS) do
            local head = redis.call('GETRANGE', key, 0, 32)
            local write = true
            if #head == 33 then
                local t, s = tonumber(string.sub(head, 2, 17), 16), tonumber(string.sub(head, 18, 33), 16)
                if t > transaction or (t == transaction and (s > sequence or (s == sequence and ARGV[1] == 'T'))) then
                    write = false
                end
            end
            if write then
                redis.call('SET', key, ARGV[4], 'PX', ARGV[5])
            end
        end
        return 0
        """;

    private const int NumberLength = 16;
    private const int HeadLength = 1 + (3 * NumberLength);
    private const int ETagStart = HeadLength + 1;

    public static string Hex(long number) => number.ToString("x16", CultureInfo.InvariantCulture);

    public static byte[] Write(char kind, EventPosition at, DateTimeOffset expires, CacheEntry? entry)
    {
        var bytes = new byte[entry is null ? HeadLength : ETagStart + entry.ETag.Length + entry.Body.Length];
        Encoding.ASCII.GetBytes($"{kind}{Hex(at.Transaction)}{Hex(at.Sequence)}{Hex(expires.ToUnixTimeMilliseconds())}", bytes);
        if (entry is not null)
        {
            bytes[HeadLength] = checked((byte)entry.ETag.Length);
            Encoding.ASCII.GetBytes(entry.ETag, bytes.AsSpan(ETagStart));
            entry.Body.Span.CopyTo(bytes.AsSpan(ETagStart + entry.ETag.Length));
        }

        return bytes;
    }

    /// <summary>Reads a value; null for anything that is not one of ours.</summary>
    public static RedisRecord? Read(byte[] value)
    {
        if (value.Length < HeadLength
            || !TryNumber(value, 0, out var transaction)
            || !TryNumber(value, 1, out var sequence)
            || !TryNumber(value, 2, out var expires))
        {
            return null;
        }

        var kind = (char)value[0];
        var at = new EventPosition(transaction, sequence);
        var ends = DateTimeOffset.FromUnixTimeMilliseconds(expires);
        return kind switch
        {
            Tombstone or Nothing => new RedisRecord(kind, at, ends, null),
            Inline or Asynchronous when value.Length > HeadLength && value[HeadLength] is var tag && value.Length >= ETagStart + tag =>
                new RedisRecord(kind, at, ends, new CacheEntry(value.AsMemory(ETagStart + tag), Encoding.ASCII.GetString(value, ETagStart, tag), at)),
            _ => null,
        };
    }

    private static bool TryNumber(byte[] value, int index, out long number) =>
        Utf8Parser.TryParse(value.AsSpan(1 + (index * NumberLength), NumberLength), out number, out var read, 'x') && read == NumberLength;
}
