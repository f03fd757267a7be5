using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Commerce.EventStore;

/// <summary>The one room where ids are made.</summary>
public static class Identifiers
{
    /// <summary>A fresh UUIDv7: ids made later sort later, which keeps indexes growing at one edge.</summary>
    public static Guid Next() => Guid.CreateVersion7();

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
