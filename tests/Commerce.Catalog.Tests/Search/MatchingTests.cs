using Commerce.Catalog.Search;

namespace Commerce.Catalog.Tests.Search;

/// <summary>What matching finds by looking at few documents is what looking at all of them finds.</summary>
public sealed class MatchingTests
{
    private const int Enough = 40;
    private static readonly int[] Sizes = [3_000, 700, 1, 5_000];

    private readonly Random _random = new(11);
    private readonly List<Segment> _segments = [];
    private readonly SearchSnapshot _snapshot;
    private readonly Dictionary<string, TermImpacts> _impacts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<(int, int), byte>> _counts = new(StringComparer.Ordinal);

    public MatchingTests()
    {
        var document = 0;
        var live = new LiveColumns();
        foreach (var size in Sizes)
        {
            var lengths = new byte[size * Fields.Lengths];
            _random.NextBytes(lengths);
            var segment = new Segment(_segments.Count + 1, [.. Enumerable.Range(document, size)], new Guid[size], lengths, FacetColumn.Of(new ushort[size], []));
            for (var place = 0; place < size; place += 13)
            {
                segment.Living.Bury(place);
            }

            _segments.Add(segment);
            document += size;
        }

        _snapshot = new SearchSnapshot(Guid.Empty, 1, _segments, live, SearchStatistics.Of(_segments), new KnownWords());
        foreach (var (term, share) in new[] { ("a", 0.5), ("b", 0.1), ("c", 0.02), ("d", 0.003), ("e", 0.3), ("none", 0.0) })
        {
            Add(term, share);
        }

        for (var piece = 0; piece < 12; piece++)
        {
            Add($"{Grams.Piece}p{piece}", 0.3 / (piece + 1));
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("none")]
    [InlineData("a b")]
    [InlineData("b c")]
    [InlineData("c d")]
    [InlineData("a b c d")]
    [InlineData("d none")]
    [InlineData("a c none d none")]
    [InlineData("none none b")]
    [InlineData("a|b|c")]
    [InlineData("a|b c|d e")]
    [InlineData("c ~a")]
    [InlineData("c|d ~a|b d")]
    [InlineData("none ~a")]
    public void Words_find_what_all_documents_hold(string words)
    {
        var plan = new QueryPlan([.. words.Split(' ').Select(Group)], null, null);
        ShouldFindAll(plan);
    }

    [Theory]
    [InlineData(12, 0.3f, "")]
    [InlineData(12, 0.5f, "")]
    [InlineData(3, 0.3f, "")]
    [InlineData(8, 0.3f, "b")]
    [InlineData(8, 0.3f, "c d")]
    public void Pieces_find_what_all_documents_hold(int pieces, float threshold, string words)
    {
        var terms = Enumerable.Range(0, pieces).Select(piece => $"{Grams.Piece}p{piece}").ToList();
        ShouldFindAll(new QueryPlan([.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Group)], new QueryPieces(terms, threshold), null));
    }

    private void ShouldFindAll(QueryPlan plan)
    {
        using var found = new Matching(_snapshot, plan, _impacts).Find(Enough);
        var expected = Expected(plan);
        Enumerable.Range(0, found.Count).Select(number => (found[number].Segment, found[number].Place)).ShouldBe(expected.Keys, ignoreOrder: true);
        for (var i = 0; i < found.Count; i++)
        {
            var (isFull, score) = expected[(found[i].Segment, found[i].Place)];
            found[i].IsFull.ShouldBe(isFull);
            found[i].Score.ShouldBe(score, 0.01f);
        }
    }

