using System.Collections.Concurrent;
using System.Globalization;

namespace Commerce.Catalog.Search;

/// <summary>
/// What changes of a document while its words stay: whether it lives, its stock, popularity and prices. Kept by document number in blocks, since numbers are
/// never used again and old ones die out. One writer at a time, any number of readers.
/// </summary>
internal sealed class LiveColumns
{
    /// <summary>What the availability of a document that is not in the index reads as.</summary>
    public const byte Absent = 255;

    private const int BlockBits = 12;
    private const int BlockSize = 1 << BlockBits;

    private readonly ConcurrentDictionary<int, ScheduledOffer[]> _scheduled = [];
    private readonly ConcurrentDictionary<string, int> _currencies = new(StringComparer.Ordinal);
    private Block?[] _blocks = [];
    private float _mostPopular;
    private int _living;

    // Whether anything is scheduled, kept beside the dictionary: asking that takes all of its locks, and every price asks.
    private volatile bool _anyScheduled;

    /// <summary>The popularity of the most popular product.</summary>
    public float MostPopular => _mostPopular;

    /// <summary>Documents that live.</summary>
    public int Living => _living;

    /// <summary>Whether any price depends on the clock.</summary>
    public bool HasScheduled => _anyScheduled;

    /// <summary>Whether a document's prices depend on the clock.</summary>
    public bool IsScheduled(int doc) => _anyScheduled && _scheduled.ContainsKey(doc);

    /// <summary>Takes one row over.</summary>
    public void Apply(LiveRow row)
    {
        var number = row.Doc >> BlockBits;
        var at = row.Doc & (BlockSize - 1);
        if (_anyScheduled && _scheduled.TryRemove(row.Doc, out _))
        {
            _anyScheduled = !_scheduled.IsEmpty;
        }

        if (row.Dead)
        {
            Bury(number, at);
            return;
        }

        var block = BlockAt(number);
        block.Popularity[at] = row.Popularity;
        block.MostPopular = Math.Max(block.MostPopular, row.Popularity);
        _mostPopular = Math.Max(_mostPopular, row.Popularity);
        foreach (var prices in block.Prices)
        {
            if (prices is not null)
            {
                prices[at] = 0;
            }
        }

        ReadOffers(row, block, at);
        if (block.Availability[at] == Absent)
        {
            block.Living++;
            _living++;
        }

        // Last: what is seen as living has all its values.
        Volatile.Write(ref block.Availability[at], (byte)row.Availability);
    }

    /// <summary>Takes orders of a living document over.</summary>
    public void AddPopularity(int doc, float more)
    {
        if (Of(doc) is { } block)
        {
            var popularity = block.Popularity[doc & (BlockSize - 1)] + more;
            block.Popularity[doc & (BlockSize - 1)] = popularity;
            block.MostPopular = Math.Max(block.MostPopular, popularity);
            _mostPopular = Math.Max(_mostPopular, popularity);
        }
    }

    /// <summary>Whether the document is in the index.</summary>
    public bool Lives(int doc) => Availability(doc) != Absent;

    /// <summary>The rank of its availability, 0 for the best; <see cref="Absent"/> when it is not in the index.</summary>
    public byte Availability(int doc) => Of(doc) is { } block ? block.Availability[doc & (BlockSize - 1)] : Absent;

    /// <summary>Its popularity.</summary>
    public float Popularity(int doc) => Of(doc) is { } block ? block.Popularity[doc & (BlockSize - 1)] : 0;

    /// <summary>The number under which prices in a currency are kept, or -1 when nothing has one.</summary>
    public int CurrencyNumber(string currency) => _currencies.GetValueOrDefault(currency, -1);

    /// <summary>Its lowest price in minor units at a moment, or -1.</summary>
    public long Price(int doc, string currency, int currencyNumber, long now)
    {
        if (_anyScheduled && _scheduled.TryGetValue(doc, out var scheduled))
        {
            foreach (var offer in scheduled)
            {
                if (offer.Currency == currency && offer.From <= now && now < offer.Until)
                {
                    return offer.Amount;
                }
            }
        }

        return currencyNumber >= 0 && Of(doc) is { } block && currencyNumber < block.Prices.Length && block.Prices[currencyNumber] is { } prices ? prices[doc & (BlockSize - 1)] - 1 : -1;
    }

    /// <summary>Blocks with anything popular in them, and at most how popular; the most popular first.</summary>
    public IEnumerable<(int Number, float Most)> BlocksByPopularity() =>
        _blocks.Select((block, number) => (number, Most: block?.MostPopular ?? 0)).Where(block => block.Most > 0).OrderByDescending(block => block.Most);

    /// <summary>The documents of a block that have been ordered.</summary>
    public IEnumerable<int> PopularOf(int number)
    {
        var popularity = _blocks[number]?.Popularity ?? [];
        for (var at = 0; at < popularity.Length; at++)
        {
            if (popularity[at] > 0)
            {
                yield return (number << BlockBits) | at;
            }
        }
    }

