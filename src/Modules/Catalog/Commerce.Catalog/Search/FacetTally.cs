using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Commerce.Catalog.Search;

/// <summary>How many documents have each facet value: an array for the common values, which come early and have small numbers, a map for the many others.</summary>
internal sealed class FacetTally
{
    /// <summary>Values below this number are counted in an array; one for all of them would be megabytes.</summary>
    public const int Dense = 1 << 15;

    // As many as threads search at once.
    private static readonly int s_most = Environment.ProcessorCount * 2;
    private static readonly ConcurrentBag<FacetTally> s_idle = [];

    private readonly int[] _counts = new int[Dense];
    private readonly Dictionary<int, int> _sparse = [];
    private int[] _counted = new int[256];
    private int _length;

    private FacetTally()
    {
    }

    /// <summary>An empty one.</summary>
    public static FacetTally Rent() => s_idle.TryTake(out var idle) ? idle : new FacetTally();

    /// <summary>Gives it back. A search counts few of the values, so only these are wiped.</summary>
    public void Return()
    {
        foreach (var id in _counted.AsSpan(0, _length))
        {
            _counts[id] = 0;
        }

        _length = 0;
        _sparse.Clear();
        Prices.Clear();
        if (s_idle.Count < s_most)
        {
            s_idle.Add(this);
        }
    }

    /// <summary>Counts one of the common values.</summary>
    public void Add(int id, int times)
    {
        ref var count = ref _counts[id];
        if (count == 0)
        {
            Open(id);
        }

        count = unchecked(count + times);
    }

    /// <summary>Counts the common ones among the values of a <see cref="FacetColumn"/>, which come first; returns how many these are.</summary>
    public int AddCommon(ReadOnlySpan<ushort> ids, int times)
    {
        var counts = _counts;
        for (var i = 0; i < ids.Length; i++)
        {
            var id = ids[i];
            if (id >= counts.Length)
            {
                return i;
            }

            if (counts[id] == 0)
            {
                Open(id);
            }

            counts[id] = unchecked(counts[id] + times);
        }

        return ids.Length;
    }

    /// <summary>Counts one of the others; true when it was not counted before.</summary>
    public bool AddSparse(int id, int times)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_sparse, id, out var known);
        count += times;
        return !known;
    }

    /// <summary>The prices that were counted.</summary>
    public PriceRanges Prices { get; } = new();

    /// <summary>How many have a value.</summary>
    public int CountOf(int id) => id < Dense ? _counts[id] : _sparse.GetValueOrDefault(id);

    /// <summary>The common values that were counted.</summary>
    public ReadOnlySpan<int> Counted => _counted.AsSpan(0, _length);

    /// <summary>The others with their counts.</summary>
    public Dictionary<int, int> Sparse => _sparse;

    private void Open(int id)
    {
        if (_length == _counted.Length)
        {
            Array.Resize(ref _counted, _length * 2);
        }

        _counted[_length++] = id;
    }
}
