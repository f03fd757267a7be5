
namespace Commerce.Catalog.Search;

/// <summary>Turns what a shopper typed into plans: completes the last word, mends slips, tries other spacings, other scripts, keyboards and synonyms.</summary>
internal sealed class QueryPlanner
{
    private const int MaxWords = 12;
    private const int MaxCompletions = 24;
    private const float SlipWeight = 0.7f;
    private const float JoinedWeight = 0.5f;

    // What was typed goes before what means the same.
    private const float SynonymWeight = 0.95f;

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

    private readonly SearchConnection _connection;
    private readonly KnownWords _words;
    private readonly IReadOnlySet<string> _begun;
    private Dictionary<string, int> _known = new(StringComparer.Ordinal);

    private QueryPlanner(SearchConnection connection, KnownWords words, IReadOnlySet<string> begun)
    {
        _connection = connection;
        _words = words;
        _begun = begun;
    }

    /// <summary>The plans of a query: of what was typed first, then of other ways to say it; none when nothing is asked for.</summary>
    /// <param name="connection">Where the vocabulary is asked.</param>
    /// <param name="words">What is known of the vocabulary.</param>
    /// <param name="query">What was typed.</param>
    /// <param name="thesaurus">What staff say of words.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<IReadOnlyList<QueryPlan>> PlanAsync(SearchConnection connection, KnownWords words, QueryText query, Thesaurus thesaurus, CancellationToken cancellationToken)
    {
        if (query.IsEmpty)
        {
            return [];
        }

        var folded = thesaurus.WithoutStops(query.Folded);
        // Letters of the Latin keyboard are read as they were typed, since upper case writes other Hangul.
        var typed = folded == query.Folded ? query.Typed : folded;
        var plans = new List<QueryPlan> { await new QueryPlanner(connection, words, query.Begun).PlanAsync(typed, folded, cancellationToken) with { Text = folded } };
        foreach (var other in thesaurus.OtherWays(folded))
        {
            plans.Add(await new QueryPlanner(connection, words, query.Begun).PlanAsync(other + ' ', other, cancellationToken) with { Text = other, Weight = SynonymWeight, Corrected = null });
        }

        // What has a synonym is no slip.
        return plans.Count > 1 ? [plans[0] with { Corrected = null }, .. plans.Skip(1).Where(plan => !plan.IsEmpty)] : plans[0].IsEmpty ? [] : plans;
    }

    private async Task<QueryPlan> PlanAsync(string typed, string folded, CancellationToken cancellationToken)
    {
        if (Grams.IsInitials(folded))
        {
            var initials = new QueryPieces([.. Grams.InitialsOf(folded).Distinct()], 0.5f);
            return await MeantOnOtherKeysAsync(folded, initials, cancellationToken) ?? new QueryPlan([], initials, null);
        }

        var wide = Grams.Needs(folded) ? WithoutIntent(folded) : "";
        var latin = Words.Of(folded).Where(word => !Grams.Needs(word)).Take(MaxWords).ToList();
        if (wide.Length > 0)
        {
            var pieces = new QueryPieces([.. Grams.Of(string.Concat(wide.Where(c => Grams.Needs(c.ToString()) || c == ' '))).Distinct()], 0.3f);
            if (await MeantOnOtherKeysAsync(folded, pieces, cancellationToken) is { } meantInLatin)
            {
                return meantInLatin;
            }

            var (mixed, mended) = await GroupsAsync(latin, false, cancellationToken);
            return new QueryPlan(mixed, pieces, mended is null ? null : string.Join(' ', mended));
        }

        var (groups, corrected) = await GroupsAsync(latin, typed.Length > 0 && char.IsLetterOrDigit(typed[^1]), cancellationToken);
        var understood = groups.Any(group => group.Alternatives.Any(term => term.Frequency > 0));
        if (Hangul.FromKeys(typed.Trim()) is { } korean && Grams.Needs(korean) && (!understood || corrected is not null))
        {
            // Typed on the Latin layout by somebody who meant Korean; when it is a plain slip as well, both are looked for.
            var meant = new QueryPieces([.. Grams.Of(WithoutIntent(Folding.Fold(korean))).Distinct()], 0.5f);
            if (await _words.HasMostAsync(_connection, meant, cancellationToken))
            {
                return new QueryPlan([], meant, korean);
            }
        }

        return new QueryPlan(groups, null, corrected is null ? null : string.Join(' ', corrected));
    }

