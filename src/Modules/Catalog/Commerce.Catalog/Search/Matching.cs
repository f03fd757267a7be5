using System.Buffers;

namespace Commerce.Catalog.Search;

/// <summary>A document that matches.</summary>
/// <param name="Segment">The segment's place in the snapshot.</param>
/// <param name="Place">The document's place in the segment.</param>
/// <param name="Covered">How many of the required words it has; <see cref="Full"/> for all of them.</param>
/// <param name="Score">How well it matches.</param>
internal readonly record struct Match(int Segment, int Place, int Covered, float Score)
{
    /// <summary>Stands for all words, however many they are.</summary>
    public const int Full = int.MaxValue;

    /// <summary>Whether it has all of the required words.</summary>
    public bool IsFull => Covered == Full;
}

/// <summary>Finds the documents that match a plan: word by word into one accumulator a document, segment by segment.</summary>
internal sealed class Matching(SearchSnapshot snapshot, QueryPlan plan, Dictionary<string, Postings?[]> postings)
{
    private const float PieceScale = 20f;

    private readonly Ranking _ranking = new(snapshot.Statistics);
    private readonly List<int> _touched = [];
    private readonly List<int> _hits = [];

    /// <summary>All documents that have all words, or, when these are few, also those that have most of them.</summary>
    /// <param name="enough">When so many have all words, no others are looked at.</param>
    public List<Match> Find(int enough)
    {
        var matches = new List<Match>();
        for (var segment = 0; segment < snapshot.Segments.Count; segment++)
        {
            Collect(segment, matches);
        }

        if (plan.Required < 2)
        {
            return matches;
        }

        var (full, most) = (0, 0);
        foreach (var match in matches)
        {
            full += match.IsFull ? 1 : 0;
            most = Math.Max(most, Math.Min(match.Covered, plan.Required));
        }

        var least = full >= enough ? plan.Required : Math.Min((plan.Required + 1) / 2, most);
        matches.RemoveAll(match => match.Covered < least);
        return matches;
    }

    /// <summary>What each word of the plan adds to the score of a document, in the order of its groups, and how; for telling, not for finding.</summary>
    public List<TermShare> Explain(int segment, int place)
    {
        var shares = new List<TermShare>();
        var lengths = snapshot.Segments[segment].Lengths.AsSpan(place * Fields.Lengths, Fields.Lengths);
        foreach (var group in plan.Groups)
        {
            TermShare? best = null;
            foreach (var term in group.Alternatives)
            {
                if (postings.GetValueOrDefault(term.Term)?[segment] is not { } found || Array.BinarySearch(found.Places, place) is not (>= 0 and var at))
                {
                    continue;
                }

                var rarity = _ranking.Rarity(FrequencyOf(group, term));
                var score = term.Weight * rarity * _ranking.Presence(found.Counts[at], lengths);
                if (best is null || score > best.Score)
                {
                    best = new TermShare(group.Word, term.Term, term.Weight, rarity, score, _ranking.Shares(found.Counts[at], lengths, score));
                }
            }

            if (best is not null)
            {
                shares.Add(best);
            }
        }

        if (plan.Pieces is { } pieces)
        {
            var has = pieces.Terms.Count(term => postings.GetValueOrDefault(term)?[segment] is { } found && Array.BinarySearch(found.Places, place) >= 0);
            var word = new float[snapshot.Segments[segment].Count];
            SumPieces(segment, pieces, word);
            shares.Add(new TermShare(plan.Text, $"{has} of {pieces.Terms.Count} pieces", 1, PieceScale, word[place], []));
        }

        return shares;
    }

    private void Collect(int segment, List<Match> matches)
    {
        var columns = snapshot.Segments[segment];
        var scores = ArrayPool<float>.Shared.Rent(columns.Count);
        var word = ArrayPool<float>.Shared.Rent(columns.Count);
        var covered = ArrayPool<byte>.Shared.Rent(columns.Count);
        Array.Clear(scores, 0, columns.Count);
        Array.Clear(word, 0, columns.Count);
        Array.Clear(covered, 0, columns.Count);
        _touched.Clear();
        try
        {
            foreach (var group in plan.Groups)
            {
                _hits.Clear();
                foreach (var term in group.Alternatives)
                {
                    Best(segment, term, _ranking.Rarity(FrequencyOf(group, term)), word, _hits);
                }

                Take(_hits, group.IsRequired);
            }

            if (plan.Pieces is { } pieces)
            {
                Take(SumPieces(segment, pieces, word), true);
            }

            foreach (var place in _touched)
            {
                if (covered[place] > 0 && snapshot.Live.Lives(columns.Documents[place]))
                {
                    matches.Add(new Match(segment, place, covered[place] == plan.Required ? Match.Full : covered[place], plan.Weight * scores[place]));
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scores);
            ArrayPool<float>.Shared.Return(word);
            ArrayPool<byte>.Shared.Return(covered);
        }

        void Take(List<int> hits, bool required)
        {
            foreach (var place in hits)
            {
                if (scores[place] == 0 && covered[place] == 0)
                {
                    _touched.Add(place);
                }

                scores[place] += word[place];
                word[place] = 0;
                covered[place] += required ? (byte)1 : (byte)0;
            }
        }
    }

    // Completions and mended words weigh as one common word: that few products have some odd completion says nothing.
    private static int FrequencyOf(QueryGroup group, QueryTerm term) =>
        term.Weight < 1 ? group.Alternatives.Max(other => other.Frequency) : term.Frequency;

    private void Best(int segment, QueryTerm term, float rarity, float[] word, List<int> hits)
    {
        if (postings.GetValueOrDefault(term.Term)?[segment] is not { } found)
        {
            return;
        }

        var lengths = snapshot.Segments[segment].Lengths;
        for (var i = 0; i < found.Places.Length; i++)
        {
            var place = found.Places[i];
            var score = term.Weight * rarity * _ranking.Presence(found.Counts[i], lengths.AsSpan(place * Fields.Lengths, Fields.Count));
            if (word[place] == 0)
            {
                hits.Add(place);
                word[place] = score;
            }
            else if (score > word[place])
            {
                word[place] = score;
            }
        }
    }

    // The share of the query's pieces that a name has, and the share of its own pieces that the query has: the nearest name is the one with most of both.
    private List<int> SumPieces(int segment, QueryPieces pieces, float[] word)
    {
        var columns = snapshot.Segments[segment];
        var total = 0f;
        var hits = new List<int>();
        foreach (var term in pieces.Terms)
        {
            var bySegment = postings.GetValueOrDefault(term);
            var documents = bySegment?.Sum(found => found?.Places.Length ?? 0) ?? 0;
            var rarity = documents == 0 ? 1f : _ranking.Rarity(documents);
            total += rarity;
            foreach (var place in bySegment?[segment]?.Places ?? [])
            {
                if (word[place] == 0)
                {
                    hits.Add(place);
                }

                word[place] += rarity;
            }
        }

        var kept = new List<int>();
        foreach (var place in hits)
        {
            var asked = word[place] / total;
            if (asked < pieces.Threshold)
            {
                word[place] = 0;
                continue;
            }

            var length = Fields.Length(columns.Lengths[(place * Fields.Lengths) + Fields.Count]);
            var said = Math.Min(1, asked * pieces.Terms.Count / Math.Max(1, length));
            word[place] = PieceScale * ((0.75f * asked) + (0.25f * said));
            kept.Add(place);
        }

        return kept;
    }
}
