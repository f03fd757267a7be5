using System.Numerics;

namespace Commerce.Catalog.Search;

/// <summary>
/// Finds names by pieces of their letters: the share of the query's pieces that a name has, and the share of its own pieces that the query has. The nearest
/// name is the one with most of both.
/// </summary>
internal sealed class PieceMatching
{
    /// <summary>What a name is worth that is the query, piece by piece.</summary>
    public const float Scale = 20f;

    // The share of the pieces that a name has which is close.
    private const float Close = 0.6f;

    // Looking a place up costs about as much as adding so many up.
    private const int FarMore = 24;

    // All pieces together; each piece's share of it is a whole number, so that sums are small and in any order the same.
    private const int Whole = 60_000;

    private readonly SearchSnapshot _snapshot;
    private readonly QueryPieces _pieces;
    private readonly (TermImpacts Impacts, float Rarity)[] _terms;
    private readonly float _allRarity;
    private readonly ushort[] _shares;
    private int _least;
    private int _deciding;
    private float _threshold;

    /// <param name="snapshot">The index.</param>
    /// <param name="pieces">What is asked.</param>
    /// <param name="impacts">Where the pieces stand.</param>
    public PieceMatching(SearchSnapshot snapshot, QueryPieces pieces, Dictionary<string, TermImpacts> impacts)
    {
        (_snapshot, _pieces) = (snapshot, pieces);
        _terms = new (TermImpacts, float)[pieces.Terms.Count];
        for (var i = 0; i < _terms.Length; i++)
        {
            var found = impacts[pieces.Terms[i]];
            var rarity = found.Documents == 0 ? 1f : snapshot.Statistics.Ranking.Rarity(found.Documents);
            _terms[i] = (found, rarity);
            _allRarity += rarity;
        }

        Array.Sort(_terms, static (left, right) => left.Impacts.Documents.CompareTo(right.Impacts.Documents));
        _shares = [.. _terms.Select(term => (ushort)Math.Round(term.Rarity / _allRarity * Whole))];
    }

    /// <summary>Says how near a name has to be.</summary>
    /// <param name="isClose">Whether it has to have most of the pieces, instead of as many as the plan says.</param>
    public void Require(bool isClose)
    {
        _threshold = isClose ? Math.Max(Close, _pieces.Threshold) : _pieces.Threshold;
        // Each share is rounded by a half at the most.
        _least = (int)(_threshold * Whole) - (_terms.Length / 2);
        // The commonest pieces together are not enough: a name has one of the others, or it is not near. Of the commonest only such names are looked at.
        _deciding = _terms.Length;
        for (var common = 0; _deciding > 0; _deciding--)
        {
            common += _shares[_deciding - 1];
            if (common >= _least)
            {
                break;
            }
        }
    }

    /// <summary>What a name is worth that has pieces of such weight.</summary>
    public float ScoreOf(Segment segment, int place, float weight)
    {
        var asked = weight / _allRarity;
        var length = Fields.Length(segment.Lengths[(place * Fields.Lengths) + Fields.Count]);
        var said = Math.Min(1, asked * _pieces.Terms.Count / Math.Max(1, length));
        return Scale * ((0.75f * asked) + (0.25f * said));
    }

    /// <summary>The weight of a piece.</summary>
    public float RarityOf(int documents) => documents == 0 ? 1f : _snapshot.Statistics.Ranking.Rarity(documents);

