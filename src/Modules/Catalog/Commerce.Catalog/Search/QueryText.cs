using System.Buffers;

namespace Commerce.Catalog.Search;

/// <summary>What a shopper typed, taken apart: words, quoted phrases, and words that are only begun.</summary>
/// <param name="Typed">As typed, cut where it is too long.</param>
/// <param name="Folded">All words, folded, without quotation marks.</param>
/// <param name="Phrases">What stood in quotation marks, folded.</param>
/// <param name="Begun">Words that stood before an asterisk: anything that begins so.</param>
internal sealed record QueryText(string Typed, string Folded, IReadOnlyList<string> Phrases, IReadOnlySet<string> Begun)
{
    /// <summary>Characters of a query that are looked at.</summary>
    public const int MaxLength = 200;

    private const string Quotes = "\"“”„«»「」『』";

    private static readonly SearchValues<char> Marks = SearchValues.Create(Quotes + "*");

    /// <summary>Whether nothing was asked for.</summary>
    public bool IsEmpty => Folded.AsSpan().IndexOfAnyExcept(' ') < 0;

    /// <summary>Reads what was typed.</summary>
    public static QueryText Of(string? query)
    {
        var typed = query is null ? "" : query.Length <= MaxLength ? query : query[..(char.IsHighSurrogate(query[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        if (typed.AsSpan().IndexOfAny(Marks) < 0)
        {
            return new QueryText(typed, Folding.Fold(typed), [], new HashSet<string>());
        }

        var phrases = new List<string>();
        var parts = typed.Split([.. Quotes]);
        for (var i = 1; i < parts.Length; i += 2)
        {
            var phrase = Folding.Fold(parts[i]).Trim();
            // The last one may still be open: it is being typed.
            if (i + 1 < parts.Length && (Words.Of(phrase).Count > 1 || Grams.Needs(phrase)))
            {
                phrases.Add(phrase);
            }
        }

        var text = string.Join(' ', parts).Trim();
        var begun = text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.EndsWith('*'))
            .Select(word => Words.Of(Folding.Fold(word)).LastOrDefault())
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        var plain = text.Replace('*', ' ').TrimEnd();
        return new QueryText(text, Folding.Fold(plain), phrases, begun);
    }
}
