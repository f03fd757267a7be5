namespace Commerce.Catalog.Search;

/// <summary>Takes the documents that were found one by one: keeps those of the asked page, counts the facets of all.</summary>
internal sealed class Sifting : IDisposable
{
    /// <summary>Facets are counted exactly over so many documents.</summary>
    public const int ExactFacets = 10_000;

    private const float PopularityShare = 0.1f;

    // A full match stands before every partial one, whatever their words weigh.
    private const float FullMatch = 1000f;

    private readonly SearchSnapshot _snapshot;
    private readonly SearchQuery _query;
    private readonly SearchFilter _filter;
    private readonly FacetCounts _facets;
    private readonly PriorityQueue<SearchHit, SearchPlace> _best = new(Comparer<SearchPlace>.Create((left, right) => right.CompareTo(left)));
    private readonly SearchPlace? _after;
    private readonly int _currency;
    private readonly long _now;
    private readonly bool _isBrowsing;
    private readonly float _countFrom;
    private SearchPlace _worst;
    private int _counted;
    private int _countedBeside;

    /// <param name="snapshot">The index.</param>
    /// <param name="query">What was asked.</param>
    /// <param name="filter">Its conditions.</param>
    /// <param name="names">The fields of facets.</param>
    /// <param name="now">The moment that prices are of.</param>
    /// <param name="matches">What was found, or null when everything is looked through.</param>
    public Sifting(SearchSnapshot snapshot, SearchQuery query, SearchFilter filter, FacetNames names, long now, List<Match>? matches)
    {
        _snapshot = snapshot;
        _query = query;
        _filter = filter;
        _facets = new FacetCounts(filter, names);
        _currency = snapshot.Live.CurrencyNumber(query.Currency);
        _now = now;
        _isBrowsing = matches is null;
        _after = query.After;
        if (matches is not null)
        {
            _countFrom = matches.Count > ExactFacets ? Threshold(matches) : float.MinValue;
            _after = Anchored(matches);
        }
    }

    /// <summary>How many were found.</summary>
    public int Total { get; private set; }

    /// <summary>Whether facets are of a part alone.</summary>
    public bool IsApproximate { get; private set; }

    /// <summary>Whether one of the documents that fail a single condition had to stay uncounted: no more of them need be looked at.</summary>
    public bool IsFullBeside { get; private set; }

    /// <summary>Takes a match.</summary>
    public void Add(Match match) => Add(match.Segment, match.Place, _filter.FailedFacets(_snapshot.Segments[match.Segment].FacetsOf(match.Place)), match.IsFull, match.Score);

    /// <summary>Takes a document.</summary>
    /// <param name="segment">Its segment's place in the snapshot.</param>
    /// <param name="place">Its place in the segment.</param>
    /// <param name="failedFacets">Which conditions of facets it fails.</param>
    /// <param name="isFull">Whether it has all words.</param>
    /// <param name="score">How well it matches.</param>
    public void Add(int segment, int place, int failedFacets, bool isFull, float score)
    {
        var columns = _snapshot.Segments[segment];
        var document = columns.Documents[place];
        var availability = _snapshot.Live.Availability(document);
        if (availability == LiveColumns.Absent)
        {
            return;
        }

        var price = _snapshot.Live.Price(document, _query.Currency, _currency, _now);
        var failed = failedFacets | _filter.FailedOthers(price, availability);
        Count(columns, place, price, availability, failed, score);
        if (failed != 0)
        {
            return;
        }

        Total++;
        var popularity = _snapshot.Live.Popularity(document);
        var mixed = score * (1 + (PopularityShare * Share(popularity)));
        var at = new SearchPlace(KeyOf(isFull, mixed, price, popularity), columns.Products[place]);
        if ((_after is { } after && at.CompareTo(after) <= 0) || (_best.Count > _query.Limit && at.CompareTo(_worst) >= 0))
        {
            return;
        }

        var hit = new SearchHit(at.Product, mixed, isFull, at, segment, place);
        if (_best.Count <= _query.Limit)
        {
            _best.Enqueue(hit, at);
        }
        else
        {
            _best.EnqueueDequeue(hit, at);
        }

        _worst = _best.Peek().Place;
    }

