using System.Diagnostics.CodeAnalysis;

namespace Commerce.EventStore.Execution;

/// <summary>
/// The states of streams in bounded memory. A stream that has just begun is remembered apart, among few: most are orders that nobody comes back to for a while,
/// and they must neither push out what is sold again and again nor fill the memory with what is asked for once.
/// </summary>
/// <param name="capacity">Streams at the most.</param>
internal sealed class StreamStates(int capacity)
{
    private const int BegunShare = 8;

    private readonly RecentlyUsed<CachedStream> _known = new(capacity - (capacity / BegunShare));
    private readonly RecentlyUsed<CachedStream> _begun = new(capacity / BegunShare);

    public bool TryGet(Guid id, [MaybeNullWhen(false)] out CachedStream stream) => _known.TryGet(id, out stream) || _begun.TryGet(id, out stream);

    /// <summary>Remembers a stream that was read, or that went on.</summary>
    public void Set(Guid id, CachedStream stream)
    {
        _known.Set(id, stream);
        _begun.Remove(id);
    }

    /// <summary>Remembers a stream that has just begun. Who looked for it before it did may have remembered that there was none.</summary>
    public void Begin(Guid id, CachedStream stream)
    {
        _known.Remove(id);
        _begun.Set(id, stream);
    }

    public void Remove(Guid id)
    {
        _known.Remove(id);
        _begun.Remove(id);
    }
}
