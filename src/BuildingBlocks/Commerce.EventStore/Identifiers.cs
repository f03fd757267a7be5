using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Commerce.EventStore;

/// <summary>The one room where ids are made.</summary>
public static class Identifiers
{
    private const int Ahead = 4096;

    [ThreadStatic]
    private static byte[]? t_random;

    [ThreadStatic]
    private static int t_left;

    /// <summary>A fresh UUIDv7: ids made later sort later, which keeps indexes growing at one edge.</summary>
    public static Guid Next()
    {
        // The random part comes from the system's generator, a page at a time: asking it for every id is a system call for every id.
        var random = t_random ??= new byte[Ahead];
        if (t_left < 16)
        {
            RandomNumberGenerator.Fill(random);
            t_left = Ahead;
        }

        t_left -= 16;
        var id = random.AsSpan(t_left, 16);
        var milliseconds = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt16BigEndian(id[4..], (ushort)(milliseconds & 0xFFFF));
        BinaryPrimitives.WriteUInt32BigEndian(id, (uint)((milliseconds >> 16) & 0xFFFF_FFFF));
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        var made = new Guid(id, bigEndian: true);
        id.Clear();
        return made;
    }

    /// <summary>
    /// The UUIDv5 (RFC 9562, section 5.5) of a name in a namespace: the same name always is the same stream, so that a natural key such as a SKU
    /// needs no look-up table.
    /// </summary>
    /// <param name="space">The namespace's id, a constant of the module that owns the names.</param>
    /// <param name="name">The name; compared ordinally, as UTF-8.</param>
    public static Guid FromName(Guid space, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var bytes = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        space.TryWriteBytes(bytes, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(16));
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(bytes, hash);
        var version = BinaryPrimitives.ReadUInt16BigEndian(hash[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(hash[6..], (ushort)((version & 0x0FFF) | 0x5000));
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
