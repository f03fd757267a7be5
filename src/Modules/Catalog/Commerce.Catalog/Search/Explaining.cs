using Dapper;

namespace Commerce.Catalog.Search;

/// <summary>Tells what each word of a plan adds to the scores of documents, and how; for telling, not for finding, so the stored postings are read for it.</summary>
internal sealed class Explaining
{
    private readonly SearchSnapshot _snapshot;
    private readonly QueryPlan _plan;
    private readonly Dictionary<string, TermImpacts> _impacts;
    private readonly Dictionary<(string Term, int Segment), Postings> _stored;

    private Explaining(SearchSnapshot snapshot, QueryPlan plan, Dictionary<string, TermImpacts> impacts, Dictionary<(string, int), Postings> stored)
    {
        _snapshot = snapshot;
        _plan = plan;
        _impacts = impacts;
        _stored = stored;
    }

    /// <summary>Reads what is needed to explain products of these segments.</summary>
    public static async Task<Explaining> ReadAsync(
        SearchConnection connection, SearchSnapshot snapshot, QueryPlan plan, Dictionary<string, TermImpacts> impacts, IEnumerable<int> segments, CancellationToken cancellationToken)
    {
        var parameters = new { terms = plan.Terms().ToArray(), segments = segments.Select(number => snapshot.Segments[number].Id).Distinct().ToArray() };
        var rows = await (await connection.OpenAsync(cancellationToken)).QueryAsync<(string Term, int Segment, byte[] Body)>(
            new CommandDefinition(PostingsCache.SelectPostings, parameters, cancellationToken: cancellationToken));
        return new Explaining(snapshot, plan, impacts, rows.ToDictionary(row => (row.Term, row.Segment), row => Postings.Decode(row.Body)));
    }

    /// <summary>What each word adds, in the order of the plan.</summary>
    public List<TermShare> Of(int segment, int place)
    {
        var shares = new List<TermShare>();
        var (columns, norms) = (_snapshot.Segments[segment], _snapshot.Statistics.Ranking.Norms);
        var lengths = columns.Lengths.AsSpan(place * Fields.Lengths, Fields.Lengths);
        foreach (var group in _plan.Groups)
        {
            TermShare? best = null;
            foreach (var term in group.Alternatives)
            {
                if (CountsOf(term.Term, columns, place) is not { } counts)
                {
                    continue;
                }

                var weight = Matching.WeightOf(_snapshot, group, term);
                var score = weight * norms.Presence(counts, lengths);
                if (best is null || score > best.Score)
                {
                    best = new TermShare(group.Word, term.Term, term.Weight, weight / term.Weight, score, norms.Shares(counts, lengths, score));
                }
            }

            if (best is not null)
            {
                shares.Add(best);
            }
        }

        if (_plan.Pieces is { } pieces)
        {
            var matching = new PieceMatching(_snapshot, pieces, _impacts);
            var has = pieces.Terms.Where(term => CountsOf(term, columns, place) is not null).ToList();
            var weight = has.Sum(term => matching.RarityOf(_impacts[term].Documents));
            shares.Add(new TermShare(_plan.Text, $"{has.Count} of {pieces.Terms.Count} pieces", 1, PieceMatching.Scale, matching.ScoreOf(columns, place, weight), []));
        }

        return shares;
    }

    private byte? CountsOf(string term, Segment segment, int place) =>
        _stored.TryGetValue((term, segment.Id), out var found) && Array.BinarySearch(found.Places, place) is >= 0 and var at ? found.Counts[at] : null;
}
