namespace Commerce.Catalog.Search;

/// <summary>
/// The facet values of a segment's documents, of each in ascending order. A common value, whose number is below <see cref="FacetTally.Dense"/>, takes two
/// bytes; any other takes four: its upper half with the first bit set, then its lower half.
/// </summary>
internal sealed class FacetColumn
{
    private const ushort Rare = FacetTally.Dense;

    private readonly int[] _starts;
    private readonly ushort[] _codes;

    private FacetColumn(int[] starts, ushort[] codes) => (_starts, _codes) = (starts, codes);

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

        var (starts, codes, read, written) = (new int[counts.Length + 1], new ushort[length], 0, 0);
        for (var place = 0; place < counts.Length; place++)
        {
            foreach (var value in values.Slice(read, counts[place]))
            {
                if (value >= FacetTally.Dense)
                {
                    codes[written++] = (ushort)(Rare | (value >> 16));
                }

                codes[written++] = (ushort)(value & ushort.MaxValue);
            }

            read += counts[place];
            starts[place + 1] = written;
        }

        return new FacetColumn(starts, codes);
    }

    /// <summary>The values of a document as they are kept.</summary>
    public ReadOnlySpan<ushort> CodesOf(int place) => _codes.AsSpan(_starts[place], _starts[place + 1] - _starts[place]);

    /// <summary>Looks at what a document has, so that it is near when it is counted.</summary>
    public int Touch(int place)
    {
        var codes = CodesOf(place);
        return codes.Length > 0 ? codes[0] ^ codes[^1] : 0;
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
            while (_starts[place + 1] <= at)
            {
                place++;
            }

            if (Has(place, value))
            {
                places.Add((ushort)place);
            }

            at = _starts[++place];
        }

        return [.. places];
    }

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
