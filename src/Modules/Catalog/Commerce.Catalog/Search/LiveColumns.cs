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

    // Prices below this are kept in four bytes.
    private const long MaxPlain = int.MaxValue;

    private readonly ConcurrentDictionary<int, ScheduledOffer[]> _scheduled = [];
    private readonly ConcurrentDictionary<string, int> _currencies = new(StringComparer.Ordinal);
    private LiveBlock?[] _blocks = [];
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
        var number = row.Doc >> LiveBlock.Bits;
        var at = row.Doc & (LiveBlock.Size - 1);
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
        ref var values = ref block.Values[at];
        values.Popularity = row.Popularity;
        block.MostPopular = Math.Max(block.MostPopular, row.Popularity);
        _mostPopular = Math.Max(_mostPopular, row.Popularity);
        block.ClearPrices(at);
        ReadOffers(row, block, at);
        if (values.Availability == Absent)
        {
            block.Living++;
            _living++;
        }

        // Last: what is seen as living has all its values.
        Volatile.Write(ref values.Availability, (byte)row.Availability);
    }

    /// <summary>Takes orders of a living document over.</summary>
    public void AddPopularity(int doc, float more)
    {
        if (Of(doc) is { } block)
        {
            ref var values = ref block.Values[doc & (LiveBlock.Size - 1)];
            var popularity = values.Popularity + more;
            values.Popularity = popularity;
            block.MostPopular = Math.Max(block.MostPopular, popularity);
            _mostPopular = Math.Max(_mostPopular, popularity);
        }
    }

    /// <summary>Whether the document is in the index.</summary>
    public bool Lives(int doc) => Availability(doc) != Absent;

    /// <summary>The rank of its availability, 0 for the best; <see cref="Absent"/> when it is not in the index.</summary>
    public byte Availability(int doc) => Of(doc) is { } block ? block.Values[doc & (LiveBlock.Size - 1)].Availability : Absent;

    /// <summary>Its popularity.</summary>
    public float Popularity(int doc) => Of(doc) is { } block ? block.Values[doc & (LiveBlock.Size - 1)].Popularity : 0;

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

        return Of(doc) is { } block ? block.PriceOf(currencyNumber, doc & (LiveBlock.Size - 1)) : -1;
    }

    /// <summary>All values of a document at once: one look for its block instead of three.</summary>
    public LiveValues ValuesOf(int doc, string currency, int currencyNumber, long now)
    {
        if (Of(doc) is not { } block)
        {
            return new LiveValues(Absent, 0, -1);
        }

        var at = doc & (LiveBlock.Size - 1);
        var price = _anyScheduled ? Price(doc, currency, currencyNumber, now) : block.PriceOf(currencyNumber, at);
        ref readonly var values = ref block.Values[at];
        return new LiveValues(values.Availability, values.Popularity, price);
    }

    /// <summary>Looks at what some documents have, so that it is near when it is read.</summary>
    public int Touch(ReadOnlySpan<int> documents)
    {
        var (blocks, sum) = (_blocks, 0);
        foreach (var document in documents)
        {
            var number = document >> LiveBlock.Bits;
            sum += number < blocks.Length && blocks[number] is { } block ? block.Values[document & (LiveBlock.Size - 1)].Availability : 0;
        }

        return sum;
    }

    /// <summary>All values of many documents, one column after the other.</summary>
    public void Read(ReadOnlySpan<int> documents, Span<LiveValues> values, string currency, int currencyNumber, long now)
    {
        for (var i = 0; i < documents.Length; i++)
        {
            values[i] = ValuesOf(documents[i], currency, currencyNumber, now);
        }
    }

    /// <summary>Blocks with anything popular in them, and at most how popular; the most popular first.</summary>
    public IEnumerable<(int Number, float Most)> BlocksByPopularity() =>
        _blocks.Select((block, number) => (number, Most: block?.MostPopular ?? 0)).Where(block => block.Most > 0).OrderByDescending(block => block.Most);

    /// <summary>The documents of a block that have been ordered.</summary>
    public IEnumerable<int> PopularOf(int number)
    {
        var values = _blocks[number]?.Values ?? [];
        for (var at = 0; at < values.Length; at++)
        {
            if (values[at].Popularity > 0)
            {
                yield return (number << LiveBlock.Bits) | at;
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
        if (_blocks[number] is { } block)
        {
            for (var at = 0; at < LiveBlock.Size; at++)
            {
                if (block.PriceOf(currency, at) is >= 0 and var price && (!_anyScheduled || !_scheduled.ContainsKey((number << LiveBlock.Bits) | at)))
                {
                    yield return ((number << LiveBlock.Bits) | at, price);
                }
            }
        }
    }

    /// <summary>The documents whose prices depend on the clock.</summary>
    public IEnumerable<int> Scheduled() => _scheduled.Keys;

    private LiveBlock? Of(int doc)
    {
        var blocks = _blocks;
        var number = doc >> LiveBlock.Bits;
        return number < blocks.Length ? blocks[number] : null;
    }

    private LiveBlock BlockAt(int number)
    {
        if (number >= _blocks.Length)
        {
            var longer = new LiveBlock?[Math.Max(number + 1, _blocks.Length * 2)];
            _blocks.CopyTo(longer, 0);
            Volatile.Write(ref _blocks, longer);
        }

        return _blocks[number] ??= new LiveBlock();
    }

    private void Bury(int number, int at)
    {
        if (number >= _blocks.Length || _blocks[number] is not { } block || block.Values[at].Availability == Absent)
        {
            return;
        }

        block.Values[at].Availability = Absent;
        _living--;
        if (--block.Living == 0)
        {
            // Nothing in it will live again, or a fresh block comes in its place: a catalogue that is written anew again and again does not grow.
            _blocks[number] = null;
        }
    }

    private void ReadOffers(LiveRow row, LiveBlock block, int at)
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
            if (next < 0 && Number(rest) is < MaxPlain and var amount)
            {
                block.SetPrice(currency.Number, at, amount);
            }
            else if (next < 0)
            {
                // Rare enough to be kept with those that hold for a time, as one that holds for ever.
                (scheduled ??= []).Add(new ScheduledOffer(currency.Code, Number(rest), long.MinValue, long.MaxValue));
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

    private sealed record ScheduledOffer(string Currency, long Amount, long From, long Until);
}

/// <summary>What changes of a document, at a moment.</summary>
/// <param name="Availability">The rank of its availability.</param>
/// <param name="Popularity">Its popularity.</param>
/// <param name="Price">Its lowest price in minor units, or -1.</param>
internal readonly record struct LiveValues(byte Availability, float Popularity, long Price);

/// <summary>A row of <c>search_docs</c>, with the popularity of its product.</summary>
internal sealed record LiveRow(int Doc, Guid ProductId, bool Dead, short Availability, float Popularity, string Offers);
