using System.Runtime.InteropServices;

namespace Commerce.Catalog.Search;

/// <summary>
/// The columns of one segment: what ranking and facets need of each document, by its place. A segment never changes; documents die and segments are merged
/// into new ones.
/// </summary>
internal sealed class Segment
{
    /// <summary>Documents of a segment at the most: places are kept in two bytes.</summary>
    public const int MaxDocuments = 1 << 16;

    // Where documents follow one another, as when a catalogue is first filled, the first tells all.
    private readonly int[]? _documents;
    private readonly int _first;

    // Those that were written before merging kept the order of documents.
    private readonly bool _ascends;
    private int[]? _byAge;

    /// <param name="id">Its number.</param>
    /// <param name="documents">The documents' numbers.</param>
    /// <param name="products">Their products.</param>
    /// <param name="lengths">The lengths of their fields.</param>
    /// <param name="facets">Their facet values.</param>
    public Segment(int id, ReadOnlySpan<int> documents, Guid[] products, byte[] lengths, FacetColumn facets)
    {
        (Id, Count, Products, Lengths, Facets) = (id, documents.Length, products, lengths, facets);
        _ascends = Ascends(documents);
        _first = documents.Length > 0 ? documents[0] : 0;
        _documents = _ascends && (documents.Length == 0 || documents[^1] - _first == documents.Length - 1) ? null : documents.ToArray();
        Living = new LivingPlaces(Count);
        LengthSums = Sums(lengths);
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>Documents, dead ones included.</summary>
    public int Count { get; }

    /// <summary>The documents' products.</summary>
    public Guid[] Products { get; }

    /// <summary>The lengths of their fields, <see cref="Fields.Lengths"/> of each.</summary>
    public byte[] Lengths { get; }

    /// <summary>Their facet values.</summary>
    public FacetColumn Facets { get; }

    /// <summary>The number of a document.</summary>
    public int DocumentOf(int place) => _documents is null ? _first + place : _documents[place];

    /// <summary>The numbers of all documents.</summary>
    public IEnumerable<int> Documents => _documents ?? Enumerable.Range(_first, Count);

    /// <summary>Which of them live, as far as this host knows.</summary>
    public LivingPlaces Living { get; }

    /// <summary>The sums of the documents' lengths, by field.</summary>
    public double[] LengthSums { get; }

    /// <summary>Its places, the newest product first.</summary>
    public int[] ByAge => _byAge ??= MakeByAge();

    /// <summary>The place of a document, or less than 0.</summary>
    public int PlaceOf(int document) =>
        _documents is null ? (document >= _first && document - _first < Count ? document - _first : -1)
        : !_ascends ? Array.IndexOf(_documents, document)
        : document < _documents[0] || document > _documents[^1] ? -1
        : Array.BinarySearch(_documents, document);

    /// <summary>The place of a product, or less than 0. The newest document of it, should a segment have several.</summary>
    public int PlaceOf(Guid product)
    {
        var byAge = ByAge;
        var (from, until) = (0, byAge.Length);
        while (from < until)
        {
            var middle = (from + until) / 2;
            if (Products[byAge[middle]].CompareTo(product) > 0)
            {
                from = middle + 1;
            }
            else
            {
                until = middle;
            }
        }

        return from < byAge.Length && Products[byAge[from]] == product ? byAge[from] : -1;
    }

    private int[] MakeByAge()
    {
        var places = Enumerable.Range(0, Count).ToArray();
        Array.Sort(places, (left, right) => Products[right].CompareTo(Products[left]) is not 0 and var byProduct ? byProduct : DocumentOf(right).CompareTo(DocumentOf(left)));
        return places;
    }

    private static bool Ascends(ReadOnlySpan<int> documents)
    {
        for (var i = 1; i < documents.Length; i++)
        {
            if (documents[i] <= documents[i - 1])
            {
                return false;
            }
        }

        return true;
    }

    private static double[] Sums(byte[] lengths)
    {
        // By the byte first: few of the values that it can have are ever looked up.
        var counts = new int[Fields.Lengths, 256];
        for (var i = 0; i < lengths.Length; i++)
        {
            counts[i % Fields.Lengths, lengths[i]]++;
        }

        return [.. Enumerable.Range(0, Fields.Lengths).Select(field => Enumerable.Range(0, 256).Sum(length => (double)counts[field, length] * Fields.Length((byte)length)))];
    }

    /// <summary>From stored columns.</summary>
    public static Segment Read(SegmentRow row)
    {
        if (row.Docs > MaxDocuments)
        {
            throw new InvalidDataException($"Segment {row.Id} of the search index has {row.Docs} documents, more than {MaxDocuments}; have Catalog.Search rebuilt.");
        }

        return new Segment(
            row.Id,
            MemoryMarshal.Cast<byte, int>(row.DocNumbers),
            MemoryMarshal.Cast<byte, Guid>(row.ProductIds).ToArray(),
            row.Lengths,
            FacetColumn.Of(MemoryMarshal.Cast<byte, ushort>(row.FacetCounts), MemoryMarshal.Cast<byte, int>(row.FacetValues)));
    }
}

/// <summary>Which documents of a segment live. One writer, any number of readers; most segments have none that is dead.</summary>
internal sealed class LivingPlaces(int count)
{
    private ulong[]? _dead;

    /// <summary>Whether all of them do.</summary>
    public bool All => _dead is null;

    /// <summary>Whether a document lives.</summary>
    public bool Has(int place) => _dead is not { } dead || (dead[place >> 6] & (1UL << place)) == 0;

    /// <summary>Says that a document died.</summary>
    public void Bury(int place)
    {
        var dead = _dead ?? new ulong[(count + 63) / 64];
        Volatile.Write(ref dead[place >> 6], dead[place >> 6] | (1UL << place));
        Volatile.Write(ref _dead, dead);
    }
}

/// <summary>A row of <c>search_segments</c>; columns are packed little-endian.</summary>
internal sealed record SegmentRow(int Id, int Docs, byte[] DocNumbers, byte[] ProductIds, byte[] Lengths, byte[] FacetCounts, byte[] FacetValues);

/// <summary>Collects documents and their postings into a new segment.</summary>
internal sealed class SegmentBuilder
{
    private readonly List<int> _documents = [];
    private readonly List<Guid> _products = [];
    private readonly List<byte> _lengths = [];
    private readonly List<ushort> _facetCounts = [];
    private readonly List<int> _facetValues = [];

    /// <summary>Documents so far.</summary>
    public int Count => _documents.Count;

    /// <summary>Adds a document and says its place.</summary>
    public int Add(int document, Guid product, ReadOnlySpan<byte> lengths, List<int> facets)
    {
        _documents.Add(document);
        _products.Add(product);
        _lengths.AddRange(lengths);
        _facetCounts.Add((ushort)facets.Count);
        _facetValues.AddRange(facets);
        return _documents.Count - 1;
    }

    /// <summary>The stored form.</summary>
    public SegmentRow ToRow(int id) => new(id, Count, Bytes(_documents), Bytes(_products), [.. _lengths], Bytes(_facetCounts), Bytes(_facetValues));

    private static byte[] Bytes<T>(List<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(values)).ToArray();
}
