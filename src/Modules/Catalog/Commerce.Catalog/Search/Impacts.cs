namespace Commerce.Catalog.Search;

/// <summary>
/// The documents of one segment that have a term, as searches need them: places, ascending, and how much each document says the term. What a document says
/// depends on nothing that a query asks, so it is computed once, when the postings are read: a search then goes through two short columns and looks at no
/// document that it does not keep.
/// </summary>
internal sealed class Impacts
{
    /// <summary>What one step of a value is worth.</summary>
    public const float Step = 1f / ushort.MaxValue;

    // The object, its two arrays and its share of the list of a term.
    private const int Overhead = 96;

    private Impacts(ushort[] places, ushort[] values)
    {
        Places = places;
        Values = values;
    }

    /// <summary>No document at all.</summary>
    public static Impacts None { get; } = new([], []);

    /// <summary>Places within the segment, ascending.</summary>
    public ushort[] Places { get; }

    /// <summary>How much each says the term, in steps; empty for pieces of letters, of which only the presence counts.</summary>
    public ushort[] Values { get; }

    /// <summary>Bytes in memory, about.</summary>
    public int Size => this == None ? 8 : Overhead + (2 * (Places.Length + Values.Length));

    /// <summary>Of places alone.</summary>
    public static Impacts Of(ushort[] places) => new(places, []);

    /// <summary>From the stored form.</summary>
    /// <param name="body">The stored postings.</param>
    /// <param name="norms">What lengths count for, or null for a term of which only the presence counts.</param>
    /// <param name="lengths">The lengths of the segment's documents.</param>
    public static Impacts Read(ReadOnlySpan<byte> body, LengthNorms? norms, byte[] lengths)
    {
        var at = 0;
        var count = Postings.ReadNumber(body, ref at);
        var places = new ushort[count];
        var last = -1;
        foreach (ref var place in places.AsSpan())
        {
            last += Postings.ReadNumber(body, ref at) + 1;
            place = checked((ushort)last);
        }

        if (norms is null)
        {
            return new Impacts(places, []);
        }

        var values = new ushort[count];
        for (var i = 0; i < count; i++)
        {
            // Never nothing: the document has it.
            var presence = norms.Presence(body[at + i], lengths.AsSpan(places[i] * Fields.Lengths, Fields.Count));
            values[i] = (ushort)Math.Clamp((presence * ushort.MaxValue) + 0.5f, 1, ushort.MaxValue);
        }

        return new Impacts(places, values);
    }
}

/// <summary>A term in all segments of a snapshot.</summary>
/// <param name="Segments">The segments; an entry of other segments is not good as it is.</param>
/// <param name="Norms">What lengths counted for.</param>
/// <param name="BySegment">By the segments' places in the snapshot.</param>
internal sealed record TermImpacts(IReadOnlyList<Segment> Segments, LengthNorms Norms, Impacts[] BySegment)
{
    /// <summary>Documents that have the term.</summary>
    public int Documents { get; } = BySegment.Sum(impacts => impacts.Places.Length);

    /// <summary>Bytes in memory, about, its key included.</summary>
    public long Size { get; } = 200 + BySegment.Sum(impacts => (long)impacts.Size);

    /// <summary>When it was last asked for.</summary>
    public long Used { get; set; }
}
