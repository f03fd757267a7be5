namespace Commerce.Catalog.Search;

/// <summary>
/// Takes what the words of a query found: decides which of it is counted and which is offered for the page, so that of very many matches most are not looked
/// at beyond their score. Up to <see cref="Sifting.ExactFacets"/> are counted one by one; of more every so many-th, which then counts for all between.
/// </summary>
internal sealed class MatchSifting(SearchSnapshot snapshot, SearchQuery query, SearchFilter filter, PostingsCache postings, Sifting sifting, long now)
{
    // Of more matches than are counted exactly, about so many stand for all.
    private const int Sample = 4_096;

    // Fails whatever is asked: the document died meanwhile.
    private const int Gone = -1;

    private readonly SiftingBlock _block = SiftingBlock.Rent(snapshot, query.Currency, now);

    /// <summary>Takes all matches. Newest documents come first: of equal ones they stand before the others, which then need not be taken.</summary>
    public void Add(Matches matches)
    {
        if (filter.Any)
        {
            AddFiltered(matches);
        }
        else
        {
            AddAll(matches);
        }

        _block.Return();
    }

    private void AddAll(Matches matches)
    {
        var (every, next) = (EveryOf(matches.Count), 0);
        sifting.CountsEvery(every);
        sifting.Total = matches.Count;
        for (var i = matches.Count - 1; i >= 0; i--)
        {
            var isCounted = next-- == 0;
            if (isCounted)
            {
                next = every - 1;
            }

            if (isCounted || sifting.MayTake(matches, i))
            {
                Add(matches[i], 0, isCounted ? every : 0);
            }
        }

        Flush();
    }

    private void AddFiltered(Matches matches)
    {
        var failed = matches.Failed;
        var (passing, beside) = Judge(matches, failed);
        var (every, everyBeside) = (EveryOf(passing), EveryOf(beside));
        sifting.CountsEvery(every);
        sifting.IsApproximate |= everyBeside > 1;
        sifting.Total = passing;
        var (next, nextBeside) = (0, 0);
        for (var i = matches.Count - 1; i >= 0; i--)
        {
            if (failed[i] == 0)
            {
                var isCounted = next-- == 0;
                next = isCounted ? every - 1 : next;
                if (isCounted || sifting.MayTake(matches, i))
                {
                    Add(matches[i], 0, isCounted ? every : 0);
                }
            }
            else if (SearchFilter.IsSingle(failed[i]) && nextBeside-- == 0)
            {
                nextBeside = everyBeside - 1;
                Add(matches[i], failed[i], everyBeside);
            }
        }

        Flush();
    }

    // What each fails, and how many fail nothing, and how many a single condition.
    private (int Passing, int Beside) Judge(Matches matches, Span<int> failed)
    {
        var (masks, segment, passing, beside) = (new FacetMasks(filter, postings), -1, 0, 0);
        var currency = snapshot.Live.CurrencyNumber(query.Currency);
        for (var i = 0; i < matches.Count; i++)
        {
            var match = matches[i];
            if (match.Segment != segment)
            {
                segment = match.Segment;
                masks.Read(snapshot.Segments[segment]);
            }

            var fails = masks.Failed(match.Place);
            if (filter.HasOthers)
            {
                var values = snapshot.Live.ValuesOf(snapshot.Segments[segment].DocumentOf(match.Place), query.Currency, currency, now);
                fails = values.Availability == LiveColumns.Absent ? Gone : fails | filter.FailedOthers(values.Price, values.Availability);
            }

            failed[i] = fails;
            passing += fails == 0 ? 1 : 0;
            beside += fails != 0 && SearchFilter.IsSingle(fails) ? 1 : 0;
        }

        return (passing, beside);
    }

    private static int EveryOf(int count) => count <= Sifting.ExactFacets ? 1 : (count + Sample - 1) / Sample;

    private void Add(Match match, int failed, int times)
    {
        if (!_block.TryAdd(match, failed, times))
        {
            Flush();
            _block.TryAdd(match, failed, times);
        }
    }

    private void Flush()
    {
        _block.Read();
        sifting.Take(_block);
        _block.Clear();
    }
}

/// <summary>Which documents of a segment pass the conditions on facets: a bit for each document and condition.</summary>
internal sealed class FacetMasks(SearchFilter filter, PostingsCache postings)
{
    private readonly ulong[][] _passing = [.. filter.FacetSets.Select(_ => new ulong[Segment.MaxDocuments / 64])];

    /// <summary>Looks into a segment.</summary>
    public void Read(Segment segment)
    {
        for (var i = 0; i < _passing.Length; i++)
        {
            var passing = _passing[i];
            Array.Clear(passing);
            foreach (var value in filter.FacetSets[i].Values)
            {
                foreach (int place in value < 0 ? [] : postings.PlacesOf(segment, value))
                {
                    passing[place >> 6] |= 1UL << place;
                }
            }
        }
    }

    /// <summary>Which conditions a document of the segment fails; 0 for none.</summary>
    public int Failed(int place)
    {
        var failed = 0;
        for (var i = 0; i < _passing.Length; i++)
        {
            failed |= (_passing[i][place >> 6] & (1UL << place)) == 0 ? filter.FacetSets[i].Bit : 0;
        }

        return failed;
    }
}
