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
    private readonly PageHits _best;
    private readonly SearchPlace? _after;
    private readonly int _currency;
    private readonly long _now;
    private readonly Order _order;
    private readonly float _mostLift;
    private int _counted;
    private int _countedBeside;

    /// <param name="snapshot">The index.</param>
    /// <param name="query">What was asked.</param>
    /// <param name="filter">Its conditions.</param>
    /// <param name="names">The fields of facets.</param>
    /// <param name="now">The moment that prices are of.</param>
    /// <param name="matches">What was found, or null when everything is looked through.</param>
    public Sifting(SearchSnapshot snapshot, SearchQuery query, SearchFilter filter, FacetNames names, long now, Matches? matches)
    {
        _snapshot = snapshot;
        _query = query;
        _best = new PageHits(query.Limit);
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
        _mostLift = snapshot.Live.MostPopular > 0 ? 1 + PopularityShare : 1;
        if (matches is not null)
        {
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

    /// <summary>Says that of those that fail nothing only every so many-th is counted.</summary>
    public void CountsEvery(int times)
    {
        _facets.Times = times;
        IsApproximate |= times > 1;
    }

    /// <summary>Whether a match may come on the page, however popular it is.</summary>
    public bool MayTake(Matches matches, int number)
    {
        if (_order != Order.Relevance || !_best.IsFull)
        {
            return true;
        }

        var (key, worst) = (KeyOf(matches.IsFull(number), matches.Scores[number] * _mostLift, 0, 0), _best.Worst);
        if (key != worst.Key || _mostLift > 1)
        {
            return key <= worst.Key;
        }

        // Very many can be as good as the last of the page; of these only newer ones come before it.
        var match = matches[number];
        return _snapshot.Segments[match.Segment].Products[match.Place].CompareTo(worst.Product) > 0;
    }

    /// <summary>Takes matches of a query's words.</summary>
    public void Take(SiftingBlock block)
    {
        for (var i = 0; i < block.Count; i++)
        {
            ref readonly var values = ref block.Values[i];
            var failed = block.Failed[i];
            if (values.Availability == LiveColumns.Absent)
            {
                // It died while the query was answered.
                Total -= failed == 0 ? 1 : 0;
                continue;
            }

            if (block.Times[i] > 0)
            {
                _facets.Add(block.FacetsOf(i), values.Price, values.Availability, failed, block.Times[i]);
            }

            if (failed == 0)
            {
                ref readonly var match = ref block.Matches[i];
                Take(block.Columns!, match.Segment, match.Place, match.IsFull, match.Score, values);
            }
        }
    }

    /// <summary>Takes a document that was not found by words.</summary>
    /// <param name="segment">Its segment's place in the snapshot.</param>
    /// <param name="place">Its place in the segment.</param>
    /// <param name="failedFacets">Which conditions of facets it fails.</param>
    public void Add(int segment, int place, int failedFacets)
    {
        var columns = _snapshot.Segments[segment];
        var values = _snapshot.Live.ValuesOf(columns.DocumentOf(place), _query.Currency, _currency, _now);
        if (values.Availability == LiveColumns.Absent)
        {
            return;
        }

        var failed = failedFacets | _filter.FailedOthers(values.Price, values.Availability);
        Count(columns, place, values, failed);
        if (failed == 0)
        {
            Total++;
            Take(columns, segment, place, false, 0, values);
        }
    }

    /// <summary>Offers a document for the page without counting it.</summary>
    public Verdict AddHit(int segment, int place)
    {
        var columns = _snapshot.Segments[segment];
        var values = _snapshot.Live.ValuesOf(columns.DocumentOf(place), _query.Currency, _currency, _now);
        return values.Availability == LiveColumns.Absent || _filter.FailedOthers(values.Price, values.Availability) != 0
            ? Verdict.Skipped
            : Take(columns, segment, place, false, 0, values);
    }

    /// <summary>Counts a document's facets without offering it for the page.</summary>
    public void CountFacets(int segment, int place)
    {
        var columns = _snapshot.Segments[segment];
        var values = _snapshot.Live.ValuesOf(columns.DocumentOf(place), _query.Currency, _currency, _now);
        if (values.Availability != LiveColumns.Absent)
        {
            Count(columns, place, values, _filter.FailedOthers(values.Price, values.Availability));
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
    public bool IsFullOf(double key) => _best.IsBehind(key);

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
    public List<SearchHit> Hits() => _best.ToList();

    /// <summary>What was counted.</summary>
    public FacetCounts Facets => _facets;

    /// <summary>By how much its popularity lifts a product: 0 to 0.1.</summary>
    public static float LiftOf(float popularity, float most) => PopularityShare * (popularity <= 0 || most <= 0 ? 0 : MathF.Log(1 + popularity) / MathF.Log(1 + most));

    /// <inheritdoc />
    public void Dispose() => _facets.Dispose();

    private long PriceOf(int document) => _snapshot.Live.Price(document, _query.Currency, _currency, _now);

    private Verdict Take(Segment columns, int segment, int place, bool isFull, float score, in LiveValues values)
    {
        var mixed = values.Popularity > 0 ? score * (1 + (PopularityShare * Share(values.Popularity))) : score;
        var key = KeyOf(isFull, mixed, values.Price, values.Popularity);
        if (_best.IsBehind(key))
        {
            // Before the product's id is looked at: nearly all of many matches end here.
            return _after is { } anchor && key < anchor.Key ? Verdict.Skipped : Verdict.BehindThePage;
        }

        var at = new SearchPlace(key, columns.Products[place]);
        if (_after is { } after && at.CompareTo(after) <= 0)
        {
            return Verdict.Skipped;
        }

        if (_best.IsFull && at.CompareTo(_best.Worst) >= 0)
        {
            return Verdict.BehindThePage;
        }

        _best.Add(at, mixed, isFull, segment, place);
        return Verdict.Taken;
    }

    private void Count(Segment columns, int place, in LiveValues values, int failed)
    {
        if (failed == 0 ? _counted < ExactFacets : SearchFilter.IsSingle(failed) && _countedBeside < ExactFacets)
        {
            _counted += failed == 0 ? 1 : 0;
            _countedBeside += failed == 0 ? 0 : 1;
            _facets.Add(columns.Facets.CodesOf(place), values.Price, values.Availability, failed, 1);
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
    private SearchPlace? Anchored(Matches matches)
    {
        if (_query.After is not { } after || _query.Sort != "relevance")
        {
            return _query.After;
        }

        for (var i = 0; i < matches.Count; i++)
        {
            var match = matches[i];
            var columns = _snapshot.Segments[match.Segment];
            if (columns.Products[match.Place] == after.Product && _snapshot.Live.Lives(columns.DocumentOf(match.Place)))
            {
                var mixed = match.Score * (1 + (PopularityShare * Share(_snapshot.Live.Popularity(columns.DocumentOf(match.Place)))));
                return new SearchPlace(KeyOf(match.IsFull, mixed, 0, 0), after.Product);
            }
        }

        return after;
    }
}
