using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Commerce.Catalog.Search;

/// <summary>A field with its values and how many products have each.</summary>
internal sealed record FacetField(string Field, IReadOnlyList<FacetValue> Values);

/// <summary>A value and how many products have it.</summary>
internal sealed record FacetValue(string Value, int Count)
{
    /// <summary>The value as answers have it, up to its count; null where it is not ready.</summary>
    public byte[]? Json { get; init; }
}

/// <summary>Counts values over the documents found. A field's own condition does not narrow its counts, so that a shopper sees what else there is.</summary>
internal sealed class FacetCounts : IDisposable
{
    private const int MaxFields = 12;
    private const int MaxValues = 30;
    private const int PriceSteps = 6;
    private const int MaxClean = 16;
    private const int Many = 1_000;

    // Common values come early and have small numbers; the many that hardly any product has are counted apart, since an array of all would be megabytes.
    private const int Dense = 1 << 15;

    // All zero: a search counts few of the values, so only these are wiped.
    private static readonly ConcurrentBag<int[]> Clean = [];

    private readonly SearchFilter _filter;
    private readonly FacetNames _names;
    private readonly int[] _counts;
    private readonly Dictionary<int, int> _rare = [];
    private readonly List<int>?[] _counted;
    private readonly bool[] _closed;
    private readonly int _living;
    private readonly int[] _availability = new int[4];
    private readonly List<long> _prices = [];
    private readonly Dictionary<int, int> _fieldOfBit = [];

    /// <param name="filter">What is asked for.</param>
    /// <param name="names">The fields of values.</param>
    /// <param name="living">How many products there are.</param>
    public FacetCounts(SearchFilter filter, FacetNames names, int living)
    {
        _living = living;
        _counted = new List<int>?[names.Fields];
        _closed = new bool[names.Fields];
        _filter = filter;
        _names = names;
        _counts = Clean.TryTake(out var clean) ? clean : new int[Dense];
        foreach (var field in filter.Fields.Append("category"))
        {
            if (filter.BitOf(field) is > 0 and var bit)
            {
                _fieldOfBit[bit] = names.FieldNumber(field);
            }
        }
    }

    /// <summary>Counts a document.</summary>
    public void Add(ReadOnlySpan<int> facets, long price, byte availability, int failed)
    {
        if (failed is 0 or SearchFilter.Price && price >= 0)
        {
            _prices.Add(price);
        }

        if (failed is 0 or SearchFilter.Stock)
        {
            _availability[Math.Min(availability, (byte)3)]++;
        }

        // Failing a single condition still counts for that condition's field.
        var only = failed == 0 ? -1 : _fieldOfBit.GetValueOrDefault(failed, -2);
        if (only == -2)
        {
            return;
        }

        foreach (var facet in facets)
        {
            var field = _names.FieldNumberOf(facet);
            if ((only == -1 || field == only) && !_closed[field] && Increment(facet) == 1)
            {
                Open(field, facet);
            }
        }
    }

    /// <summary>The fields that say most about what was found.</summary>
    public async Task<IReadOnlyList<FacetField>> ToFieldsAsync(SearchConnection connection, FacetNames names, string currency, CancellationToken cancellationToken)
    {
        var asked = _filter.Fields.ToHashSet(StringComparer.Ordinal);
        var useful = new List<(string Field, int Rank, double Usefulness, List<int> Ids)>();
        for (var number = 0; number < _counted.Length; number++)
        {
            if (_counted[number] is { } ids && names.FieldName(number) is var field && (asked.Contains(field) || TellsApart(ids)))
            {
                useful.Add((field, field == "category" || asked.Contains(field) ? 0 : field == "attr.brand" ? 1 : 2, -Usefulness(ids), ids));
            }
        }

        useful.Sort(static (left, right) =>
            (left.Rank, left.Field == "attr.brand" ? 0 : 1, left.Usefulness).CompareTo((right.Rank, right.Field == "attr.brand" ? 0 : 1, right.Usefulness)));
        var fields = new List<FacetField>(Math.Min(MaxFields, useful.Count) + 2);
        foreach (var (field, _, _, ids) in useful.Take(MaxFields))
        {
            var common = Commonest(ids);
            var values = await names.ValuesAsync(connection, common, cancellationToken);
            var shown = new List<FacetValue>(values.Length);
            for (var i = 0; i < values.Length; i++)
            {
                if (values[i] is { } value)
                {
                    shown.Add(new FacetValue(value.Value, CountOf(value.Id)) { Json = value.Json });
                }
            }

            shown.Sort(static (left, right) => right.Count != left.Count ? right.Count.CompareTo(left.Count) : string.CompareOrdinal(left.Value, right.Value));
            fields.Add(new FacetField(field, shown));
        }

        if (PriceField(currency) is { } prices)
        {
            fields.Add(prices);
        }

        var availability = Enumerable.Range(0, 4).Where(rank => _availability[rank] > 0).Select(rank => new FacetValue(Wire.Availabilities.OfRank(rank), _availability[rank])).ToList();
        if (availability.Count > 0)
        {
            fields.Add(new FacetField("availability", availability));
        }

        return fields;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var ids in _counted)
        {
            foreach (var id in ids ?? [])
            {
                if (id < Dense)
                {
                    _counts[id] = 0;
                }
            }
        }

