using Commerce.ReadModels;

namespace Commerce.Catalog.Search;

/// <summary>One page of what was found.</summary>
/// <param name="Hits">The products in order.</param>
/// <param name="Facets">Fields with counts.</param>
/// <param name="IsApproximate">Whether the counts are of a part alone, because there is too much.</param>
/// <param name="Total">How many products were found.</param>
/// <param name="Corrected">The query that was answered, when it was mended.</param>
/// <param name="Next">Where the next page begins, or null.</param>
internal sealed record SearchResult(
    IReadOnlyList<SearchHit> Hits, IReadOnlyList<FacetField> Facets, bool IsApproximate, int Total, string? Corrected, SearchPlace? Next)
{
    /// <summary>How each product came by its score, when that was asked for.</summary>
    public IReadOnlyDictionary<Guid, Explanation>? Explanations { get; init; }

    /// <summary>What it was found in.</summary>
    public SearchState State { get; init; }

    /// <summary>Whether any price of the shop depends on the clock.</summary>
    public bool HasScheduled { get; init; }

    /// <summary>Whether the price of a product shown does.</summary>
    public bool IsShownScheduled { get; init; }
}

/// <summary>A product that was found.</summary>
/// <param name="Product">The product.</param>
/// <param name="Score">How well it matches.</param>
/// <param name="IsFull">Whether it has all required words.</param>
/// <param name="Place">Its place among all.</param>
/// <param name="Segment">Where in the snapshot it was found.</param>
/// <param name="Row">Its place in the segment.</param>
internal readonly record struct SearchHit(Guid Product, double Score, bool IsFull, SearchPlace Place, int Segment, int Row);

/// <summary>How a product came by its score.</summary>
/// <param name="Query">The form of the query that it was found by.</param>
/// <param name="IsFull">Whether it has all required words; such products go before all others.</param>
/// <param name="Weight">Less than 1 for a form that was not typed.</param>
/// <param name="PopularityLift">What popularity multiplied the score by.</param>
/// <param name="Terms">What each word added.</param>
internal sealed record Explanation(string Query, bool IsFull, float Weight, float PopularityLift, IReadOnlyList<TermShare> Terms);

/// <summary>Answers searches out of the index: plans, matches, filters, sorts and counts.</summary>
internal sealed class SearchEngine(ModuleDatabase<CatalogDatabase> database, SearchMemory memory, SearchStates states, TimeProvider time)
{
    // Full matches beyond a page or two make partial ones uninteresting.
    private const int Enough = 40;

    /// <summary>What is committed now.</summary>
    public Task<SearchState> StateAsync(CancellationToken cancellationToken) => states.StateAsync(cancellationToken);

    /// <summary>What was committed a few milliseconds ago at the most, for callers who hold no token of a write.</summary>
    public ValueTask<SearchState> RecentStateAsync(CancellationToken cancellationToken) => states.RecentStateAsync(cancellationToken);

    /// <summary>A page of results, of what is committed now.</summary>
    public async Task<SearchResult> SearchAsync(SearchQuery query, CancellationToken cancellationToken) =>
        await SearchAsync(query, await states.StateAsync(cancellationToken), cancellationToken);

    /// <summary>A page of results, at least as of a state.</summary>
    public async Task<SearchResult> SearchAsync(SearchQuery query, SearchState state, CancellationToken cancellationToken)
    {
        var (snapshot, thesaurus) = await memory.NowAsync(state, cancellationToken);
        var result = await SearchAsync(query, snapshot, thesaurus, cancellationToken);
        return result with
        {
            State = new SearchState(snapshot.Epoch, snapshot.Generation, snapshot.Changed, thesaurus.Version),
            HasScheduled = snapshot.Live.HasScheduled,
            IsShownScheduled = snapshot.Live.HasScheduled && result.Hits.Any(hit => snapshot.Live.IsScheduled(snapshot.Segments[hit.Segment].DocumentOf(hit.Row))),
        };
    }

    private async Task<SearchResult> SearchAsync(SearchQuery query, SearchSnapshot snapshot, Thesaurus thesaurus, CancellationToken cancellationToken)
    {
        await using var connection = new SearchConnection(database);
        var text = QueryText.Of(query.Text);
        var plans = await QueryPlanner.PlanAsync(connection, snapshot.Words, text, thesaurus, cancellationToken);
        var names = memory.Facets;
        var filter = await SearchFilter.OfAsync(connection, query, names, cancellationToken);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (plans.Count == 0)
        {
            using var browsing = new Sifting(snapshot, query, filter, names, now, null);
            new Browsing(snapshot, query, filter, memory, browsing).Run();
            return await ResultAsync(connection, browsing, query, names, null, false, cancellationToken);
        }

        var impacts = await memory.Postings.FindAsync(connection, snapshot, TermsOf(plans), cancellationToken);
        var matches = Find(snapshot, plans, impacts);
        try
        {
            var isCut = false;
            if (text.Phrases.Count > 0)
            {
                isCut = await SayingAsync(connection, snapshot, matches, text.Phrases, cancellationToken);
            }

            using var sifting = new Sifting(snapshot, query, filter, names, now, matches);
            new MatchSifting(snapshot, query, filter, memory.Postings, sifting, now).Add(matches);
            var result = await ResultAsync(connection, sifting, query, names, plans[0].Corrected, isCut, cancellationToken);
            return query.Explains ? result with { Explanations = await ExplainAsync(connection, snapshot, plans, impacts, result.Hits, cancellationToken) } : result;
        }
        finally
        {
            matches.Dispose();
        }
    }

