using Commerce.ReadModels;
using Npgsql;

namespace Commerce.Catalog.Search;

/// <summary>One page of what was found.</summary>
/// <param name="Hits">The products in order.</param>
/// <param name="Facets">Fields with counts.</param>
/// <param name="IsApproximate">Whether the counts are of the best matches alone, because there are too many.</param>
/// <param name="Total">How many products were found.</param>
/// <param name="Corrected">The query that was answered, when it was mended.</param>
/// <param name="Next">Where the next page begins, or null.</param>
internal sealed record SearchResult(
    IReadOnlyList<SearchHit> Hits, IReadOnlyList<FacetField> Facets, bool IsApproximate, int Total, string? Corrected, SearchPlace? Next);

/// <summary>A product that was found.</summary>
internal sealed record SearchHit(Guid Product, double Score, SearchPlace Place);

/// <summary>Answers searches out of the index: plans, matches, filters, sorts and counts.</summary>
internal sealed class SearchEngine(ModuleDatabase<CatalogDatabase> database, SearchMemory memory, TimeProvider time)
{
    /// <summary>Facets are counted exactly over so many documents.</summary>
    public const int ExactFacets = 10_000;

    // Full matches beyond a page or two make partial ones uninteresting.
    private const int Enough = 40;

    // A full match stands before every partial one, whatever their words weigh.
    private const float FullMatch = 1000f;

    private const float PopularityShare = 0.1f;

    /// <summary>A page of results.</summary>
    public async Task<SearchResult> SearchAsync(SearchQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var snapshot = await memory.NowAsync(connection, cancellationToken);
        var plan = await QueryPlanner.PlanAsync(connection, query.Text, cancellationToken);
        var matches = plan.IsEmpty ? Everything(snapshot) : await MatchAsync(connection, snapshot, plan, cancellationToken);
        return Sift(snapshot, plan, matches, query);
    }

    /// <summary>Queries that begin with these letters: the words so far, the last one completed.</summary>
    public async Task<IReadOnlyList<string>> CompleteAsync(string folded, int limit, CancellationToken cancellationToken)
    {
        var words = Words.Of(folded);
        if (words.Count == 0)
        {
            return [];
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var completions = await QueryPlanner.CompletionsAsync(connection, words[^1], limit, cancellationToken);
        var before = string.Join(' ', words.SkipLast(1));
        return [.. completions.Select(term => before.Length == 0 ? term.Term : $"{before} {term.Term}")];
    }

    private static List<Match> Everything(SearchSnapshot snapshot)
    {
        var all = new List<Match>(snapshot.Statistics.Documents);
        for (var segment = 0; segment < snapshot.Segments.Count; segment++)
        {
            var documents = snapshot.Segments[segment].Documents;
            for (var place = 0; place < documents.Length; place++)
            {
                if (snapshot.Live.Lives(documents[place]))
                {
                    all.Add(new Match(segment, place, 0, 0));
                }
            }
        }

        return all;
    }

    private async Task<List<Match>> MatchAsync(NpgsqlConnection connection, SearchSnapshot snapshot, QueryPlan plan, CancellationToken cancellationToken)
    {
        var postings = await memory.PostingsAsync(connection, snapshot, plan.Terms(), cancellationToken);
        return new Matching(snapshot, plan, postings).Find(Enough);
    }

    private SearchResult Sift(SearchSnapshot snapshot, QueryPlan plan, List<Match> matches, SearchQuery query)
    {
        var names = memory.Facets;
        var filter = new SearchFilter(query, names);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        using var facets = new FacetCounts(filter, names);
        var countFrom = matches.Count <= ExactFacets ? float.MinValue : Threshold(matches);
        var best = new PriorityQueue<SearchHit, SearchPlace>(Comparer<SearchPlace>.Create((left, right) => right.CompareTo(left)));
        var (total, counted) = (0, 0);
        foreach (var match in matches)
        {
            var segment = snapshot.Segments[match.Segment];
            var document = segment.Documents[match.Place];
            var price = snapshot.Live.Price(document, query.Currency, now);
            var availability = snapshot.Live.Availability(document);
            var failed = filter.Failed(segment.FacetsOf(match.Place), price, availability);
            if (match.Score >= countFrom && counted < ExactFacets)
            {
                counted++;
                facets.Add(segment.FacetsOf(match.Place), price, availability, failed);
            }

            if (failed != 0)
            {
                continue;
            }

            total++;
            var popularity = snapshot.Live.Popularity(document);
            var score = match.Score * (1 + (PopularityShare * Share(popularity, snapshot.Live.MostPopular)));
            var place = new SearchPlace(KeyOf(query.Sort, plan, match, score, price, popularity), segment.Products[match.Place]);
            if (query.After is { } after && place.CompareTo(after) <= 0)
            {
                continue;
            }

            if (best.Count <= query.Limit)
            {
                best.Enqueue(new SearchHit(place.Product, score, place), place);
            }
            else
            {
                best.EnqueueDequeue(new SearchHit(place.Product, score, place), place);
            }
        }

        var hits = new List<SearchHit>(best.Count);
        while (best.TryDequeue(out var hit, out _))
        {
            hits.Add(hit);
        }

        hits.Reverse();
        var page = hits.Take(query.Limit).ToList();
        return new SearchResult(page, facets.ToFields(query.Currency), matches.Count > ExactFacets, total, plan.Corrected, hits.Count > query.Limit ? page[^1].Place : null);
    }

    private static double KeyOf(string sort, QueryPlan plan, Match match, float score, long price, float popularity) => sort switch
    {
        "price" => price < 0 ? double.MaxValue : price,
        "-price" => price < 0 ? double.MaxValue : -price,
        "newest" => 0,
        "popular" => -popularity,
        _ when plan.IsEmpty => -popularity,
        _ => -(score + (match.Covered == plan.Required ? FullMatch : 0)),
    };

    private static float Share(float popularity, float most) => popularity <= 0 || most <= 0 ? 0 : MathF.Log(1 + popularity) / MathF.Log(1 + most);

    // The score that about as many documents reach as are counted.
    private static float Threshold(List<Match> matches)
    {
        var scores = matches.Select(match => match.Score).ToArray();
        Array.Sort(scores);
        return scores[^ExactFacets];
    }
}