    /// <summary>The names of a segment that are near.</summary>
    /// <param name="number">The segment's place in the snapshot.</param>
    /// <param name="sums">Room to add up in, by place, all zero.</param>
    /// <param name="hits">Where they go.</param>
    public void Find(int number, ushort[] sums, Hits hits)
    {
        hits.Count = 0;
        var (any, common, at) = (0, 0, 0);
        for (var i = _deciding; i < _terms.Length; i++)
        {
            common += _shares[i];
        }

        for (; at < _deciding; at++)
        {
            any += Add(sums, number, at);
        }

        if (any == 0)
        {
            return;
        }

        var segment = _snapshot.Segments[number];
        var near = sums.AsSpan(0, segment.Count);
        // What is common is added up like the others where that costs less than looking it up for each name that may be near.
        for (; at < _terms.Length && SizeOf(number, at) < (long)FarMore * CountFrom(near, LeastOf(common)); at++)
        {
            Add(sums, number, at);
            common -= _shares[at];
        }

        Collect(near, LeastOf(common), hits);
        for (; at < _terms.Length && hits.Count > 0; at++)
        {
            Add(hits, _terms[at].Impacts.BySegment[number].Places, _shares[at]);
            common -= _shares[at];
            Keep(hits, _least - common);
        }

        Score(segment, hits);
    }

    private ushort LeastOf(int common) => (ushort)Math.Max(1, _least - common);

    private int SizeOf(int number, int at) => _terms[at].Impacts.BySegment[number].Places.Length;

    private int Add(ushort[] sums, int number, int at)
    {
        var (share, places) = (_shares[at], _terms[at].Impacts.BySegment[number].Places);
        unchecked
        {
            // All shares together are less than what a sum holds.
            foreach (var place in places)
            {
                sums[place] += share;
            }
        }

        return places.Length;
    }

    // About how many sums are so large: looking at every eighth of them tells well enough which way costs less.
    private static int CountFrom(ReadOnlySpan<ushort> sums, ushort least)
    {
        const int OneOf = 8;
        var (below, counts) = (Vector.Create((ushort)(least - 1)), Vector<ushort>.Zero);
        for (var at = 0; at + Vector<ushort>.Count <= sums.Length; at += OneOf * Vector<ushort>.Count)
        {
            // A lane that is greater reads as all ones, which is one less than nothing; no lane sees as many as it can count.
            counts -= Vector.GreaterThan(Vector.Create(sums[at..]), below);
        }

        Vector.Widen(counts, out var low, out var high);
        return OneOf * (int)Vector.Sum(low + high);
    }

    // Most names have none or few of the pieces: many of them are passed over at once.
    private static void Collect(Span<ushort> sums, ushort least, Hits hits)
    {
        var count = 0;
        var (at, below) = (0, Vector.Create((ushort)(least - 1)));
        for (; at + Vector<ushort>.Count <= sums.Length; at += Vector<ushort>.Count)
        {
            if (Vector.GreaterThanAny(Vector.Create<ushort>(sums[at..]), below))
            {
                count = Collect(sums, at, at + Vector<ushort>.Count, least, hits, count);
            }
        }

        hits.Count = Collect(sums, at, sums.Length, least, hits, count);
        sums.Clear();
    }

    private static int Collect(ReadOnlySpan<ushort> sums, int from, int until, ushort least, Hits hits, int count)
    {
        for (var place = from; place < until; place++)
        {
            if (sums[place] >= least)
            {
                hits.Places[count] = (ushort)place;
                hits.Scores[count++] = sums[place];
            }
        }

        return count;
    }

    private static void Keep(Hits hits, float least)
    {
        var count = 0;
        for (var i = 0; i < hits.Count; i++)
        {
            if (hits.Scores[i] >= least)
            {
                hits.Places[count] = hits.Places[i];
                hits.Scores[count++] = hits.Scores[i];
            }
        }

        hits.Count = count;
    }

    private static void Add(Hits hits, ReadOnlySpan<ushort> places, float share)
    {
        var at = 0;
        for (var i = 0; i < hits.Count; i++)
        {
            at = Hits.Seek(places, at, hits.Places[i]);
            if (at == places.Length)
            {
                return;
            }

            hits.Scores[i] += places[at] == hits.Places[i] ? share : 0;
        }
    }

    private void Score(Segment segment, Hits hits)
    {
        Keep(hits, (_threshold * Whole) - 1);
        for (var i = 0; i < hits.Count; i++)
        {
            hits.Scores[i] = ScoreOf(segment, hits.Places[i], hits.Scores[i] / Whole * _allRarity);
            hits.Covered[i] = 1;
        }
    }
}