        if (Clean.Count < MaxClean)
        {
            Clean.Add(_counts);
        }
    }

    private void Open(int field, int facet)
    {
        var ids = _counted[field] ??= [];
        ids.Add(facet);
        // A field with a value for nearly every product (a model, a part number) tells so many of them apart that it is not shown: its others need no count.
        if (ids.Count > MaxValues && _filter.BitOf(_names.FieldName(field)) == 0 && _names.SizeOf(field) > Many && _names.SizeOf(field) * 1.25 > _living)
        {
            _closed[field] = true;
        }
    }

    // The commonest values in order, the older of equal ones first.
    private List<int> Commonest(List<int> ids)
    {
        var (best, count) = (new long[MaxValues], 0);
        foreach (var id in ids)
        {
            var key = ((long)CountOf(id) << 32) | (uint)(int.MaxValue - id);
            if (count == MaxValues && key <= best[count - 1])
            {
                continue;
            }

            var at = count < MaxValues ? count++ : count - 1;
            while (at > 0 && best[at - 1] < key)
            {
                best[at] = best[at - 1];
                at--;
            }

            best[at] = key;
        }

        var commonest = new List<int>(count);
        for (var i = 0; i < count; i++)
        {
            commonest.Add(int.MaxValue - (int)(best[i] & int.MaxValue));
        }

        return commonest;
    }

    private int CountOf(int id) => id < Dense ? _counts[id] : _rare[id];

    private int Increment(int id)
    {
        if (id < Dense)
        {
            return ++_counts[id];
        }

        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_rare, id, out _);
        return ++count;
    }

    // Values that each name one product narrow nothing.
    private bool TellsApart(List<int> ids) => ids.Count <= MaxValues || SumOf(ids) > ids.Count + (ids.Count / 2);

    // A field is worth showing when many products have it and it tells them apart.
    private double Usefulness(List<int> ids) => ids.Count < 2 ? 0 : SumOf(ids) / Math.Sqrt(ids.Count);

    private long SumOf(List<int> ids)
    {
        var sum = 0L;
        foreach (var id in ids)
        {
            sum += CountOf(id);
        }

        return sum;
    }

    private FacetField? PriceField(string currency)
    {
        if (_prices.Count == 0)
        {
            return null;
        }

        var prices = CollectionsMarshal.AsSpan(_prices);
        prices.Sort();
        var minor = Minors.Of(currency);
        var edges = new List<long> { 0 };
        for (var step = 1; step < PriceSteps; step++)
        {
            var edge = Round(prices[(int)((long)prices.Length * step / PriceSteps)], minor);
            if (edge > edges[^1])
            {
                edges.Add(edge);
            }
        }

        var values = new List<FacetValue>();
        var at = 0;
        for (var i = 0; i < edges.Count; i++)
        {
            var count = 0;
            while (at < prices.Length && (i + 1 == edges.Count || prices[at] < edges[i + 1]))
            {
                at++;
                count++;
            }

            if (count > 0)
            {
                var until = i + 1 < edges.Count ? (edges[i + 1] / minor).ToString(CultureInfo.InvariantCulture) : "";
                values.Add(new FacetValue(string.Create(CultureInfo.InvariantCulture, $"{edges[i] / minor}-{until}"), count));
            }
        }

        return new FacetField("price", values);
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
}