    // Document by document, as it is meant.
    private Dictionary<(int Segment, int Place), (bool IsFull, float Score)> Expected(QueryPlan plan)
    {
        var (close, all) = (Judge(plan, 0.6f), Judge(plan, 0));
        var full = plan.Pieces is not null && close.Count(IsFull) >= Enough ? close : all;
        if (full.Count(IsFull) >= Enough || plan.Required == 1)
        {
            return full.Where(IsFull).ToDictionary(pair => pair.Key, pair => (true, pair.Value.Score));
        }

        var least = Math.Min((plan.Required + 1) / 2, all.Count == 0 ? 0 : all.Values.Max(found => found.Covered));
        return all.Where(pair => pair.Value.Covered >= least).ToDictionary(pair => pair.Key, pair => (IsFull(pair), pair.Value.Score));

        bool IsFull(KeyValuePair<(int, int), (int Covered, float Score)> pair) => pair.Value.Covered == plan.Required;
    }

    private Dictionary<(int, int), (int Covered, float Score)> Judge(QueryPlan plan, float close)
    {
        var found = new Dictionary<(int, int), (int, float)>();
        for (var segment = 0; segment < _segments.Count; segment++)
        {
            for (var place = 0; place < _segments[segment].Count; place++)
            {
                if (!_segments[segment].Living.Has(place))
                {
                    continue;
                }

                var (covered, score) = (0, 0f);
                foreach (var group in plan.Groups)
                {
                    var best = group.Alternatives.Max(term => ScoreOf(group, term, segment, place));
                    covered += best > 0 && group.IsRequired ? 1 : 0;
                    score += best;
                }

                if (plan.Pieces is { } pieces && PiecesOf(pieces, Math.Max(close, pieces.Threshold), segment, place) is > 0 and var near)
                {
                    covered++;
                    score += near;
                }

                if (covered > 0)
                {
                    found[(segment, place)] = (covered, score);
                }
            }
        }

        return found;
    }

    private float ScoreOf(QueryGroup group, QueryTerm term, int segment, int place) => _counts[term.Term].TryGetValue((segment, place), out var counts)
        ? Matching.WeightOf(_snapshot, group, term) * _snapshot.Statistics.Ranking.Norms.Presence(counts, _segments[segment].Lengths.AsSpan(place * Fields.Lengths, Fields.Lengths))
        : 0;

    private float PiecesOf(QueryPieces pieces, float threshold, int segment, int place)
    {
        var weights = pieces.Terms.Select(term => (Rarity: _snapshot.Statistics.Ranking.Rarity(_counts[term].Count), Has: _counts[term].ContainsKey((segment, place)))).ToList();
        var asked = weights.Where(weight => weight.Has).Sum(weight => weight.Rarity) / weights.Sum(weight => weight.Rarity);
        var length = Fields.Length(_segments[segment].Lengths[(place * Fields.Lengths) + Fields.Count]);
        var said = Math.Min(1, asked * pieces.Terms.Count / Math.Max(1, length));
        return asked >= threshold ? PieceMatching.Scale * ((0.75f * asked) + (0.25f * said)) : 0;
    }

    private QueryGroup Group(string word)
    {
        var terms = word.TrimStart('~').Split('|').Select((term, at) => new QueryTerm(term, at == 0 ? 1 : 0.75f, _counts[term].Count));
        return new QueryGroup(word, [.. terms], !word.StartsWith('~'));
    }

    private void Add(string term, double share)
    {
        var counts = _counts[term] = [];
        var bySegment = new Impacts[_segments.Count];
        for (var segment = 0; segment < bySegment.Length; segment++)
        {
            var places = Enumerable.Range(0, _segments[segment].Count).Where(_ => _random.NextDouble() < share).ToArray();
            var packed = places.Select(_ => (byte)_random.Next(1, 256)).ToArray();
            for (var i = 0; i < places.Length; i++)
            {
                counts[(segment, places[i])] = packed[i];
            }

            var norms = term[0] > Grams.Initial ? _snapshot.Statistics.Ranking.Norms : null;
            bySegment[segment] = Impacts.Read(Postings.Encode(places, packed), norms, _segments[segment].Lengths);
        }

        _impacts[term] = new TermImpacts(_segments, _snapshot.Statistics.Ranking.Norms, bySegment);
    }
}