    /// <summary>Blocks with prices in a currency, and the least key that any of them sorts by; in the order of these.</summary>
    public IEnumerable<(int Number, double Key)> BlocksByPrice(int currency, bool descends) =>
        _blocks.Select((block, number) => (number, Bounds: block?.BoundsOf(currency)))
            .Where(block => block.Bounds is not null)
            .Select(block => (block.number, Key: (double)(descends ? -block.Bounds!.Value.Dearest : block.Bounds!.Value.Cheapest)))
            .OrderBy(block => block.Key);

    /// <summary>The documents of a block that have an unscheduled price in a currency, and that price.</summary>
    public IEnumerable<(int Document, long Price)> PricedOf(int number, int currency)
    {
        var prices = _blocks[number] is { } block && currency < block.Prices.Length ? block.Prices[currency] ?? [] : [];
        for (var at = 0; at < prices.Length; at++)
        {
            if (prices[at] > 0 && (!_anyScheduled || !_scheduled.ContainsKey((number << BlockBits) | at)))
            {
                yield return ((number << BlockBits) | at, prices[at] - 1);
            }
        }
    }

    /// <summary>The documents whose prices depend on the clock.</summary>
    public IEnumerable<int> Scheduled() => _scheduled.Keys;

    private Block? Of(int doc)
    {
        var blocks = _blocks;
        var number = doc >> BlockBits;
        return number < blocks.Length ? blocks[number] : null;
    }

    private Block BlockAt(int number)
    {
        if (number >= _blocks.Length)
        {
            var longer = new Block?[Math.Max(number + 1, _blocks.Length * 2)];
            _blocks.CopyTo(longer, 0);
            Volatile.Write(ref _blocks, longer);
        }

        return _blocks[number] ??= new Block();
    }

    private void Bury(int number, int at)
    {
        if (number >= _blocks.Length || _blocks[number] is not { } block || block.Availability[at] == Absent)
        {
            return;
        }

        block.Availability[at] = Absent;
        _living--;
        if (--block.Living == 0)
        {
            // Nothing in it will live again, or a fresh block comes in its place: a catalogue that is written anew again and again does not grow.
            _blocks[number] = null;
        }
    }

    private void ReadOffers(LiveRow row, Block block, int at)
    {
        List<ScheduledOffer>? scheduled = null;
        foreach (var range in row.Offers.AsSpan().Split(';'))
        {
            var offer = row.Offers.AsSpan()[range];
            var colon = offer.IndexOf(':');
            if (colon < 0)
            {
                continue;
            }

            var currency = CurrencyOf(offer[..colon]);
            var rest = offer[(colon + 1)..];
            var next = rest.IndexOf(':');
            if (next < 0)
            {
                block.SetPrice(currency.Number, at, Number(rest));
            }
            else
            {
                var times = rest[(next + 1)..];
                var last = times.IndexOf(':');
                (scheduled ??= []).Add(new ScheduledOffer(currency.Code, Number(rest[..next]), Number(times[..last]), Number(times[(last + 1)..])));
            }
        }

        if (scheduled is not null)
        {
            _scheduled[row.Doc] = [.. scheduled];
            _anyScheduled = true;
        }
    }

    private (string Code, int Number) CurrencyOf(ReadOnlySpan<char> code)
    {
        foreach (var (known, number) in _currencies)
        {
            if (code.SequenceEqual(known))
            {
                return (known, number);
            }
        }

        var fresh = code.ToString();
        return (fresh, _currencies[fresh] = _currencies.Count);
    }

    private static long Number(ReadOnlySpan<char> text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private sealed class Block
    {
        private long[]?[] _prices = [];
        private (long Cheapest, long Dearest)[] _bounds = [];

        public Block() => Array.Fill(Availability, Absent);

        public int Living { get; set; }

        public byte[] Availability { get; } = new byte[BlockSize];

        public float[] Popularity { get; } = new float[BlockSize];

        /// <summary>By number of the currency: the amount plus one, 0 for none.</summary>
        public long[]?[] Prices => _prices;

        /// <summary>At most so popular is anything in it.</summary>
        public float MostPopular { get; set; }

        /// <summary>What its prices in a currency lie between; they may lie closer together, since a price that went leaves its mark.</summary>
        public (long Cheapest, long Dearest)? BoundsOf(int currency) => currency >= 0 && currency < _bounds.Length && _bounds[currency].Cheapest <= _bounds[currency].Dearest ? _bounds[currency] : null;

        public void SetPrice(int currency, int at, long amount)
        {
            if (currency >= _prices.Length)
            {
                var known = _bounds.Length;
                Array.Resize(ref _bounds, currency + 1);
                Array.Fill(_bounds, (long.MaxValue, -1), known, currency + 1 - known);
                Array.Resize(ref _prices, currency + 1);
            }

            var prices = _prices[currency] ??= new long[BlockSize];
            prices[at] = amount + 1;
            _bounds[currency] = (Math.Min(_bounds[currency].Cheapest, amount), Math.Max(_bounds[currency].Dearest, amount));
        }
    }

    private sealed record ScheduledOffer(string Currency, long Amount, long From, long Until);
}

/// <summary>A row of <c>search_docs</c>, with the popularity of its product.</summary>
internal sealed record LiveRow(int Doc, Guid ProductId, bool Dead, short Availability, float Popularity, string Offers);