    /// <summary>The page in order, with one more where there is another.</summary>
    public List<SearchHit> Hits()
    {
        var hits = new List<SearchHit>(_best.Count);
        while (_best.TryDequeue(out var hit, out _))
        {
            hits.Add(hit);
        }

        hits.Reverse();
        return hits;
    }

    /// <summary>What was counted.</summary>
    public FacetCounts Facets => _facets;

    /// <summary>By how much its popularity lifts a product: 0 to 0.1.</summary>
    public static float LiftOf(float popularity, float most) => PopularityShare * (popularity <= 0 || most <= 0 ? 0 : MathF.Log(1 + popularity) / MathF.Log(1 + most));

    /// <inheritdoc />
    public void Dispose() => _facets.Dispose();

    private void Count(Segment columns, int place, long price, byte availability, int failed, float score)
    {
        if (failed == 0 ? score >= _countFrom && _counted < ExactFacets : SearchFilter.IsSingle(failed) && _countedBeside < ExactFacets)
        {
            _counted += failed == 0 ? 1 : 0;
            _countedBeside += failed == 0 ? 0 : 1;
            _facets.Add(columns.FacetsOf(place), price, availability, failed);
        }
        else if (failed == 0 || SearchFilter.IsSingle(failed))
        {
            IsApproximate = true;
            IsFullBeside |= failed != 0;
        }
    }

    private float Share(float popularity) => popularity <= 0 ? 0 : LiftOf(popularity, _snapshot.Live.MostPopular) / PopularityShare;

    private double KeyOf(bool isFull, float score, long price, float popularity) => _query.Sort switch
    {
        "price" => price < 0 ? double.MaxValue : price,
        "-price" => price < 0 ? double.MaxValue : -price,
        "newest" => 0,
        "popular" => -popularity,
        _ when _isBrowsing => -popularity,
        _ => -(score + (isFull ? FullMatch : 0)),
    };

    // Every new product shifts all scores a little. A page by score goes on behind the last product of the page before wherever that stands now, so none is
    // skipped and none comes again; only where it is gone the score that it had has to do.
    private SearchPlace? Anchored(List<Match> matches)
    {
        if (_query.After is not { } after || _query.Sort != "relevance")
        {
            return _query.After;
        }

        foreach (var match in matches)
        {
            var columns = _snapshot.Segments[match.Segment];
            if (columns.Products[match.Place] == after.Product && _snapshot.Live.Lives(columns.Documents[match.Place]))
            {
                var mixed = match.Score * (1 + (PopularityShare * Share(_snapshot.Live.Popularity(columns.Documents[match.Place]))));
                return new SearchPlace(KeyOf(match.IsFull, mixed, 0, 0), after.Product);
            }
        }

        return after;
    }

    // The score that about as many of what fails nothing reach as are counted.
    private float Threshold(List<Match> matches)
    {
        const int steps = 4_096;
        var (least, most) = (float.MaxValue, float.MinValue);
        foreach (var match in matches)
        {
            least = Math.Min(least, match.Score);
            most = Math.Max(most, match.Score);
        }

        var counts = new int[steps + 1];
        var scale = steps / Math.Max(most - least, float.Epsilon);
        var found = 0;
        foreach (var match in matches)
        {
            var columns = _snapshot.Segments[match.Segment];
            if (!_filter.Any || Passes(columns, match.Place))
            {
                counts[(int)((match.Score - least) * scale)]++;
                found++;
            }
        }

        var step = steps;
        for (var above = 0; found > ExactFacets && step > 0 && above + counts[step] <= ExactFacets; step--)
        {
            above += counts[step];
        }

        return found <= ExactFacets ? float.MinValue : least + (step / scale);
    }

    private bool Passes(Segment columns, int place)
    {
        var document = columns.Documents[place];
        return _filter.FailedFacets(columns.FacetsOf(place)) == 0
            && _filter.FailedOthers(_snapshot.Live.Price(document, _query.Currency, _currency, _now), _snapshot.Live.Availability(document)) == 0;
    }
}