    // Typed on the Korean layout by somebody who meant Latin letters: as Hangul it stands nowhere, as Latin every word is known.
    private async Task<QueryPlan?> MeantOnOtherKeysAsync(string folded, QueryPieces pieces, CancellationToken cancellationToken)
    {
        if (!folded.Any(Hangul.IsHangul) || await _words.HasMostAsync(_connection, pieces, cancellationToken))
        {
            return null;
        }

        var keys = Hangul.ToKeys(folded);
        var words = Words.Of(keys).Take(MaxWords).ToList();
        if (words.Count == 0 || words.Any(Grams.Needs))
        {
            return null;
        }

        var (groups, corrected) = await GroupsAsync(words, false, cancellationToken);
        return groups.All(group => group.Alternatives.Any(term => term.Frequency > 0)) ? new QueryPlan(groups, null, string.Join(' ', corrected ?? words)) : null;
    }

    private static string WithoutIntent(string folded)
    {
        var rest = Intent.Aggregate(folded, (text, word) => text.EndsWith(' ' + word, StringComparison.Ordinal) ? text[..^(word.Length + 1)] : text).Trim();
        return rest.Length == 0 ? folded : rest;
    }

    private async Task<(List<QueryGroup> Groups, List<string>? Corrected)> GroupsAsync(List<string> words, bool completesLast, CancellationToken cancellationToken)
    {
        if (words.Count == 0)
        {
            return ([], null);
        }

        var stems = words.Select(Stems.Of).ToList();
        var pairs = words.Zip(words.Skip(1), (left, right) => Stems.Of(left + right)).Where(pair => pair.Length is > 3 and <= Words.MaxLength).ToList();
        _known = await _words.FrequenciesAsync(_connection, stems.Concat(words).Concat(pairs), cancellationToken);
        var completions = await CompletionsAsync(words, stems, completesLast, cancellationToken);
        var meant = await MeantAsync(stems.Where((stem, i) => Frequency(stem) <= Rare && completions[i].Count == 0), cancellationToken);

        var groups = new List<QueryGroup>();
        var corrected = new List<string>();
        var changed = false;
        for (var i = 0; i < stems.Count; i++)
        {
            var slips = meant.GetValueOrDefault(stems[i], []);
            var mends = slips.Count > 0 && Frequency(stems[i]) == 0;
            changed |= mends;
            corrected.Add(mends ? slips[0].Term : words[i]);
            groups.Add(new QueryGroup(words[i], [new(stems[i], 1, Frequency(stems[i])), .. completions[i], .. slips], !Filler.Contains(words[i])));
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

        return (groups, changed ? corrected : null);
    }

    // A word that is known well is most likely meant as it stands; completing it would only water it down. An asterisk asks for it all the same.
    private async Task<List<IReadOnlyList<QueryTerm>>> CompletionsAsync(List<string> words, List<string> stems, bool completesLast, CancellationToken cancellationToken)
    {
        var completions = new List<IReadOnlyList<QueryTerm>>();
        for (var i = 0; i < stems.Count; i++)
        {
            var isBegun = _begun.Contains(words[i]);
            var completes = isBegun || (completesLast && i == stems.Count - 1 && stems[i].Length > 1 && Frequency(stems[i]) < KnownWell);
            completions.Add(completes ? await _words.CompletionsAsync(_connection, isBegun ? words[i] : stems[i], MaxCompletions, cancellationToken) : []);
        }

        return completions;
    }

    private int Frequency(string term) => _known.GetValueOrDefault(term);

    // What may have been meant by words that the catalogue hardly knows: the nearest known words, the commoner first.
    private async Task<Dictionary<string, List<QueryTerm>>> MeantAsync(IEnumerable<string> words, CancellationToken cancellationToken)
    {
        var meant = new Dictionary<string, List<QueryTerm>>(StringComparer.Ordinal);
        foreach (var word in words.Where(Typos.Covers).Distinct(StringComparer.Ordinal).ToList())
        {
            var most = Typos.Allowed(word);
            var found = (await _words.NearAsync(_connection, word, cancellationToken))
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
