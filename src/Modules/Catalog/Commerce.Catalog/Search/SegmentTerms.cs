using System.Runtime.InteropServices;

namespace Commerce.Catalog.Search;

/// <summary>
/// The terms of a segment while it is made, with the places that have each. One list in three columns holds all postings, chained by term: a page of
/// thousands of products has hundreds of thousands of postings, and most of its terms have one.
/// </summary>
internal sealed class SegmentTerms
{
    private const int None = -1;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<Chain> _chains = [];
    private readonly List<int> _places = [];
    private readonly List<byte> _counts = [];
    private readonly List<int> _next = [];

    /// <summary>Notes that a place has a term; places come in ascending order.</summary>
    public void Add(string term, int place, byte counts)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, term, out var known);
        var posting = _places.Count;
        _places.Add(place);
        _counts.Add(counts);
        _next.Add(None);
        if (!known)
        {
            number = _chains.Count;
            _chains.Add(new Chain(posting, posting, 1));
            return;
        }

        ref var chain = ref CollectionsMarshal.AsSpan(_chains)[number];
        _next[chain.Last] = posting;
        chain = chain with { Last = posting, Count = chain.Count + 1 };
    }

    /// <summary>Every term with its frequency, in the order of the index.</summary>
    public List<(string Term, int Df)> Ordered()
    {
        var terms = new List<(string Term, int Df)>(_numbers.Count);
        foreach (var (term, number) in _numbers)
        {
            terms.Add((term, _chains[number].Count));
        }

        terms.Sort(static (left, right) => string.CompareOrdinal(left.Term, right.Term));
        return terms;
    }

    /// <summary>Every term with its postings as they are stored. The bytes are good until the next one is asked for.</summary>
    public IEnumerable<(string Term, int Df, ReadOnlyMemory<byte> Body)> Encode(IEnumerable<(string Term, int Df)> ordered)
    {
        var encoder = new PostingsEncoder();
        foreach (var (term, df) in ordered)
        {
            encoder.Begin(df);
            for (var at = _chains[_numbers[term]].First; at != None; at = _next[at])
            {
                encoder.Add(_places[at], _counts[at]);
            }

            yield return (term, df, encoder.End());
        }
    }

    private readonly record struct Chain(int First, int Last, int Count);
}
