using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Commerce.ReadModels;

/// <summary>
/// The memory level: a concurrent map whose reads take no lock, bounded by bytes. Eviction is a clock: one hand goes round over the map, clears the mark of
/// entries that were read since it last passed and takes those that were not, so a read costs one write of a flag at the most.
/// </summary>
internal sealed class CacheMemory(long limit)
{
    // Beside body and key: the entry's objects, the map's node and bucket.
    private const int Overhead = 256;

    private readonly ConcurrentDictionary<string, CacheSlot> _slots = new(StringComparer.Ordinal);
    private readonly Lock _evicting = new();
    private IEnumerator<KeyValuePair<string, CacheSlot>>? _hand;
    private long _bytes;
    private long _evicted;

    public long Bytes => Interlocked.Read(ref _bytes);

    public long Evicted => Interlocked.Read(ref _evicted);

    public int Count => _slots.Count;

    public static int CostOf(string key, CacheEntry? entry) => Overhead + (2 * key.Length) + (entry is null ? 0 : entry.Body.Length + (2 * entry.ETag.Length));

    public bool TryGet(string key, [NotNullWhen(true)] out CacheSlot? slot) => _slots.TryGetValue(key, out slot);

    /// <summary>Puts a fill where there was nothing, or where an entry stood that is not good enough.</summary>
    public bool TryBegin(string key, CacheSlot? instead, Flight flight)
    {
        if (instead is null)
        {
            return _slots.TryAdd(key, flight);
        }

        if (!_slots.TryUpdate(key, flight, instead))
        {
            return false;
        }

        Forget(instead);
        return true;
    }

    /// <summary>Puts the entry in the place of its fill; false when the fill was dropped meanwhile, and the entry with it.</summary>
    public bool TryLand(string key, Flight flight, HeldEntry entry, long now)
    {
        // On the account before it is in the map: an eviction that finds it there may take it off at once.
        Interlocked.Add(ref _bytes, entry.Cost);
        if (!_slots.TryUpdate(key, entry, flight))
        {
            Forget(entry);
            return false;
        }

        if (Bytes > limit)
        {
            Evict(now);
        }

        return true;
    }

    /// <summary>Puts an entry that was read anew in the place of the former one; false when that was dropped meanwhile, and the new one with it.</summary>
    public bool TryRenew(string key, HeldEntry former, HeldEntry entry, long now)
    {
        Interlocked.Add(ref _bytes, entry.Cost);
        if (!_slots.TryUpdate(key, entry, former))
        {
            Forget(entry);
            return false;
        }

        Forget(former);
        if (Bytes > limit)
        {
            Evict(now);
        }

        return true;
    }

    /// <summary>Takes a fill out that leaves nothing behind; false when it was dropped before.</summary>
    public bool TryEnd(string key, Flight flight) => _slots.TryRemove(new KeyValuePair<string, CacheSlot>(key, flight));

    /// <summary>Drops whatever stands under a key, a fill under way included: what that reads is not kept.</summary>
    public void Drop(string key)
    {
        if (_slots.TryRemove(key, out var slot))
        {
            Forget(slot);
        }
    }

    public void Clear()
    {
        foreach (var (key, _) in _slots)
        {
            Drop(key);
        }
    }

    private void Forget(CacheSlot slot)
    {
        if (slot is HeldEntry entry && entry.Release())
        {
            Interlocked.Add(ref _bytes, -entry.Cost);
        }
    }

    private void Evict(long now)
    {
        // One thread goes round; the others' entries wait over the limit for as long as that takes.
        if (!_evicting.TryEnter())
        {
            return;
        }

        try
        {
            // Some room below the limit, so that the hand moves once for many entries.
            var target = limit - (limit / 16);
            for (var rounds = 0; Bytes > target && rounds < 3;)
            {
                if (_hand is null || !_hand.MoveNext())
                {
                    _hand?.Dispose();
                    _hand = _slots.GetEnumerator();
                    rounds++;
                    continue;
                }

                var (key, slot) = _hand.Current;
                if (slot is not HeldEntry entry)
                {
                    continue;
                }

                if (entry.Touched && entry.Expires > now)
                {
                    entry.Touched = false;
                }
                else if (_slots.TryRemove(new KeyValuePair<string, CacheSlot>(key, entry)))
                {
                    Forget(entry);
                    Interlocked.Increment(ref _evicted);
                }
            }
        }
        finally
        {
            _evicting.Exit();
        }
    }
}
