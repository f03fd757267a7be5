using System.Buffers;

namespace Commerce.Catalog.Search;

/// <summary>
/// Looks through the shop without a query. The page comes from what is sorted or bounded already, so it costs no more in a large shop: products of a segment by
/// age, blocks of documents by their best price or popularity, and the places of facet values.
/// </summary>
internal sealed class Browsing(SearchSnapshot snapshot, SearchQuery query, SearchFilter filter, SearchMemory memory, Sifting sifting)
{
    // Facets are counted over the newest; beyond so many that count for nothing, nobody looks on.
    private const int MaxLookedAt = 200_000;

    /// <summary>Fills the page and counts.</summary>
    public void Run()
    {
        if (filter.FacetSets.Count > 0)
        {
            for (var segment = snapshot.Segments.Count - 1; segment >= 0; segment--)
            {
                ByFacets(snapshot.Segments[segment], segment);
            }

            return;
        }

        CountFacets();
        sifting.Total = filter.Any ? sifting.CountOthers() : snapshot.Live.Living;
        switch (query.Sort)
        {
            case "newest":
                ByAge(static (_, _) => true);
                break;
            case "price" or "-price":
                ByPrice();
                break;
            default:
                ByPopularity();
                break;
        }
    }

    private void ByFacets(Segment columns, int segment)
    {
        var passed = ArrayPool<int>.Shared.Rent(columns.Count);
        Array.Clear(passed, 0, columns.Count);
        var touched = new List<int>();
        foreach (var (bit, values) in filter.FacetSets)
        {
            foreach (var value in values.Where(value => value >= 0))
            {
                foreach (var place in memory.Postings.PlacesOf(columns, value))
                {
                    if (passed[place] == 0)
                    {
                        touched.Add(place);
                    }

                    passed[place] |= bit;
                }
            }
        }

        foreach (var place in touched)
        {
            sifting.Add(segment, place, filter.AllFacets & ~passed[place]);
        }

        // With a single condition, whatever fails it still counts for that condition's own facet.
        for (var place = columns.Count - 1; filter.FacetSets.Count == 1 && !sifting.IsFullBeside && place >= 0; place--)
        {
            if (passed[place] == 0)
            {
                sifting.Add(segment, place, filter.AllFacets);
            }
        }

        ArrayPool<int>.Shared.Return(passed);
    }

    private void CountFacets()
    {
        var looked = 0;
        for (var segment = snapshot.Segments.Count - 1; segment >= 0; segment--)
        {
            for (var place = snapshot.Segments[segment].Count - 1; place >= 0; place--)
            {
                if (sifting.IsFullFound && (!filter.Any || sifting.IsFullBeside || ++looked > MaxLookedAt))
                {
                    sifting.IsApproximate = true;
                    return;
                }

                sifting.CountFacets(segment, place);
            }
        }
    }

    // The newest of each segment until what follows is older than the page.
    private void ByAge(Func<SearchSnapshot, int, bool> takes)
    {
        for (var segment = snapshot.Segments.Count - 1; segment >= 0; segment--)
        {
            var columns = snapshot.Segments[segment];
            foreach (var place in columns.ByAge)
            {
                if (takes(snapshot, columns.DocumentOf(place)) && sifting.AddHit(segment, place) == Verdict.BehindThePage)
                {
                    break;
                }
            }
        }
    }

    private void ByPopularity()
    {
        foreach (var (number, most) in snapshot.Live.BlocksByPopularity())
        {
            if (sifting.IsFullOf(-most))
            {
                break;
            }

            foreach (var document in snapshot.Live.PopularOf(number))
            {
                Add(document);
            }
        }

        if (!sifting.IsFullOf(-float.Epsilon))
        {
            ByAge(static (snapshot, document) => snapshot.Live.Popularity(document) <= 0);
        }
    }

    private void ByPrice()
    {
        var (descends, currency) = (query.Sort == "-price", snapshot.Live.CurrencyNumber(query.Currency));
        foreach (var document in snapshot.Live.Scheduled().Where(sifting.HasPrice))
        {
            Add(document);
        }

        foreach (var (number, key) in snapshot.Live.BlocksByPrice(currency, descends))
        {
            if (sifting.IsFullOf(key))
            {
                break;
            }

            foreach (var (document, price) in snapshot.Live.PricedOf(number, currency))
            {
                if (!sifting.IsFullOf(descends ? -price : price))
                {
                    Add(document);
                }
            }
        }

        // Those without a price stand behind all others.
        if (!sifting.IsFullOf(double.MaxValue))
        {
            ByAge((_, document) => !sifting.HasPrice(document));
        }
    }

    private void Add(int document)
    {
        if (snapshot.Find(document) is { } found)
        {
            sifting.AddHit(found.Segment, found.Place);
        }
    }
}

/// <summary>What became of a document that was offered for the page.</summary>
internal enum Verdict
{
    /// <summary>It is not for this page, but one after it in order may be.</summary>
    Skipped,

    /// <summary>It is on the page for now.</summary>
    Taken,

    /// <summary>The page is full of better ones.</summary>
    BehindThePage,
}
