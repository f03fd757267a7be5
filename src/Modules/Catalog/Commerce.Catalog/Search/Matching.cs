using System.Collections.Concurrent;

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

    private readonly Ranking _ranking = snapshot.Statistics.Ranking;
    private readonly List<int> _hits = [];

    /// <summary>All documents that have all words, or, when these are few, also those that have most of them.</summary>
    /// <param name="enough">When so many have all words, no others are looked at.</param>
    public List<Match> Find(int enough)
    {
        var matches = new List<Match>();
        var accumulators = Accumulators.Rent(snapshot.Segments.Count == 0 ? 0 : snapshot.Segments.Max(segment => segment.Count));
        // Those with all words first: where there are enough, what has some of them need not be scored.
        if (plan.Required > 1 && CollectFull(accumulators, matches) >= enough)
        {
            accumulators.Return();
            return matches;
        }

        matches.Clear();
        for (var segment = 0; segment < snapshot.Segments.Count; segment++)
        {
            Collect(segment, accumulators, matches);
        }

        accumulators.Return();
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

    // The rarest word decides who can have all of them; of the others only these documents are looked at.
    private int CollectFull(Accumulators accumulators, List<Match> matches)
    {
        for (var segment = 0; segment < snapshot.Segments.Count; segment++)
        {
            if (plan.Groups.Any(group => group.IsRequired && !group.Alternatives.Any(term => postings.GetValueOrDefault(term.Term)?[segment] is { Places.Length: > 0 })))
            {
                continue;
            }

            var before = 0;
            foreach (var group in plan.Groups.OrderByDescending(group => group.IsRequired).ThenBy(group => SizeOf(segment, group)))
            {
                _hits.Clear();
                foreach (var term in group.Alternatives)
                {
                    Best(segment, term, _ranking.Rarity(FrequencyOf(group, term)), accumulators, _hits, before);
                }

                accumulators.Take(_hits, group.IsRequired);
                before += group.IsRequired ? 1 : 0;
            }

            if (plan.Pieces is { } pieces)
            {
                var hits = SumPieces(segment, pieces, accumulators.Word);
                hits.RemoveAll(place =>
                {
                    var leaves = accumulators.Covered[place] < before;
                    if (leaves)
                    {
                        accumulators.Word[place] = 0;
                    }

                    return leaves;
                });
                accumulators.Take(hits, true);
            }

            Harvest(segment, accumulators, plan.Required, matches);
        }

        return matches.Count;
    }

    private int SizeOf(int segment, QueryGroup group)
    {
        var size = 0;
        foreach (var term in group.Alternatives)
        {
            size += postings.GetValueOrDefault(term.Term)?[segment]?.Places.Length ?? 0;
        }

        return size;
    }

    private void Collect(int segment, Accumulators accumulators, List<Match> matches)
    {
        foreach (var group in plan.Groups)
        {
            _hits.Clear();
            foreach (var term in group.Alternatives)
            {
                Best(segment, term, _ranking.Rarity(FrequencyOf(group, term)), accumulators, _hits, 0);
            }

            accumulators.Take(_hits, group.IsRequired);
        }

        if (plan.Pieces is { } pieces)
        {
            accumulators.Take(SumPieces(segment, pieces, accumulators.Word), true);
        }

        Harvest(segment, accumulators, 1, matches);
    }

    private void Harvest(int segment, Accumulators accumulators, int least, List<Match> matches)
    {
        var (documents, live, required, weight) = (snapshot.Segments[segment].Documents, snapshot.Live, plan.Required, plan.Weight);
        foreach (var place in accumulators.Touched)
        {
            var covered = accumulators.Covered[place];
            if (covered >= least && live.Lives(documents[place]))
            {
                matches.Add(new Match(segment, place, covered == required ? Match.Full : covered, weight * accumulators.Scores[place]));
            }
        }

        accumulators.Clear();
    }

    // Completions and mended words weigh as one common word: that few products have some odd completion says nothing.
    private static int FrequencyOf(QueryGroup group, QueryTerm term) =>
        term.Weight < 1 ? group.Alternatives.Max(other => other.Frequency) : term.Frequency;

    // Scores a term where the document has at least so many of the words before it.
    private void Best(int segment, QueryTerm term, float rarity, Accumulators accumulators, List<int> hits, int covered)
    {
        if (postings.GetValueOrDefault(term.Term)?[segment] is not { } found)
        {
            return;
        }

        var lengths = snapshot.Segments[segment].Lengths;
        var word = accumulators.Word;
        var weight = term.Weight * rarity;
        for (var i = 0; i < found.Places.Length; i++)
        {
            var place = found.Places[i];
            if (covered > 0 && accumulators.Covered[place] < covered)
            {
                continue;
            }

            var score = weight * _ranking.Presence(found.Counts[i], lengths.AsSpan(place * Fields.Lengths, Fields.Count));
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
            var documents = 0;
            foreach (var found in bySegment ?? [])
            {
                documents += found?.Places.Length ?? 0;
            }

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

/// <summary>What is known of each document of a segment while a query is matched; all zero between segments, since few of them are touched.</summary>
internal sealed class Accumulators(int length)
{
    private const int MaxIdle = 16;

    private static readonly ConcurrentBag<Accumulators> Idle = [];

    public List<int> Touched { get; } = [];

    public float[] Scores { get; } = new float[length];

    public float[] Word { get; } = new float[length];

    public byte[] Covered { get; } = new byte[length];

    /// <summary>Clean ones for segments of at most so many documents.</summary>
    public static Accumulators Rent(int length)
    {
        while (Idle.TryTake(out var idle))
        {
            if (idle.Scores.Length >= length)
            {
                return idle;
            }
        }

        return new Accumulators(Math.Max(4_096, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length)));
    }

    /// <summary>Gives them back, all zero; those of a query that failed midway are left to the collector.</summary>
    public void Return()
    {
        if (Idle.Count < MaxIdle)
        {
            Idle.Add(this);
        }
    }

    /// <summary>Adds a word's scores to those of the documents that have it.</summary>
    public void Take(List<int> hits, bool required)
    {
        foreach (var place in hits)
        {
            if (Scores[place] == 0 && Covered[place] == 0)
            {
                Touched.Add(place);
            }

            Scores[place] += Word[place];
            Word[place] = 0;
            Covered[place] += required ? (byte)1 : (byte)0;
        }
    }

    public void Clear()
    {
        foreach (var place in Touched)
        {
            Scores[place] = 0;
            Covered[place] = 0;
        }

        Touched.Clear();
    }
}
