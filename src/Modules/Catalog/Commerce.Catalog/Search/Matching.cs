namespace Commerce.Catalog.Search;

/// <summary>One word of a plan with where its terms stand.</summary>
/// <param name="Terms">The terms that any product has, each with what it weighs.</param>
/// <param name="IsRequired">Whether a full match must have it.</param>
internal sealed record MatchedWord((TermImpacts Impacts, float Weight)[] Terms, bool IsRequired)
{
    /// <summary>At most so many documents of a segment have it.</summary>
    public int SizeIn(int segment)
    {
        var size = 0;
        foreach (var (impacts, _) in Terms)
        {
            size += impacts.BySegment[segment].Places.Length;
        }

        return size;
    }
}

/// <summary>
/// Finds the documents that match a plan, segment by segment. The rarest words decide who can match; of the common ones only these documents are looked at,
/// so a common word beside a rare one costs next to nothing.
/// </summary>
internal sealed class Matching
{
    private readonly SearchSnapshot _snapshot;
    private readonly QueryPlan _plan;
    private readonly MatchedWord[] _words;
    private readonly PieceMatching? _pieces;
    private readonly int _required;
    private readonly MatchedWord[] _inOrder;
    private readonly int[] _sizes;

    /// <param name="snapshot">The index.</param>
    /// <param name="plan">What is asked.</param>
    /// <param name="impacts">Where the plan's terms stand.</param>
    public Matching(SearchSnapshot snapshot, QueryPlan plan, Dictionary<string, TermImpacts> impacts)
    {
        (_snapshot, _plan, _required) = (snapshot, plan, plan.Required);
        _words = new MatchedWord[plan.Groups.Count];
        for (var i = 0; i < _words.Length; i++)
        {
            var group = plan.Groups[i];
            var terms = new List<(TermImpacts, float)>(group.Alternatives.Count);
            foreach (var term in group.Alternatives)
            {
                if (impacts.TryGetValue(term.Term, out var found) && found.Documents > 0)
                {
                    terms.Add((found, WeightOf(snapshot, group, term)));
                }
            }

            _words[i] = new MatchedWord([.. terms], group.IsRequired);
        }

        _pieces = plan.Pieces is { } pieces ? new PieceMatching(snapshot, pieces, impacts) : null;
        (_inOrder, _sizes) = ([.. _words], new int[_words.Length]);
    }

    /// <summary>What a term of a word weighs. Completions and mended words weigh as one common word: that few products have some odd completion says nothing.</summary>
    public static float WeightOf(SearchSnapshot snapshot, QueryGroup group, QueryTerm term)
    {
        var frequency = term.Frequency;
        for (var i = 0; term.Weight < 1 && i < group.Alternatives.Count; i++)
        {
            frequency = Math.Max(frequency, group.Alternatives[i].Frequency);
        }

        return term.Weight * snapshot.Statistics.Ranking.Rarity(frequency);
    }

    /// <summary>All documents that have all words, or, when these are few, also those that have most of them. So it is with pieces: close names first.</summary>
    /// <param name="enough">When so many have all words, no others are looked at.</param>
    public Matches Find(int enough)
    {
        var matches = Matches.Rent();
        var scratch = MatchScratch.Rent(_snapshot.Segments);
        _pieces?.Require(isClose: true);
        Collect(scratch, matches, _required);
        if (_pieces is not null && matches.Count < enough)
        {
            _pieces.Require(isClose: false);
            matches.Clear();
            Collect(scratch, matches, _required);
        }

        if (_required > 1 && matches.Count < enough)
        {
            // Where too few have half of the words, those that have most of what any has.
            var half = (_required + 1) / 2;
            matches.Clear();
            Collect(scratch, matches, half);
            if (matches.Count == 0 && half > 1)
            {
                Collect(scratch, matches, 1);
                matches.KeepMost();
            }
        }

        scratch.Return();
        return matches;
    }

    private void Collect(MatchScratch scratch, Matches matches, int least)
    {
        for (var segment = 0; segment < _snapshot.Segments.Count; segment++)
        {
            if (least == _required ? FindFull(segment, scratch) : FindSome(segment, scratch, least))
            {
                matches.Add(segment, _snapshot.Segments[segment], scratch.Found, _required, _plan.Weight);
            }
        }
    }

    // The rarest word first; those that are not required come last and only add to scores.
    private bool FindFull(int segment, MatchScratch scratch)
    {
        Order(segment);
        var found = scratch.Found;
        var covered = 0;
        found.Count = 0;
        if (_pieces is not null)
        {
            _pieces.Find(segment, scratch.Sums, found);
            covered = 1;
        }

        foreach (var word in _inOrder)
        {
            if (covered == 0)
            {
                Fill(segment, word, scratch.Letters, found);
                covered = 1;
            }
            else
            {
                covered += word.IsRequired ? 1 : 0;
                found.Add(segment, word, word.IsRequired, covered);
            }

            if (found.Count == 0)
            {
                return false;
            }
        }

        return found.Count > 0;
    }

    // Who has so many of the words has one of the rarest, all but so many less one: only these are added up.
    private bool FindSome(int segment, MatchScratch scratch, int least)
    {
        Order(segment);
        var (dense, left, any) = (scratch.Dense, _required - least + 1, 0);
        if (_pieces is not null)
        {
            _pieces.Find(segment, scratch.Sums, scratch.Word);
            dense.Add(scratch.Word);
            any += scratch.Word.Count;
            left--;
        }

        var at = 0;
        for (; left > 0; left--, at++)
        {
            if (_inOrder[at].Terms is [var (impacts, weight)])
            {
                dense.Add(impacts.BySegment[segment], weight);
                any += impacts.BySegment[segment].Places.Length;
            }
            else
            {
                Fill(segment, _inOrder[at], scratch.Letters, scratch.Word);
                dense.Add(scratch.Word);
                any += scratch.Word.Count;
            }
        }

        if (any == 0)
        {
            return false;
        }

        dense.Drain(scratch.Found);
        for (; at < _inOrder.Length && scratch.Found.Count > 0; at++)
        {
            // What is still to come may make up for what is missing so far.
            var missing = 0;
            for (var rest = at + 1; rest < _inOrder.Length; rest++)
            {
                missing += _inOrder[rest].IsRequired ? 1 : 0;
            }

            scratch.Found.Add(segment, _inOrder[at], _inOrder[at].IsRequired, least - missing);
        }

        return scratch.Found.Count > 0;
    }

    private static void Fill(int segment, MatchedWord word, DenseScores letters, Hits hits)
    {
        switch (word.Terms)
        {
            case []:
                hits.Count = 0;
                break;
            case [var (impacts, weight)]:
                hits.Fill(impacts.BySegment[segment], weight);
                break;
            default:
                foreach (var (impacts, weight) in word.Terms)
                {
                    letters.Raise(impacts.BySegment[segment], weight);
                }

                letters.Drain(hits);
                break;
        }
    }

    private void Order(int segment)
    {
        for (var i = 0; i < _words.Length; i++)
        {
            var word = _words[i];
            var size = word.IsRequired ? word.SizeIn(segment) : int.MaxValue;
            var at = i;
            for (; at > 0 && _sizes[at - 1] > size; at--)
            {
                (_sizes[at], _inOrder[at]) = (_sizes[at - 1], _inOrder[at - 1]);
            }

            (_sizes[at], _inOrder[at]) = (size, word);
        }
    }
}
