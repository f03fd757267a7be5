namespace Commerce.Catalog.Search;

/// <summary>A field with its values and how many products have each.</summary>
internal sealed record FacetField(FacetName Name, FacetValue[] Values);

/// <summary>A value and how many products have it.</summary>
/// <param name="Named">The value.</param>
/// <param name="Count">How many.</param>
internal readonly record struct FacetValue(NamedValue Named, int Count)
{
    /// <summary>The commonest first, equal ones by their names.</summary>
    public static int Compare(in FacetValue left, in FacetValue right) =>
        right.Count != left.Count ? right.Count.CompareTo(left.Count) : string.CompareOrdinal(left.Named.Value, right.Named.Value);
}

/// <summary>Counts values over the documents found. A field's own condition does not narrow its counts, so that a shopper sees what else there is.</summary>
internal sealed class FacetCounts : IDisposable
{
    private const int MaxFields = 12;
    private const int MaxValues = 30;
    private const int Many = 1_000;
    private const int Unasked = -2;

    private static readonly NamedValue[] s_availabilities = [.. Enumerable.Range(0, 4).Select(rank => NamedValue.Of(rank, Wire.Availabilities.OfRank(rank)))];

    private readonly SearchFilter _filter;
    private readonly FacetNames _names;
    private readonly FacetTally _tally;
    private readonly int _living;
    private readonly int[] _availability = new int[4];
    private readonly Dictionary<int, int> _fieldOfBit = [];
    private readonly bool[]? _closed;
    private readonly int[]? _seen;
    private int _open;
    private int _openLarge;

    /// <param name="filter">What is asked for.</param>
    /// <param name="names">The fields of values.</param>
    /// <param name="living">How many products there are.</param>
    public FacetCounts(SearchFilter filter, FacetNames names, int living)
    {
        (_filter, _names, _living, _open, _openLarge) = (filter, names, living, names.Rare.Fields, names.Rare.LargeFields);
        _tally = FacetTally.Rent();
        if (_open > 0)
        {
            (_closed, _seen) = (new bool[names.Fields], new int[names.Fields]);
        }

        foreach (var field in filter.Fields.Append("category"))
        {
            if (filter.BitOf(field) is > 0 and var bit)
            {
                _fieldOfBit[bit] = names.FieldNumber(field);
            }
        }
    }

    /// <summary>For how many each document counts that fails nothing.</summary>
    public int Times { get; set; } = 1;

    /// <summary>Counts a document.</summary>
    /// <param name="facets">Its values, as a <see cref="FacetColumn"/> keeps them.</param>
    /// <param name="price">Its price, or -1.</param>
    /// <param name="availability">Its availability.</param>
    /// <param name="failed">Which conditions it fails.</param>
    /// <param name="times">For how many documents it stands.</param>
    public void Add(ReadOnlySpan<ushort> facets, long price, byte availability, int failed, int times)
    {
        if (failed is 0 or SearchFilter.Price && price >= 0)
        {
            _tally.Prices.Add(price, times);
        }

        if (failed is 0 or SearchFilter.Stock)
        {
            _availability[Math.Min(availability, (byte)3)] += times;
        }

        if (failed == 0)
        {
            AddSparse(facets[_tally.AddCommon(facets, times)..], times);
            return;
        }

        // Failing a single condition still counts for that condition's field.
        var only = _fieldOfBit.GetValueOrDefault(failed, Unasked);
        if (only == Unasked)
        {
            return;
        }

        for (var at = 0; at < facets.Length;)
        {
            var facet = FacetColumn.Read(facets, ref at);
            if (facet >= FacetTally.Dense)
            {
                if (_open == 0)
                {
                    // They ascend, and of none that follows a count would be shown.
                    return;
                }

                AddSparse(facet, only, times);
            }
            else if (_names.FieldNumberOf(facet) == only)
            {
                _tally.Add(facet, times);
            }
        }
    }

    /// <summary>How many documents have a value, as far as it was counted.</summary>
    public int CountOf(int id) => _tally.CountOf(id);

    /// <summary>The fields that say most about what was found.</summary>
    public async ValueTask<IReadOnlyList<FacetField>> ToFieldsAsync(SearchConnection connection, FacetNames names, string currency, CancellationToken cancellationToken)
    {
        var (chosen, best) = Choose();
        var fields = new List<FacetField>(chosen.Count + 2);
        List<int>? unknown = null;
        for (var i = 0; i < chosen.Count; i++)
        {
            var values = new FacetValue[best[i].Count];
            for (var at = 0; at < values.Length; at++)
            {
                var id = best[i].IdAt(at);
                if (names.Remembered(id) is { } value)
                {
                    values[at] = new FacetValue(value, best[i].DocumentsAt(at));
                }
                else
                {
                    (unknown ??= []).Add(id);
                }
            }

            fields.Add(new FacetField(chosen[i], values));
        }

        if (unknown is not null)
        {
            Complete(fields, best, await names.ReadAsync(connection, unknown, cancellationToken));
        }

        foreach (var field in fields)
        {
            // All but in order: only equal ones may have to change their places.
            Sort(field.Values);
        }

        if (_tally.Prices.ToField(currency) is { } prices)
        {
            fields.Add(prices);
        }

        var availability = s_availabilities.Where(value => _availability[value.Id] > 0).Select(value => new FacetValue(value, _availability[value.Id])).ToArray();
        if (availability.Length > 0)
        {
            fields.Add(new FacetField(FacetName.Availability, availability));
        }

        return fields;
    }

