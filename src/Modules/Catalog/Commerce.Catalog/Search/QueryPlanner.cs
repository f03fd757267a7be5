using Dapper;
using Npgsql;

namespace Commerce.Catalog.Search;

/// <summary>Turns what a shopper typed into a plan: completes the last word, mends slips, tries other spacings, other scripts and keyboards.</summary>
internal sealed class QueryPlanner
{
    internal const string SelectKnown = "select term, df from catalog.search_terms where term = any (@terms)";
    internal const string SelectCompletions = "select term, df from catalog.search_terms where term > @first and term < @last order by df desc limit @limit";
    internal const string SelectMeant = "select t.term, t.df from catalog.search_typos y join catalog.search_terms t on t.term = y.term where y.key = any (@keys)";

    /// <summary>Characters of a query that are looked at.</summary>
    public const int MaxLength = 200;

    private const int MaxWords = 12;
    private const int MaxCompletions = 24;
    private const float CompletionWeight = 0.75f;
    private const float SlipWeight = 0.7f;
    private const float JoinedWeight = 0.5f;

    // A word as rare as this may be somebody's slip in the catalogue itself.
    private const int Rare = 2;
    private const int FarMore = 20;

    private const int KnownWell = 10;

    private static readonly HashSet<string> Filler = new(StringComparer.Ordinal)
    {
        "a", "an", "and", "at", "by", "for", "from", "in", "is", "it", "of", "on", "or", "the", "to", "with",
    };

    // What Koreans add to say that they want to buy: it names no product.
    private static readonly string[] Intent =
    [
        "추천", "세일", "할인", "가격", "최저가", "사이트", "쇼핑몰", "후기", "리뷰", "순위", "비교", "구매", "구입", "파는곳", "파는 곳", "싼거", "싼 거", "싼곳", "싼 곳", "좋은거", "좋은 거", "인기", "직구", "무료배송",
    ];

