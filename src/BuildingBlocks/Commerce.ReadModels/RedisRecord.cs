using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Commerce.EventStore;

namespace Commerce.ReadModels;

/// <summary>
/// What stands in Redis under a key: a fixed ASCII head (kind, transaction, sequence, end of life, entity tag), then the body. The head's numbers are
/// hexadecimal so that the script beside it reads them without unpacking.
/// </summary>
internal sealed record RedisRecord(char Kind, EventPosition At, DateTimeOffset Expires, string ETag, ReadOnlyMemory<byte> Body)
{
    /// <summary>A body of inline read models.</summary>
    public const char Inline = 'E';

    /// <summary>A body of a subscription's tables.</summary>
    public const char Asynchronous = 'A';

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
    private const int ETagLength = 24;
    private const int HeadLength = 1 + (3 * NumberLength) + ETagLength;

    public static string Hex(long number) => number.ToString("x16", CultureInfo.InvariantCulture);

    public static byte[] Write(char kind, EventPosition at, DateTimeOffset expires, CacheEntry? entry)
    {
        var bytes = new byte[entry is null ? HeadLength - ETagLength : HeadLength + entry.Body.Length];
        Encoding.ASCII.GetBytes($"{kind}{Hex(at.Transaction)}{Hex(at.Sequence)}{Hex(expires.ToUnixTimeMilliseconds())}{entry?.ETag}", bytes);
        entry?.Body.Span.CopyTo(bytes.AsSpan(HeadLength));
        return bytes;
    }

    /// <summary>Reads a value; null for anything that is not one of ours.</summary>
    public static RedisRecord? Read(byte[] value)
    {
        if (value.Length < HeadLength - ETagLength
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
            Tombstone or Nothing => new RedisRecord(kind, at, ends, "", default),
            Inline or Asynchronous when value.Length >= HeadLength => new RedisRecord(
                kind, at, ends, Encoding.ASCII.GetString(value, HeadLength - ETagLength, ETagLength), value.AsMemory(HeadLength)),
            _ => null,
        };
    }

    private static bool TryNumber(byte[] value, int index, out long number) =>
        Utf8Parser.TryParse(value.AsSpan(1 + (index * NumberLength), NumberLength), out number, out var read, 'x') && read == NumberLength;
}