    /// <summary>Queries that begin with these letters: the words so far, the last one completed.</summary>
    public async Task<IReadOnlyList<string>> CompleteAsync(string folded, int limit, CancellationToken cancellationToken)
    {
        var words = Words.Of(folded);
        if (words.Count == 0)
        {
            return [];
        }

        var (snapshot, _) = await memory.NowAsync(await states.StateAsync(cancellationToken), cancellationToken);
        await using var connection = new SearchConnection(database);
        var completions = await snapshot.Words.CompletionsAsync(connection, words[^1], limit, cancellationToken);
        var before = string.Join(' ', words.SkipLast(1));
        return [.. completions.Select(term => before.Length == 0 ? term.Term : $"{before} {term.Term}")];
    }

    private static async Task<SearchResult> ResultAsync(
        SearchConnection connection, Sifting sifting, SearchQuery query, FacetNames names, string? corrected, bool isCut, CancellationToken cancellationToken)
    {
        var page = sifting.Hits();
        var isMore = page.Count > query.Limit;
        if (isMore)
        {
            page.RemoveRange(query.Limit, page.Count - query.Limit);
        }

        var facets = await sifting.Facets.ToFieldsAsync(connection, names, query.Currency, cancellationToken);
        return new SearchResult(page, facets, sifting.IsApproximate || isCut, sifting.Total, corrected, isMore ? page[^1].Place : null);
    }

    private static HashSet<string> TermsOf(IReadOnlyList<QueryPlan> plans)
    {
        var terms = plans[0].Terms();
        for (var i = 1; i < plans.Count; i++)
        {
            terms.UnionWith(plans[i].Terms());
        }

        return terms;
    }

    // What several forms of a query found, each document by the form that it matches best.
    private static Matches Find(SearchSnapshot snapshot, IReadOnlyList<QueryPlan> plans, Dictionary<string, TermImpacts> impacts)
    {
        var first = new Matching(snapshot, plans[0], impacts).Find(Enough);
        if (plans.Count == 1)
        {
            return first;
        }

        var best = new Dictionary<(int, int), Match>();
        foreach (var found in plans.Skip(1).Select(plan => new Matching(snapshot, plan, impacts).Find(Enough)).Prepend(first))
        {
            for (var i = 0; i < found.Count; i++)
            {
                var match = found[i];
                if (!best.TryGetValue((match.Segment, match.Place), out var known) || (match.IsFull, match.Score).CompareTo((known.IsFull, known.Score)) > 0)
                {
                    best[(match.Segment, match.Place)] = match;
                }
            }

            found.Dispose();
        }

        var all = Matches.Rent();
        foreach (var match in best.Values)
        {
            all.Add(match);
        }

        if (all.CountFull() >= Enough)
        {
            all.KeepFull();
        }

        return all;
    }

    // Leaves those that say the phrases; true when there were too many to look at all of them.
    private static async Task<bool> SayingAsync(
        SearchConnection connection, SearchSnapshot snapshot, Matches matches, IReadOnlyList<string> phrases, CancellationToken cancellationToken)
    {
        matches.KeepFull();
        var full = Enumerable.Range(0, matches.Count).Select(number => matches[number]).OrderByDescending(match => match.Score).ToList();
        var read = full.Take(PhraseCheck.MaxCandidates).ToList();
        Guid ProductOf(Match match) => snapshot.Segments[match.Segment].Products[match.Place];
        var says = await PhraseCheck.SayingAsync(connection, [.. read.Select(ProductOf)], phrases, cancellationToken);
        matches.Clear();
        foreach (var match in read.Where(match => says.Contains(ProductOf(match))))
        {
            matches.Add(match);
        }

        return full.Count > read.Count;
    }

    private static async Task<Dictionary<Guid, Explanation>> ExplainAsync(
        SearchConnection connection, SearchSnapshot snapshot, IReadOnlyList<QueryPlan> plans, Dictionary<string, TermImpacts> impacts, IReadOnlyList<SearchHit> hits, CancellationToken cancellationToken)
    {
        var explaining = new List<(QueryPlan Plan, Explaining Terms)>(plans.Count);
        foreach (var plan in plans)
        {
            explaining.Add((plan, await Explaining.ReadAsync(connection, snapshot, plan, impacts, hits.Select(hit => hit.Segment), cancellationToken)));
        }

        return hits.ToDictionary(hit => hit.Product, hit =>
        {
            var lift = 1 + Sifting.LiftOf(snapshot.Live.Popularity(snapshot.Segments[hit.Segment].DocumentOf(hit.Row)), snapshot.Live.MostPopular);
            return explaining.Select(of => new Explanation(of.Plan.Text, hit.IsFull, of.Plan.Weight, lift, of.Terms.Of(hit.Segment, hit.Row)))
                .MaxBy(explanation => explanation.Weight * explanation.Terms.Sum(term => term.Score))!;
        });
    }
}
