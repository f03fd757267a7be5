namespace Commerce.Catalog.Search;

/// <summary>The commonest values of a field in order, the older of equal ones first.</summary>
internal sealed class Commonest(int most)
{
    private readonly long[] _best = new long[most];
    private int _count;

    /// <summary>Offers a value.</summary>
    public void Add(int id, int documents)
    {
        var key = ((long)documents << 32) | (uint)(int.MaxValue - id);
        if (_count == _best.Length && key <= _best[_count - 1])
        {
            return;
        }

        var at = _count < _best.Length ? _count++ : _count - 1;
        for (; at > 0 && _best[at - 1] < key; at--)
        {
            _best[at] = _best[at - 1];
        }

        _best[at] = key;
    }

    /// <summary>How many there are.</summary>
    public int Count => _count;

    /// <summary>The number of the value at a place.</summary>
    public int IdAt(int place) => int.MaxValue - (int)(_best[place] & int.MaxValue);

    /// <summary>How many documents have it.</summary>
    public int DocumentsAt(int place) => (int)(_best[place] >> 32);
}