    private readonly NpgsqlConnection _connection;
    private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);

    private QueryPlanner(NpgsqlConnection connection) => _connection = connection;

    /// <summary>The plan of a query.</summary>
    /// <param name="connection">Where the vocabulary is asked.</param>
    /// <param name="query">As typed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<QueryPlan> PlanAsync(NpgsqlConnection connection, string? query, CancellationToken cancellationToken)
    {
        var typed = query is null ? "" : query.Length <= MaxLength ? query : query[..MaxLength];
        var folded = Folding.Fold(typed);
        return folded.AsSpan().IndexOfAnyExcept(" ") < 0
            ? QueryPlan.Everything
            : await new QueryPlanner(connection).PlanAsync(typed, folded, cancellationToken);
    }

    /// <summary>The commonest words that begin so.</summary>
    public static async Task<IReadOnlyList<QueryTerm>> CompletionsAsync(NpgsqlConnection connection, string beginning, int limit, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Term, int Df)>(
            new CommandDefinition(SelectCompletions, new { first = beginning, last = beginning + '\uffff', limit }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => new QueryTerm(row.Term, CompletionWeight, row.Df))];
    }

    private async Task<QueryPlan> PlanAsync(string typed, string folded, CancellationToken cancellationToken)
    {
        if (Grams.IsInitials(folded))
        {
            return new QueryPlan([], [], new QueryPieces([.. Grams.InitialsOf(folded).Distinct()], 0.5f), null);
        }

        var wide = Grams.Needs(folded) ? WithoutIntent(folded) : "";
        var latin = Words.Of(folded).Where(word => !Grams.Needs(word)).Take(MaxWords).ToList();
        if (wide.Length > 0)
        {
            var pieces = new QueryPieces([.. Grams.Of(string.Concat(wide.Where(c => Grams.Needs(c.ToString()) || c == ' '))).Distinct()], 0.3f);
            var (mixed, bonus, mended) = await GroupsAsync(latin, false, cancellationToken);
            return new QueryPlan(mixed, bonus, pieces, mended is null ? null : string.Join(' ', mended));
        }

        var (groups, extra, corrected) = await GroupsAsync(latin, char.IsLetterOrDigit(typed[^1]), cancellationToken);
        var understood = groups.Any(group => group.Alternatives.Any(term => term.Frequency > 0));
        if (Hangul.FromKeys(typed.Trim()) is { } korean && Grams.Needs(korean) && (!understood || corrected is not null))
        {
            // Typed on the Latin layout by somebody who meant Korean; when it is a plain slip as well, both are looked for.
            var meant = new QueryPieces([.. Grams.Of(WithoutIntent(Folding.Fold(korean))).Distinct()], 0.5f);
            if (await AnyPieceAsync(meant, cancellationToken))
            {
                return new QueryPlan([], [], meant, korean);
            }
        }

        return new QueryPlan(groups, extra, null, corrected is null ? null : string.Join(' ', corrected));
    }

    private static string WithoutIntent(string folded)
    {
        var rest = Intent.Aggregate(folded, (text, word) => text.EndsWith(' ' + word, StringComparison.Ordinal) ? text[..^(word.Length + 1)] : text).Trim();
        return rest.Length == 0 ? folded : rest;
    }

    private async Task<bool> AnyPieceAsync(QueryPieces pieces, CancellationToken cancellationToken) => await _connection.ExecuteScalarAsync<int>(new CommandDefinition(
        SelectPieces, new { terms = pieces.Terms.ToArray() }, cancellationToken: cancellationToken)) * 2 > pieces.Terms.Count;

    internal const string SelectPieces = "select count(distinct term) from catalog.search_postings where term = any (@terms)";

    private async Task<(List<QueryGroup> Groups, List<QueryTerm> Bonus, List<string>? Corrected)> GroupsAsync(List<string> words, bool completesLast, CancellationToken cancellationToken)
    {
        if (words.Count == 0)
        {
            return ([], [], null);
        }

        var stems = words.Select(Stems.Of).ToList();
        var pairs = words.Zip(words.Skip(1), (left, right) => Stems.Of(left + right)).Where(pair => pair.Length is > 3 and <= Words.MaxLength).ToList();
        await LearnAsync(stems.Concat(words).Concat(pairs), cancellationToken);
        // A word that is known well is most likely meant as it stands; completing it would only water it down.
        var completions = completesLast && stems[^1].Length > 1 && Frequency(stems[^1]) < KnownWell ? await CompletionsAsync(_connection, stems[^1], MaxCompletions, cancellationToken) : [];
        var meant = await MeantAsync(stems.Where((stem, i) => Frequency(stem) <= Rare && (i < stems.Count - 1 || completions.Count == 0)), cancellationToken);

        var groups = new List<QueryGroup>();
        var corrected = new List<string>();
        var changed = false;
        for (var i = 0; i < stems.Count; i++)
        {
            var terms = new List<QueryTerm> { new(stems[i], 1, Frequency(stems[i])) };
            if (i == stems.Count - 1)
            {
                terms.AddRange(completions);
            }

            var slips = meant.GetValueOrDefault(stems[i], []);
            terms.AddRange(slips);
            var mends = slips.Count > 0 && Frequency(stems[i]) == 0;
            changed |= mends;
            corrected.Add(mends ? slips[0].Term : words[i]);
            groups.Add(new QueryGroup(terms, !Filler.Contains(words[i])));
        }

        if (groups.All(group => !group.IsRequired))
        {
            groups = [.. groups.Select(group => group with { IsRequired = true })];
        }

        // "blue tooth" where the catalogue writes bluetooth.
        for (var i = 0; i + 1 < stems.Count; i++)
        {
            var pair = Stems.Of(words[i] + words[i + 1]);
            if (Frequency(pair) > 0)
            {
                // It stands for both words, so for each it weighs half.
                var joined = new QueryTerm(pair, JoinedWeight, Frequency(pair));
                groups[i] = groups[i] with { Alternatives = [.. groups[i].Alternatives, joined] };
                groups[i + 1] = groups[i + 1] with { Alternatives = [.. groups[i + 1].Alternatives, joined] };
            }
        }

        return (groups, [], changed ? corrected : null);
    }

    private int Frequency(string term) => _known.GetValueOrDefault(term);

    private async Task LearnAsync(IEnumerable<string> terms, CancellationToken cancellationToken)
    {
        var unknown = terms.Where(term => !_known.ContainsKey(term)).Distinct(StringComparer.Ordinal).ToArray();
        if (unknown.Length > 0)
        {
            foreach (var (term, df) in await _connection.QueryAsync<(string, int)>(new CommandDefinition(SelectKnown, new { terms = unknown }, cancellationToken: cancellationToken)))
            {
                _known[term] = df;
            }
        }
    }

    // What may have been meant by words that the catalogue hardly knows: the nearest known words, the commoner first.
    private async Task<Dictionary<string, List<QueryTerm>>> MeantAsync(IEnumerable<string> words, CancellationToken cancellationToken)
    {
        var asked = words.Where(Typos.Covers).Distinct(StringComparer.Ordinal).ToList();
        var meant = new Dictionary<string, List<QueryTerm>>(StringComparer.Ordinal);
        if (asked.Count == 0)
        {
            return meant;
        }

        var keys = asked.SelectMany(Typos.Keys).Distinct().ToArray();
        var near = (await _connection.QueryAsync<(string Term, int Df)>(new CommandDefinition(SelectMeant, new { keys }, cancellationToken: cancellationToken))).Distinct().ToList();
        foreach (var word in asked)
        {
            var most = Typos.Allowed(word);
            var found = near
                .Where(row => row.Term != word)
                .Select(row => (row.Term, row.Df, Slips: Typos.Distance(word, row.Term, most)))
                .Where(row => row.Slips <= most && row.Df > Frequency(word) * FarMore)
                .OrderBy(row => Cost(word, row.Term, row.Slips, row.Df))
                .ToList();
            if (found.Count > 0)
            {
                var least = found[0].Slips;
                meant[word] = [.. found.Where(row => row.Slips <= least).Take(3).Select(row => new QueryTerm(row.Term, MathF.Pow(SlipWeight, row.Slips), row.Df))];
            }
        }

        return meant;
    }

    // Commoner words are likelier meant, and people rarely miss the first letter.
    private static double Cost(string word, string term, int slips, int df) => (slips * 10) - Math.Log(1 + df) + (word[0] == term[0] ? 0 : 2);
}
