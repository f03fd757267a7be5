using System.Collections.Concurrent;

namespace Commerce.Catalog.Search;

/// <summary>What was searched for with success of late, to be suggested to the next shopper who begins to type it.</summary>
internal sealed class PastQueries
{
    /// <summary>Searches that found something before a query is suggested: what one shopper typed once is no business of others.</summary>
    public const int Least = 3;

    /// <summary>Queries that are remembered.</summary>
    public const int Most = 5_000;

    private volatile ConcurrentDictionary<string, Past> _queries = new(StringComparer.Ordinal);

    /// <summary>Counts searches of this host; those of others come with the next reading.</summary>
    public void Add(string query, int searches)
    {
        var queries = _queries;
        if (searches > 0 && (queries.Count < Most || queries.ContainsKey(query)))
        {
            queries.AddOrUpdate(query, _ => Past.Of(query, searches), (_, past) => past with { Searches = past.Searches + searches });
        }
    }

    /// <summary>Takes what all hosts counted.</summary>
    public void Replace(IEnumerable<(string Query, long Searches)> queries) => _queries = new ConcurrentDictionary<string, Past>(
        queries.Select(row => KeyValuePair.Create(row.Query, Past.Of(row.Query, row.Searches))), StringComparer.Ordinal);

    /// <summary>The commonest that begin with folded letters, with the letters of an unfinished Hangul syllable, or with these initial consonants.</summary>
    public IReadOnlyList<string> Beginning(string folded, int limit)
    {
        var (letters, initials) = (Hangul.Decompose(folded), Grams.IsInitials(folded));
        return [.. _queries.Values
            .Where(past => past.Searches >= Least
                && (past.Letters.StartsWith(letters, StringComparison.Ordinal) || (initials && past.Initials.StartsWith(Grams.Squeeze(folded), StringComparison.Ordinal))))
            .OrderByDescending(past => past.Searches)
            .ThenBy(past => past.Query, StringComparer.Ordinal)
            .Take(limit)
            .Select(past => past.Query)];
    }

    private sealed record Past(string Query, string Letters, string Initials, long Searches)
    {
        public static Past Of(string query, long searches) => new(query, Hangul.Decompose(query), Hangul.InitialsOf(Grams.Squeeze(query)), searches);
    }
}
