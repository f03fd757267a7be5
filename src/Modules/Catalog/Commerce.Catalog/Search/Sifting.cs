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
    private readonly Order _order;
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
        _facets = new FacetCounts(filter, names, snapshot.Live.Living);
        _currency = snapshot.Live.CurrencyNumber(query.Currency);
        _now = now;
        _order = query.Sort switch
        {
            "price" => Order.Price,
            "-price" => Order.PriceDown,
            "newest" => Order.Newest,
            "popular" => Order.Popular,
            _ => matches is null ? Order.Popular : Order.Relevance,
        };
        _after = query.After;
        if (matches is not null)
        {
            _countFrom = matches.Count > ExactFacets ? Threshold(matches) : float.MinValue;
            _after = Anchored(matches);
        }
    }

    /// <summary>How many were found.</summary>
    public int Total { get; set; }

    /// <summary>Whether facets are of a part alone.</summary>
    public bool IsApproximate { get; set; }

    /// <summary>Whether enough of what was found is counted.</summary>
    public bool IsFullFound => _counted >= ExactFacets;

    /// <summary>Whether one of the documents that fail a single condition had to stay uncounted: no more of them need be looked at.</summary>
    public bool IsFullBeside { get; private set; }

    /// <summary>Takes what was found.</summary>
    public void Add(List<Match> matches)
    {
        var skips = _order == Order.Relevance && !_filter.Any;
        foreach (var match in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(matches))
        {
            // Of very many, most are neither counted nor, however popular, anywhere near the page.
            if (skips && match.Score < _countFrom && IsFullOf(KeyOf(match.IsFull, match.Score * (1 + PopularityShare), 0, 0)))
            {
                Total++;
                IsApproximate = true;
                continue;
            }

            Add(match);
        }
    }

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

        var price = PriceOf(document);
        var failed = failedFacets | _filter.FailedOthers(price, availability);
        Count(columns, place, price, availability, failed, score);
        if (failed != 0)
        {
            return;
        }

        Total++;
        Take(columns, segment, place, isFull, score, price);
    }

    /// <summary>Offers a document for the page without counting it.</summary>
    public Verdict AddHit(int segment, int place)
    {
        var columns = _snapshot.Segments[segment];
        var document = columns.Documents[place];
        var availability = _snapshot.Live.Availability(document);
        var price = PriceOf(document);
        return availability == LiveColumns.Absent || _filter.FailedOthers(price, availability) != 0 ? Verdict.Skipped : Take(columns, segment, place, false, 0, price);
    }

    /// <summary>Counts a document's facets without offering it for the page.</summary>
    public void CountFacets(int segment, int place)
    {
        var columns = _snapshot.Segments[segment];
        var document = columns.Documents[place];
        var availability = _snapshot.Live.Availability(document);
        if (availability != LiveColumns.Absent)
        {
            var price = PriceOf(document);
            Count(columns, place, price, availability, _filter.FailedOthers(price, availability), 0);
        }
    }

    /// <summary>How many documents pass the conditions that are not on facets.</summary>
    public int CountOthers()
    {
        var found = 0;
        foreach (var columns in _snapshot.Segments)
        {
            foreach (var document in columns.Documents)
            {
                var availability = _snapshot.Live.Availability(document);
                found += availability != LiveColumns.Absent && _filter.FailedOthers(PriceOf(document), availability) == 0 ? 1 : 0;
            }
        }

        return found;
    }

    /// <summary>Whether the page is full of documents that stand before all with this key or a larger one.</summary>
    public bool IsFullOf(double key) => _best.Count > _query.Limit && _worst.Key < key;

    private enum Order
    {
        Relevance,
        Price,
        PriceDown,
        Newest,
        Popular,
    }

    /// <summary>Whether a document has a price now.</summary>
    public bool HasPrice(int document) => PriceOf(document) >= 0;

    /// <summary>The page in order, with one more where there is another.</summary>
    public List<SearchHit> Hits()
    {
        var hits = new List<SearchHit>(_best.Count);
        while (_best.TryDequeue(out var hit, out _))
        {
            hits.Add(hit);
        }

        hits.Reverse();
        // A price or an order that arrives meanwhile can make one document stand in two places.
        return [.. hits.DistinctBy(hit => hit.Product)];
    }

    /// <summary>What was counted.</summary>
    public FacetCounts Facets => _facets;

    /// <summary>By how much its popularity lifts a product: 0 to 0.1.</summary>
    public static float LiftOf(float popularity, float most) => PopularityShare * (popularity <= 0 || most <= 0 ? 0 : MathF.Log(1 + popularity) / MathF.Log(1 + most));

    /// <inheritdoc />
    public void Dispose() => _facets.Dispose();

    private long PriceOf(int document) => _snapshot.Live.Price(document, _query.Currency, _currency, _now);

    private Verdict Take(Segment columns, int segment, int place, bool isFull, float score, long price)
    {
        var popularity = _snapshot.Live.Popularity(columns.Documents[place]);
        var mixed = score * (1 + (PopularityShare * Share(popularity)));
        var at = new SearchPlace(KeyOf(isFull, mixed, price, popularity), columns.Products[place]);
        if (_after is { } after && at.CompareTo(after) <= 0)
        {
            return Verdict.Skipped;
        }

        if (_best.Count > _query.Limit && at.CompareTo(_worst) >= 0)
        {
            return Verdict.BehindThePage;
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
        return Verdict.Taken;
    }

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

    private double KeyOf(bool isFull, float score, long price, float popularity) => _order switch
    {
        Order.Price => price < 0 ? double.MaxValue : price,
        Order.PriceDown => price < 0 ? double.MaxValue : -price,
        Order.Newest => 0,
        Order.Popular => -popularity,
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
            && _filter.FailedOthers(PriceOf(document), _snapshot.Live.Availability(document)) == 0;
    }
}
