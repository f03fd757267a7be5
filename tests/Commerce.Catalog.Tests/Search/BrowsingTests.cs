using System.Globalization;
using Commerce.Catalog.Search;

namespace Commerce.Catalog.Tests.Search;

/// <summary>Pages that come from bounds and orders kept beside the documents are the pages that sorting all of them would give.</summary>
public sealed class BrowsingTests
{
    private const int Documents = 30_000;
    private const int Dead = 7;

    private readonly LiveColumns _live = new();
    private readonly Guid[] _products = new Guid[Documents];
    private readonly SearchSnapshot _snapshot;

    public BrowsingTests()
    {
        var random = new Random(5);
        for (var doc = 0; doc < Documents; doc++)
        {
            _products[doc] = Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddMilliseconds(random.Next(1, 1_000_000)));
            var price = random.Next(10) switch { 0 => "", 1 => "KRW:5000", 2 => $"USD:{random.Next(100, 400)}:0:9000000000000", _ => string.Create(CultureInfo.InvariantCulture, $"USD:{random.Next(100, 100_000)};KRW:{random.Next(100)}") };
            _live.Apply(new LiveRow(doc, _products[doc], false, (short)random.Next(4), random.Next(300) == 0 ? random.Next(1, 50) : 0, price));
        }

        for (var doc = 0; doc < Documents; doc += Dead)
        {
            _live.Apply(new LiveRow(doc, _products[doc], true, 0, 0, ""));
        }

        List<Segment> segments = [SegmentOf(1, 0, 12_000), SegmentOf(2, 12_000, 29_500), SegmentOf(3, 29_500, Documents)];
        _snapshot = new SearchSnapshot(Guid.Empty, 1, segments, _live, SearchStatistics.Of(segments), new KnownWords());
    }

    [Theory]
    [InlineData("relevance", null, false)]
    [InlineData("popular", null, true)]
    [InlineData("newest", null, false)]
    [InlineData("newest", 900L, true)]
    [InlineData("price", null, false)]
    [InlineData("-price", null, false)]
    [InlineData("price", 50_000L, true)]
    [InlineData("-price", 50_000L, false)]
    public async Task Pages_are_those_of_all_documents_sorted(string sort, long? least, bool inStock)
    {
        var expected = Sorted(sort, least, inStock);
        var seen = new List<Guid>();
        SearchPlace? after = null;
        do
        {
            // The first pages, then a leap to the very end, where those without a price stand.
            var query = new SearchQuery(null, [], least, null, "USD", new Dictionary<string, IReadOnlyList<string>>(), inStock, sort, 50, after);
            var filter = await SearchFilter.OfAsync(SearchConnection.None, query, FacetNames.None, CancellationToken.None);
            using var sifting = new Sifting(_snapshot, query, filter, FacetNames.None, 1_000, null);
            new Browsing(_snapshot, query, filter, null!, sifting).Run();
            sifting.Total.ShouldBe(expected.Count);
            var hits = sifting.Hits();
            seen.AddRange(hits.Take(50).Select(hit => hit.Product));
            after = hits.Count > 50 ? hits[49].Place : null;
        }
        while (after is not null && seen.Count < 2_000);

        seen.ShouldBe(expected.Take(seen.Count));
        seen.Count.ShouldBe(Math.Min(expected.Count, 2_000));
    }

    [Fact]
    public async Task What_has_no_price_stands_last()
    {
        var expected = Sorted("price", null, false);
        var priced = expected.Count(product => PriceOf(Array.IndexOf(_products, product)) >= 0);
        var last = Array.IndexOf(_products, expected[priced - 1]);
        var query = new SearchQuery(
            null, [], null, null, "USD", new Dictionary<string, IReadOnlyList<string>>(), false, "price", 20, new SearchPlace(PriceOf(last), _products[last]));
        var filter = await SearchFilter.OfAsync(SearchConnection.None, query, FacetNames.None, CancellationToken.None);
        using var sifting = new Sifting(_snapshot, query, filter, FacetNames.None, 1_000, null);
        new Browsing(_snapshot, query, filter, null!, sifting).Run();
        sifting.Hits().Take(20).Select(hit => hit.Product).ShouldBe(expected.Skip(priced).Take(20));
    }

    private long PriceOf(int doc) => _live.Price(doc, "USD", _live.CurrencyNumber("USD"), 1_000);

    private List<Guid> Sorted(string sort, long? least, bool inStock) =>
        [.. Enumerable.Range(0, Documents)
            .Where(_live.Lives)
            .Where(doc => least is null || PriceOf(doc) >= least)
            .Where(doc => !inStock || _live.Availability(doc) <= 1)
            .OrderBy(doc => sort switch
            {
                "newest" => 0,
                "price" => PriceOf(doc) < 0 ? double.MaxValue : PriceOf(doc),
                "-price" => PriceOf(doc) < 0 ? double.MaxValue : -PriceOf(doc),
                _ => -_live.Popularity(doc),
            })
            .ThenByDescending(doc => _products[doc])
            .Select(doc => _products[doc])];

    private Segment SegmentOf(int id, int from, int until) => new(
        id, [.. Enumerable.Range(from, until - from)], _products[from..until], new byte[(until - from) * Fields.Lengths], FacetColumn.Of(new ushort[until - from], []));
}
