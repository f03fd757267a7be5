using System.Diagnostics.CodeAnalysis;

namespace Commerce.EventStore.Execution;

/// <summary>
/// What was used recently, by id, in bounded memory. Two generations bound it without a linked list: when the young one is full it becomes the old one,
/// and what nobody asked for since then is gone. Thread-safe.
/// </summary>
/// <param name="capacity">Entries at the most.</param>
internal sealed class RecentlyUsed<T>(int capacity)
{
    private readonly Lock _gate = new();
    private readonly int _generation = Math.Max(1, capacity / 2);
    private Dictionary<Guid, T> _young = [];
    private Dictionary<Guid, T> _old = [];

    public bool TryGet(Guid id, [MaybeNullWhen(false)] out T entry)
    {
        lock (_gate)
        {
            if (_young.TryGetValue(id, out entry))
            {
                return true;
            }

            if (_old.TryGetValue(id, out entry))
            {
                Add(id, entry);
                return true;
            }

            return false;
        }
    }

    public void Set(Guid id, T entry)
    {
        lock (_gate)
        {
            Add(id, entry);
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

    private void Add(Guid id, T entry)
    {
        if (_young.Count >= _generation && !_young.ContainsKey(id))
        {
            _old = _young;
            _young = new Dictionary<Guid, T>(_generation);
        }

        _young[id] = entry;
    }
}
