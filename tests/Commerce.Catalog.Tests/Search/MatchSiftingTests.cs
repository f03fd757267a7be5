using Commerce.Catalog.Search;

namespace Commerce.Catalog.Tests.Search;

/// <summary>Facets are exact up to so many matches that pass, and close to it beyond; the page is the best of all matches in any case.</summary>
public sealed class MatchSiftingTests
{
    private const int Documents = 60_000;
    private const int Colours = 7;
    private const int Finishes = 5;
    private const int FirstFinish = Colours + Documents + 1;

    private readonly LiveColumns _live = new();
    private readonly Guid[] _products = new Guid[Documents];
    private readonly float[] _scores = new float[Documents];
    private readonly FacetNames _names;
    private readonly SearchSnapshot _snapshot;

    public MatchSiftingTests()
    {
        var random = new Random(3);
        for (var doc = 0; doc < Documents; doc++)
        {
            _products[doc] = Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddMilliseconds(random.Next(1, 1_000_000)));
            _scores[doc] = random.Next(1, 50);
            _live.Apply(new LiveRow(doc, _products[doc], false, (short)(doc % 4), 0, $"USD:{100 + (doc % 1_000)}"));
        }

        // Every product has a colour, a part number that no other has, and a finish, which came so late that its values have large numbers too.
        var fields = Enumerable.Range(1, Colours).Select(id => (id, "attr.color"))
            .Concat(Enumerable.Range(Colours + 1, Documents).Select(id => (id, "attr.part")))
            .Concat(Enumerable.Range(FirstFinish, Finishes).Select(id => (id, "attr.finish")));
        _names = FacetNames.None.WithAsync(fields.ToAsyncEnumerable(), CancellationToken.None).GetAwaiter().GetResult();
        var facets = Enumerable.Range(0, Documents).SelectMany(doc => new[] { ColourOf(doc), Colours + 1 + doc, FinishOf(doc) }).ToArray();
        List<Segment> segments =
        [
            new(1, [.. Enumerable.Range(0, 40_000)], _products[..40_000], new byte[40_000 * Fields.Lengths], FacetColumn.Of([.. Enumerable.Repeat((ushort)3, 40_000)], facets.AsSpan(..120_000))),
            new(2, [.. Enumerable.Range(40_000, 20_000)], _products[40_000..], new byte[20_000 * Fields.Lengths], FacetColumn.Of([.. Enumerable.Repeat((ushort)3, 20_000)], facets.AsSpan(120_000..))),
        ];
        _snapshot = new SearchSnapshot(Guid.Empty, 1, segments, _live, SearchStatistics.Of(segments), new KnownWords());
    }

    [Theory]
    [InlineData(6, null, null)]
    [InlineData(6, null, 150L)]
    [InlineData(1, null, 150L)]
    [InlineData(1, 3, 500L)]
    public void Counts_are_exact_up_to_ten_thousand_that_pass(int every, int? colour, long? least)
    {
        var (sifting, counts) = Sift(every, colour, least);
        var passing = Passing(every, colour, least);
        passing.Count.ShouldBeLessThanOrEqualTo(least == 150 && every == 1 ? int.MaxValue : Sifting.ExactFacets);
        sifting.Total.ShouldBe(passing.Count);
        if (passing.Count > Sifting.ExactFacets)
        {
            sifting.IsApproximate.ShouldBeTrue();
            return;
        }

        // What fails the colour alone still counts for colours.
        var coloured = Passing(every, null, least);
        if (coloured.Count - passing.Count <= Sifting.ExactFacets)
        {
            counts.Where(count => count.Key <= Colours).ToDictionary().ShouldBe(coloured.GroupBy(ColourOf).ToDictionary(group => group.Key, group => group.Count()), ignoreOrder: true);
            sifting.IsApproximate.ShouldBeFalse();
        }
        else
        {
            counts[colour!.Value].ShouldBe(passing.Count);
            sifting.IsApproximate.ShouldBeTrue();
        }
    }

    [Fact]
    public void A_value_with_a_large_number_counts_although_a_field_beside_it_has_too_many_to_count()
    {
        var (_, counts) = Sift(6, null, null);
        foreach (var group in Passing(6, null, null).GroupBy(FinishOf))
        {
            counts[group.Key].ShouldBe(group.Count());
        }

        // While of part numbers no more are counted than tell that there are too many.
        counts.Keys.Count(id => id is >= FacetTally.Dense and < FirstFinish).ShouldBeInRange(1, 32);
    }

    [Fact]
    public void Beyond_that_they_are_near_the_truth_and_said_to_be()
    {
        var (sifting, counts) = Sift(1, null, null);
        sifting.IsApproximate.ShouldBeTrue();
        sifting.Total.ShouldBe(Documents);
        foreach (var group in Enumerable.Range(0, Documents).GroupBy(ColourOf))
        {
            counts[group.Key].ShouldBeInRange((int)(group.Count() * 0.8), (int)(group.Count() * 1.2));
        }
    }

    [Theory]
    [InlineData("relevance", 1)]
    [InlineData("relevance", 6)]
    [InlineData("price", 1)]
    [InlineData("-price", 6)]
    [InlineData("newest", 1)]
    public void Pages_are_those_of_all_matches_sorted(string sort, int every)
    {
        var expected = Passing(every, null, null)
            .OrderBy(doc => sort switch { "price" => doc % 1_000, "-price" => -(doc % 1_000), "newest" => 0, _ => -_scores[doc] })
            .ThenByDescending(doc => _products[doc])
            .Select(doc => _products[doc])
            .ToList();
        var (seen, after) = (new List<Guid>(), (SearchPlace?)null);
        for (var page = 0; page < 4; page++)
        {
            var (sifting, _) = Sift(every, null, null, sort, after);
            var hits = sifting.Hits();
            hits.Count.ShouldBe(101);
            seen.AddRange(hits.Take(100).Select(hit => hit.Product));
            after = hits[99].Place;
        }

        seen.ShouldBe(expected.Take(400));
    }

    private (Sifting Sifting, Dictionary<int, int> Counts) Sift(int every, int? colour, long? least, string sort = "relevance", SearchPlace? after = null)
    {
        var attributes = colour is null ? [] : new Dictionary<string, IReadOnlyList<string>> { ["attr.color"] = [$"{colour}"] };
        var query = new SearchQuery("x", [], least, null, "USD", attributes, false, sort, 100, after);
        var filter = new SearchFilter(query, [.. attributes.Keys], colour is null ? [] : [(SearchFilter.FirstAttribute, [colour.Value])]);
        using var matches = Matches.Rent();
        for (var doc = 0; doc < Documents; doc += every)
        {
            matches.Add(new Match(doc < 40_000 ? 0 : 1, doc < 40_000 ? doc : doc - 40_000, true, _scores[doc]));
        }

        using var sifting = new Sifting(_snapshot, query, filter, _names, 1_000, matches);
        new MatchSifting(_snapshot, query, filter, new PostingsCache(1 << 20), sifting, 1_000).Add(matches);
        return (sifting, Enumerable.Range(1, FirstFinish + Finishes).Select(id => (id, Count: sifting.Facets.CountOf(id))).Where(pair => pair.Count > 0).ToDictionary(pair => pair.id, pair => pair.Count));
    }

    private static List<int> Passing(int every, int? colour, long? least) =>
        [.. Enumerable.Range(0, Documents).Where(doc => doc % every == 0 && (colour is null || ColourOf(doc) == colour) && (least is null || 100 + (doc % 1_000) >= least))];

    private static int FinishOf(int doc) => FirstFinish + (doc * 17 % 103 % Finishes);

    private static int ColourOf(int doc) => 1 + (doc * 31 % 101 % Colours);
}
