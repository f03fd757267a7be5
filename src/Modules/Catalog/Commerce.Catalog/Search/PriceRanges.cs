using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Commerce.Catalog.Search;

/// <summary>Counts prices in ranges that hold about as many products each.</summary>
internal sealed class PriceRanges
{
    private const int PriceSteps = 6;
    private const int MaxSample = 96;

    private (long Price, int Times)[] _prices = new (long, int)[256];
    private int _count;

    /// <summary>Takes a price in minor units that stands for so many.</summary>
    public void Add(long price, int times)
    {
        if (_count == _prices.Length)
        {
            Array.Resize(ref _prices, _count * 2);
        }

        _prices[_count++] = (price, times);
    }

    /// <summary>The ranges with how many products are in each, or null when nothing has a price.</summary>
    public FacetField? ToField(string currency)
    {
        if (_count == 0)
        {
            return null;
        }

        var minor = Minors.Of(currency);
        Span<long> room = stackalloc long[MaxSample];
        var sample = Sample(room);
        var edges = new List<long>(PriceSteps) { 0 };
        for (var step = 1; step < PriceSteps; step++)
        {
            var edge = Round(sample[(int)((long)sample.Length * step / PriceSteps)], minor);
            if (edge > edges[^1])
            {
                edges.Add(edge);
            }
        }

        Span<int> counts = stackalloc int[PriceSteps];
        counts.Clear();
        Span<long> ends = stackalloc long[PriceSteps];
        ends.Fill(long.MaxValue);
        CollectionsMarshal.AsSpan(edges)[1..].CopyTo(ends);
        foreach (var (price, times) in _prices.AsSpan(0, _count))
        {
            // Every end is compared, since which range a price is in cannot be foreseen and a wrong guess costs more.
            var range = 0;
            foreach (var end in ends)
            {
                range += price >= end ? 1 : 0;
            }

            counts[range] += times;
        }

        var values = new List<FacetValue>(edges.Count);
        for (var i = 0; i < edges.Count; i++)
        {
            if (counts[i] > 0)
            {
                var until = i + 1 < edges.Count ? (edges[i + 1] / minor).ToString(CultureInfo.InvariantCulture) : "";
                var range = string.Create(CultureInfo.InvariantCulture, $"{edges[i] / minor}-{until}");
                // Digits and a dash need no escapes.
                values.Add(new FacetValue(new NamedValue(0, range, Encoding.ASCII.GetBytes($"{{\"value\":\"{range}\",\"count\":")), counts[i]));
            }
        }

        return new FacetField(FacetName.Price, [.. values]);
    }

    // Edges are rounded, so some hundreds of the prices tell where they lie as well as all of them; what lies between is counted exactly.
    private Span<long> Sample(Span<long> room)
    {
        var sample = room[..Math.Min(_count, MaxSample)];
        for (var i = 0; i < sample.Length; i++)
        {
            sample[i] = _prices[(int)((long)_count * i / sample.Length)].Price;
        }

        sample.Sort();
        return sample;
    }

    // Two leading digits, in whole major units: people think in 50 and 120, not in 49.99.
    private static long Round(long amount, long minor)
    {
        var major = amount / minor;
        var unit = 1L;
        while (major / unit >= 100)
        {
            unit *= 10;
        }

        return (major + (unit / 2)) / unit * unit * minor;
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear() => _count = 0;
}
