using System.Collections.Concurrent;
using Dapper;

namespace Commerce.Catalog.Search;

/// <summary>
/// What the vocabulary said of words, remembered while the segments stay as they are: most shoppers ask for the same few words, and asking the database
/// again for each would cost more than answering them.
/// </summary>
internal sealed class KnownWords
{
    internal const string SelectKnown = "select term, df from catalog.search_terms where term = any (@terms)";
    internal const string SelectCompletions = "select term, df from catalog.search_terms where term > @first and term < @last order by df desc, term limit @limit";
    internal const string SelectMeant = "select t.term, t.df from catalog.search_typos y join catalog.search_terms t on t.term = y.term where y.key = any (@keys)";
    internal const string SelectPieces = """
        select term from unnest(@terms::text[]) as u (term)
         where exists (select 1 from catalog.search_segments s join catalog.search_postings p on p.segment = s.id and p.term = u.term)
        """;

    private const int MaxRemembered = 20_000;
    private const float CompletionWeight = 0.75f;

    private readonly ConcurrentDictionary<string, int> _frequencies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Beginning, int Limit), IReadOnlyList<QueryTerm>> _completions = [];
    private readonly ConcurrentDictionary<string, IReadOnlyList<(string Term, int Df)>> _near = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _pieces = new(StringComparer.Ordinal);

    /// <summary>About how many products have each of these terms; those that none has are 0.</summary>
    public async Task<Dictionary<string, int>> FrequenciesAsync(SearchConnection connection, IEnumerable<string> terms, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        List<string>? unknown = null;
        foreach (var term in terms)
        {
            if (_frequencies.TryGetValue(term, out var df))
            {
                found[term] = df;
            }
            else if (found.TryAdd(term, 0))
            {
                (unknown ??= []).Add(term);
            }
        }

        if (unknown is null)
        {
            return found;
        }

        foreach (var (term, df) in await (await connection.OpenAsync(cancellationToken)).QueryAsync<(string, int)>(new CommandDefinition(SelectKnown, new { terms = unknown.ToArray() }, cancellationToken: cancellationToken)))
        {
            found[term] = df;
        }

        Bound(_frequencies);
        unknown.ForEach(term => _frequencies[term] = found[term]);
        return found;
    }

    /// <summary>The commonest words that begin so.</summary>
    public async Task<IReadOnlyList<QueryTerm>> CompletionsAsync(SearchConnection connection, string beginning, int limit, CancellationToken cancellationToken)
    {
        if (_completions.TryGetValue((beginning, limit), out var known))
        {
            return known;
        }

        var rows = await (await connection.OpenAsync(cancellationToken)).QueryAsync<(string Term, int Df)>(
            new CommandDefinition(SelectCompletions, new { first = beginning, last = beginning + '\uffff', limit }, cancellationToken: cancellationToken));
        Bound(_completions);
        return _completions[(beginning, limit)] = [.. rows.Select(row => new QueryTerm(row.Term, CompletionWeight, row.Df))];
    }

    /// <summary>Known words that share a rest with a word, which it may be a slip of.</summary>
    public async Task<IReadOnlyList<(string Term, int Df)>> NearAsync(SearchConnection connection, string word, CancellationToken cancellationToken)
    {
        if (_near.TryGetValue(word, out var known))
        {
            return known;
        }

        var rows = await (await connection.OpenAsync(cancellationToken)).QueryAsync<(string Term, int Df)>(new CommandDefinition(SelectMeant, new { keys = Typos.Keys(word).ToArray() }, cancellationToken: cancellationToken));
        Bound(_near);
        return _near[word] = [.. rows.Distinct()];
    }

    /// <summary>Whether most of the pieces stand in any product.</summary>
    public async Task<bool> HasMostAsync(SearchConnection connection, QueryPieces pieces, CancellationToken cancellationToken)
    {
        var unknown = pieces.Terms.Where(piece => !_pieces.ContainsKey(piece)).ToArray();
        if (unknown.Length > 0)
        {
            Bound(_pieces);
            var there = (await (await connection.OpenAsync(cancellationToken)).QueryAsync<string>(new CommandDefinition(SelectPieces, new { terms = unknown }, cancellationToken: cancellationToken))).ToHashSet(StringComparer.Ordinal);
            foreach (var piece in unknown)
            {
                _pieces[piece] = there.Contains(piece);
            }
        }

        return pieces.Terms.Count(piece => _pieces.GetValueOrDefault(piece)) * 2 > pieces.Terms.Count;
    }

    // All at once: rare, and what is asked often is there again at once.
    private static void Bound<TKey, TValue>(ConcurrentDictionary<TKey, TValue> remembered)
        where TKey : notnull
    {
        if (remembered.Count >= MaxRemembered)
        {
            remembered.Clear();
        }
    }
}
