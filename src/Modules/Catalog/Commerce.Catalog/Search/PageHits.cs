namespace Commerce.Catalog.Search;

/// <summary>The best of what was offered, as many as a page shows and one more: a heap whose top is the worst of them.</summary>
internal sealed class PageHits(int limit)
{
    private readonly Entry[] _heap = new Entry[limit + 1];
    private int _count;

    /// <summary>Whether a page and one more are there.</summary>
    public bool IsFull => _count == _heap.Length;

    /// <summary>The worst of them.</summary>
    public SearchPlace Worst => _heap[0].Place;

    /// <summary>Whether what has this key cannot come in any more.</summary>
    public bool IsBehind(double key) => IsFull && _heap[0].Place.Key < key;

    /// <summary>Takes one in that stands before the worst, or finds room.</summary>
    public void Add(SearchPlace place, float score, bool isFull, int segment, int row)
    {
        if (!IsFull)
        {
            _heap[_count] = new Entry(place, score, isFull, segment, row);
            Rise(_count++);
            return;
        }

        _heap[0] = new Entry(place, score, isFull, segment, row);
        Sink();
    }

    /// <summary>All of them, the best first.</summary>
    public List<SearchHit> ToList()
    {
        var entries = _heap.AsSpan(0, _count);
        entries.Sort(static (left, right) => left.Place.CompareTo(right.Place));
        var hits = new List<SearchHit>(_count);
        for (var i = 0; i < entries.Length; i++)
        {
            // A price or an order that arrives meanwhile can make one document stand in two places.
            if (!Holds(entries[..i], entries[i].Place.Product))
            {
                hits.Add(new SearchHit(entries[i].Place.Product, entries[i].Score, entries[i].IsFull, entries[i].Place, entries[i].Segment, entries[i].Row));
            }
        }

        return hits;
    }

    private static bool Holds(ReadOnlySpan<Entry> entries, Guid product)
    {
        foreach (ref readonly var entry in entries)
        {
            if (entry.Place.Product == product)
            {
                return true;
            }
        }

        return false;
    }

    private void Rise(int at)
    {
        for (var parent = (at - 1) / 2; at > 0 && _heap[at].Place.CompareTo(_heap[parent].Place) > 0; parent = (at - 1) / 2)
        {
            (_heap[at], _heap[parent]) = (_heap[parent], _heap[at]);
            at = parent;
        }
    }

    private void Sink()
    {
        for (var at = 0; ;)
        {
            var child = (2 * at) + 1;
            if (child >= _count)
            {
                return;
            }

            if (child + 1 < _count && _heap[child + 1].Place.CompareTo(_heap[child].Place) > 0)
            {
                child++;
            }

            if (_heap[child].Place.CompareTo(_heap[at].Place) <= 0)
            {
                return;
            }

            (_heap[at], _heap[child]) = (_heap[child], _heap[at]);
            at = child;
        }
    }

    private readonly record struct Entry(SearchPlace Place, float Score, bool IsFull, int Segment, int Row);
}
