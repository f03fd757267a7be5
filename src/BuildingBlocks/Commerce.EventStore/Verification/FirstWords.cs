using System.Runtime.InteropServices;
using Commerce.EventStore.Reading;

namespace Commerce.EventStore.Verification;

/// <summary>
/// The first events of streams, as they are stored, in a ring of bytes: most streams say one thing for a long time. The collector never looks into it, and as
/// states they would be carried through all its generations. The oldest are written over.
/// </summary>
internal sealed class FirstWords(StoredNames names, int capacity)
{
    private const int Prefix = 2 * sizeof(int);

    private readonly byte[] _ring = GC.AllocateUninitializedArray<byte>(capacity);
    private long _next;

    /// <summary>Keeps an event.</summary>
    /// <returns>Where it lies, or -1 for one that is too large to be kept.</returns>
    public long Keep(StoredName name, ReadOnlySpan<byte> body)
    {
        var bytes = Prefix + body.Length;
        if (bytes > _ring.Length)
        {
            return -1;
        }

        var at = (int)(_next % _ring.Length);
        if (_ring.Length - at < bytes)
        {
            _next += _ring.Length - at;
            at = 0;
        }

        MemoryMarshal.Write(_ring.AsSpan(at), name.Number);
        MemoryMarshal.Write(_ring.AsSpan(at + sizeof(int)), body.Length);
        body.CopyTo(_ring.AsSpan(at + Prefix));
        var place = _next;
        _next += bytes;
        return place;
    }

    /// <summary>The event's body, read anew; null when it was written over.</summary>
    public object? Read(long place)
    {
        if (place < 0 || place + _ring.Length < _next)
        {
            return null;
        }

        var word = _ring.AsSpan((int)(place % _ring.Length));
        return names.All[MemoryMarshal.Read<int>(word)].Read(word.Slice(Prefix, MemoryMarshal.Read<int>(word[sizeof(int)..])));
    }
}
