using System.Collections.Concurrent;
using System.Globalization;

namespace Commerce.Catalog.Search;

/// <summary>
/// What changes of a document while its words stay: whether it lives, its stock, popularity and prices. Kept by document number in blocks, since numbers are
/// never used again and old ones die out.
/// </summary>
internal sealed class LiveColumns
{
    private const int BlockBits = 12;
    private const int BlockSize = 1 << BlockBits;
    private const byte Absent = 255;

    private readonly ConcurrentDictionary<int, Block> _blocks = [];
    private readonly ConcurrentDictionary<int, ScheduledOffer[]> _scheduled = [];
    private float _mostPopular;

    /// <summary>The popularity of the most popular product.</summary>
    public float MostPopular => _mostPopular;

    /// <summary>Takes one row over.</summary>
    public void Apply(LiveRow row)
    {
        var block = _blocks.GetOrAdd(row.Doc >> BlockBits, static _ => new Block());
        var at = row.Doc & (BlockSize - 1);
        _scheduled.TryRemove(row.Doc, out _);
        if (row.Dead)
        {
            block.Availability[at] = Absent;
            return;
        }

        block.Popularity[at] = row.Popularity;
        _mostPopular = Math.Max(_mostPopular, row.Popularity);
        foreach (var prices in block.Prices.Values)
        {
            prices[at] = 0;
        }

        var scheduled = new List<ScheduledOffer>();
        foreach (var offer in row.Offers.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = offer.Split(':');
            var amount = Number(parts[1]);
            if (parts.Length == 2)
            {
                block.Prices.GetOrAdd(parts[0], static _ => new long[BlockSize])[at] = amount + 1;
            }
            else
            {
                scheduled.Add(new ScheduledOffer(parts[0], amount, Number(parts[2]), Number(parts[3])));
            }
        }

        if (scheduled.Count > 0)
        {
            _scheduled[row.Doc] = [.. scheduled];
        }

        // Last: what is seen as living has all its values.
        block.Availability[at] = (byte)row.Availability;
    }

    /// <summary>Whether the document is in the index.</summary>
    public bool Lives(int doc) => Availability(doc) != Absent;

    /// <summary>The rank of its availability, 0 for the best.</summary>
    public byte Availability(int doc) => _blocks.TryGetValue(doc >> BlockBits, out var block) ? block.Availability[doc & (BlockSize - 1)] : Absent;

    /// <summary>Its popularity.</summary>
    public float Popularity(int doc) => _blocks.TryGetValue(doc >> BlockBits, out var block) ? block.Popularity[doc & (BlockSize - 1)] : 0;

    /// <summary>Its lowest price in minor units at a moment, or -1.</summary>
    public long Price(int doc, string currency, long now)
    {
        if (!_scheduled.IsEmpty && _scheduled.TryGetValue(doc, out var scheduled))
        {
            foreach (var offer in scheduled)
            {
                if (offer.Currency == currency && offer.From <= now && now < offer.Until)
                {
                    return offer.Amount;
                }
            }
        }

        return _blocks.TryGetValue(doc >> BlockBits, out var block) && block.Prices.TryGetValue(currency, out var prices) ? prices[doc & (BlockSize - 1)] - 1 : -1;
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private sealed class Block
    {
        public Block() => Array.Fill(Availability, Absent);

        public byte[] Availability { get; } = new byte[BlockSize];

        public float[] Popularity { get; } = new float[BlockSize];

        /// <summary>By currency: the amount plus one, 0 for none.</summary>
        public ConcurrentDictionary<string, long[]> Prices { get; } = new(StringComparer.Ordinal);
    }

    private sealed record ScheduledOffer(string Currency, long Amount, long From, long Until);
}

/// <summary>A row of <c>search_docs</c>.</summary>
internal sealed record LiveRow(int Doc, bool Dead, short Availability, float Popularity, string Offers);