    // Puts what had to be read into its places; what is gone leaves none.
    private static void Complete(List<FacetField> fields, Commonest[] best, Dictionary<int, NamedValue> read)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            var values = fields[i].Values;
            for (var at = 0; at < values.Length; at++)
            {
                if (values[at].Named is null && read.TryGetValue(best[i].IdAt(at), out var value))
                {
                    values[at] = new FacetValue(value, best[i].DocumentsAt(at));
                }
            }

            if (values.Any(static value => value.Named is null))
            {
                fields[i] = fields[i] with { Values = [.. values.Where(static value => value.Named is not null)] };
            }
        }
    }

    private static void Sort(FacetValue[] values)
    {
        for (var i = 1; i < values.Length; i++)
        {
            var value = values[i];
            var at = i;
            for (; at > 0 && FacetValue.Compare(value, values[at - 1]) < 0; at--)
            {
                values[at] = values[at - 1];
            }

            values[at] = value;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _tally.Return();

    private void AddSparse(ReadOnlySpan<ushort> facets, int times)
    {
        for (var at = 0; at < facets.Length && _open > 0;)
        {
            AddSparse(FacetColumn.Read(facets, ref at), -1, times);
        }
    }

    private void AddSparse(int facet, int only, int times)
    {
        if (_openLarge == 0 && !_names.Rare.MayBeListed(facet))
        {
            // Of a large field, and these are all closed: its name lies somewhere in megabytes.
            return;
        }

        var field = _names.FieldNumberOf(facet);
        if ((only != -1 && field != only) || _closed![field] || !_tally.AddSparse(facet, times))
        {
            return;
        }

        // A field with a value for nearly every product (a model, a part number) tells so many of them apart that it is not shown: its others need no count.
        if (++_seen![field] > MaxValues && _filter.BitOf(_names.FieldName(field)) == 0 && _names.SizeOf(field) > Many && _names.SizeOf(field) * 1.25 > _living)
        {
            _closed[field] = true;
            _open--;
            _openLarge -= _names.Rare.IsLarge(field) ? 1 : 0;
        }
    }

    // Fields with their commonest values, the most telling first.
    private (List<FacetName> Fields, Commonest[] Best) Choose()
    {
        var sums = new (int Values, long Documents)[_names.Fields];
        foreach (var id in _tally.Counted)
        {
            ref var sum = ref sums[_names.FieldNumberOf(id)];
            sum = (sum.Values + 1, sum.Documents + _tally.CountOf(id));
        }

        foreach (var (id, count) in _tally.Sparse)
        {
            ref var sum = ref sums[_names.FieldNumberOf(id)];
            sum = (sum.Values + 1, sum.Documents + count);
        }

        var useful = new List<(string Field, int Number, int Rank, double Usefulness)>();
        for (var number = 0; number < sums.Length; number++)
        {
            sums[number].Documents /= Times;
            if (sums[number].Values > 0 && _names.FieldName(number) is var field && (_filter.Fields.Contains(field) || TellsApart(sums[number])))
            {
                var rank = field == "category" || _filter.Fields.Contains(field) ? 0 : field == "attr.brand" ? 1 : 2;
                useful.Add((field, number, rank, -Usefulness(sums[number])));
            }
        }

        useful.Sort(static (left, right) =>
            (left.Rank, left.Field == "attr.brand" ? 0 : 1, left.Usefulness).CompareTo((right.Rank, right.Field == "attr.brand" ? 0 : 1, right.Usefulness)));
        var best = new Commonest[Math.Min(MaxFields, useful.Count)];
        var byNumber = new Commonest?[sums.Length];
        for (var i = 0; i < best.Length; i++)
        {
            byNumber[useful[i].Number] = best[i] = new Commonest(Math.Min(MaxValues, sums[useful[i].Number].Values));
        }

        foreach (var id in _tally.Counted)
        {
            byNumber[_names.FieldNumberOf(id)]?.Add(id, _tally.CountOf(id));
        }

        foreach (var (id, count) in _tally.Sparse)
        {
            byNumber[_names.FieldNumberOf(id)]?.Add(id, count);
        }

        return (useful[..best.Length].ConvertAll(field => _names.Name(field.Number)), best);
    }

    // Values that each name one product narrow nothing.
    private static bool TellsApart((int Values, long Documents) sum) => sum.Values <= MaxValues || sum.Documents > sum.Values + (sum.Values / 2);

    // A field is worth showing when many products have it and it tells them apart.
    private static double Usefulness((int Values, long Documents) sum) => sum.Values < 2 ? 0 : sum.Documents / Math.Sqrt(sum.Values);
}
