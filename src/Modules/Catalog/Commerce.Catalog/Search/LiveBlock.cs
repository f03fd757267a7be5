namespace Commerce.Catalog.Search;

/// <summary>What changes of some thousand documents, by their numbers.</summary>
internal sealed class LiveBlock
{
    /// <summary>The bits of a document's number that tell its place.</summary>
    public const int Bits = 12;

    /// <summary>Documents of a block.</summary>
    public const int Size = 1 << Bits;

    private int[]?[] _more = [];
    private (long Cheapest, long Dearest)[] _bounds = [];

    public LiveBlock()
    {
        foreach (ref var values in Values.AsSpan())
        {
            values.Availability = LiveColumns.Absent;
        }
    }

    /// <summary>Documents that live.</summary>
    public int Living { get; set; }

    /// <summary>What stands together.</summary>
    public Places[] Values { get; } = new Places[Size];

    /// <summary>At most so popular is anything in it.</summary>
    public float MostPopular { get; set; }

    /// <summary>What its prices in a currency lie between; they may lie closer together, since a price that went leaves its mark.</summary>
    public (long Cheapest, long Dearest)? BoundsOf(int currency) => currency >= 0 && currency < _bounds.Length && _bounds[currency].Cheapest <= _bounds[currency].Dearest ? _bounds[currency] : null;

    /// <summary>A price that holds at any time, or -1.</summary>
    public long PriceOf(int currency, int at) => currency switch
    {
        0 => Values[at].First - 1L,
        1 => Values[at].Second - 1L,
        > 1 when currency - 2 < _more.Length && _more[currency - 2] is { } prices => prices[at] - 1L,
        _ => -1,
    };

    /// <summary>Forgets the prices of a document.</summary>
    public void ClearPrices(int at)
    {
        (Values[at].First, Values[at].Second) = (0, 0);
        foreach (var prices in _more)
        {
            if (prices is not null)
            {
                prices[at] = 0;
            }
        }
    }

    /// <summary>Keeps a price.</summary>
    public void SetPrice(int currency, int at, long amount)
    {
        if (currency >= _bounds.Length)
        {
            var known = _bounds.Length;
            Array.Resize(ref _bounds, currency + 1);
            Array.Fill(_bounds, (long.MaxValue, -1), known, currency + 1 - known);
        }

        if (currency - 2 >= _more.Length)
        {
            Array.Resize(ref _more, currency - 1);
        }

        ref var price = ref currency == 0 ? ref Values[at].First : ref currency == 1 ? ref Values[at].Second : ref (_more[currency - 2] ??= new int[Size])[at];
        price = (int)(amount + 1);
        _bounds[currency] = (Math.Min(_bounds[currency].Cheapest, amount), Math.Max(_bounds[currency].Dearest, amount));
    }

    // Together, since they are asked for together. Prices are the amount plus one, 0 for none; the first two currencies of a shop are those that are asked for.
    internal struct Places
    {
        public int First;
        public int Second;
        public float Popularity;
        public byte Availability;
    }
}
