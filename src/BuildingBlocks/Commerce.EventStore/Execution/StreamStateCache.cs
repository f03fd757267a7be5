namespace Commerce.EventStore.Execution;

/// <summary>
/// States of recently used streams. Two generations bound it without a linked list: when the young one is full it becomes the old one, and what
/// nobody asked for since then is gone.
/// </summary>
internal sealed class StreamStateCache(int capacity)
{
    private readonly Lock _gate = new();
    private readonly int _generation = Math.Max(1, capacity / 2);
    private Dictionary<Guid, CachedStream> _young = [];
    private Dictionary<Guid, CachedStream> _old = [];

    public bool TryGet(Guid id, out CachedStream stream)
    {
        lock (_gate)
        {
            if (_young.TryGetValue(id, out stream))
            {
                return true;
            }

            if (_old.TryGetValue(id, out stream))
            {
                Add(id, stream);
                return true;
            }

            return false;
        }
    }

    public void Set(Guid id, CachedStream stream)
    {
        lock (_gate)
        {
            Add(id, stream);
        }
    }

    public void Remove(Guid id)
    {
        lock (_gate)
        {
            _young.Remove(id);
            _old.Remove(id);
        }
    }

    private void Add(Guid id, CachedStream stream)
    {
        if (_young.Count >= _generation && !_young.ContainsKey(id))
        {
            _old = _young;
            _young = new Dictionary<Guid, CachedStream>(_generation);
        }

        _young[id] = stream;
    }
}

/// <summary>A stream's state at a version.</summary>
/// <param name="State">The aggregate.</param>
/// <param name="Version">Its number of events.</param>
/// <param name="IsArchived">Whether appends are refused.</param>
internal readonly record struct CachedStream(object State, long Version, bool IsArchived);
