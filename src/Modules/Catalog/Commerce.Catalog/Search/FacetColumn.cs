namespace Commerce.Catalog.Search;

/// <summary>
/// The facet values of a segment's documents, of each in ascending order. A common value, whose number is below <see cref="FacetTally.Dense"/>, takes two
/// bytes; any other takes four: its upper half with the first bit set, then its lower half. Where the values of a document begin is kept in two bytes, from
/// where those of its group of documents do: all of these are near one another in memory, whichever documents are asked for.
/// </summary>
internal sealed class FacetColumn
{
    private const ushort Rare = FacetTally.Dense;

    // The bits of a place that tell it within its group. A document has at most so many values that a group's fit into two bytes.
    private const int GroupBits = 4;

    private readonly int[] _groups;
    private readonly ushort[] _starts;
    private readonly ushort[] _codes;

    private FacetColumn(int[] groups, ushort[] starts, ushort[] codes) => (_groups, _starts, _codes) = (groups, starts, codes);

    /// <summary>A column of values.</summary>
    /// <param name="counts">How many each document has.</param>
    /// <param name="values">The values of all documents, one after the other.</param>
    public static FacetColumn Of(ReadOnlySpan<ushort> counts, ReadOnlySpan<int> values)
    {
        var length = values.Length;
        foreach (var value in values)
        {
            length += value < FacetTally.Dense ? 0 : 1;
        }

        var (groups, starts, codes, read, written) = (new int[(counts.Length >> GroupBits) + 1], new ushort[counts.Length + 1], new ushort[length], 0, 0);
        for (var place = 0; place < counts.Length; place++)
        {
            Begin(place, written);
            foreach (var value in values.Slice(read, counts[place]))
            {
                if (value >= FacetTally.Dense)
                {
                    codes[written++] = (ushort)(Rare | (value >> 16));
                }

                codes[written++] = (ushort)(value & ushort.MaxValue);
            }

            read += counts[place];
        }

        Begin(counts.Length, written);
        return new FacetColumn(groups, starts, codes);

        void Begin(int place, int at)
        {
            var group = place >> GroupBits;
            if (place == group << GroupBits)
            {
                groups[group] = at;
            }

            starts[place] = checked((ushort)(at - groups[group]));
        }
    }

    /// <summary>The values of a document as they are kept.</summary>
    public ReadOnlySpan<ushort> CodesOf(int place) => CodesAt(At(place));

    /// <summary>Where the values of a document are.</summary>
    public (int Start, int Length) At(int place)
    {
        var start = StartOf(place);
        return (start, StartOf(place + 1) - start);
    }

    /// <summary>The values that are at a place, as they are kept.</summary>
    public ReadOnlySpan<ushort> CodesAt((int Start, int Length) at) => _codes.AsSpan(at.Start, at.Length);

    /// <summary>Looks at what some documents have, so that it is near when it is counted.</summary>
    public int Touch(ReadOnlySpan<(int Start, int Length)> documents)
    {
        var (codes, sum) = (_codes, 0);
        foreach (var (start, length) in documents)
        {
            sum += length > 0 ? codes[start] + codes[start + length - 1] : 0;
        }

        return sum;
    }

    /// <summary>Reads the value at a place of a document's codes, and goes on behind it.</summary>
    public static int Read(ReadOnlySpan<ushort> codes, ref int at)
    {
        int code = codes[at++];
        return code < Rare ? code : ((code & (Rare - 1)) << 16) | codes[at++];
    }

    /// <summary>The values of a document.</summary>
    public List<int> ValuesOf(int place)
    {
        var codes = CodesOf(place);
        var values = new List<int>(codes.Length);
        for (var at = 0; at < codes.Length;)
        {
            values.Add(Read(codes, ref at));
        }

        return values;
    }

    /// <summary>The places of the documents that have a value.</summary>
    public ushort[] PlacesOf(int value)
    {
        var places = new List<ushort>();
        var place = 0;
        // What looks like it may be half of another value.
        for (var at = 0; _codes.AsSpan(at).IndexOf((ushort)(value & ushort.MaxValue)) is >= 0 and var found;)
        {
            at += found;
            while (StartOf(place + 1) <= at)
            {
                place++;
            }

            if (Has(place, value))
            {
                places.Add((ushort)place);
            }

            at = StartOf(++place);
        }

        return [.. places];
    }

    private int StartOf(int place) => _groups[place >> GroupBits] + _starts[place];

    private bool Has(int place, int value)
    {
        var codes = CodesOf(place);
        for (var at = 0; at < codes.Length;)
        {
            if (Read(codes, ref at) == value)
            {
                return true;
            }
        }

        return false;
    }
}
