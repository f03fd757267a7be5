using Commerce.Catalog.Search;
using Commerce.Outcomes;

namespace Commerce.Catalog.Wire;

/// <summary>Words that mean the same to shoppers.</summary>
/// <param name="Words">The words, each of up to four parts (<c>television set</c>).</param>
/// <param name="Asked">When given: who asks for this also finds the words; who asks for one of the words does not find this.</param>
internal sealed record SynonymsRequest(IReadOnlyList<string>? Words = null, string? Asked = null)
{
    private const int MaxWords = 20;

    /// <summary>As it is stored, or what is wrong with it.</summary>
    public Outcome<SynonymSet> Read()
    {
        var findings = new Findings();
        var least = Asked is null ? 2 : 1;
        findings.Check(Words?.Count >= least && Words.Count <= MaxWords, "words", $"{least} to {MaxWords} words.");
        for (var i = 0; i < Math.Min(Words?.Count ?? 0, MaxWords); i++)
        {
            findings.Check(SearchWord.IsValid(Words![i], SearchWord.MaxParts), $"words[{i}]", SearchWord.Rule);
        }

        findings.Check(Asked is null || SearchWord.IsValid(Asked, SearchWord.MaxParts), "asked", SearchWord.Rule);
        return findings.Any ? findings.Failure() : new SynonymSet(SearchWord.Plain(Asked), [.. Words!.Select(word => SearchWord.Plain(word)!).Distinct(StringComparer.Ordinal)]);
    }
}

/// <summary>Synonyms as they are told.</summary>
internal sealed record SynonymsResponse(Guid Id, IReadOnlyList<string> Words, string? Asked);

/// <summary>A word that says nothing in a search.</summary>
internal sealed record StopWordResponse(string Word);

/// <summary>What staff may write as a word of searches.</summary>
internal static class SearchWord
{
    /// <summary>Parts of a word at the most.</summary>
    public const int MaxParts = 4;

    /// <summary>What is asked of one.</summary>
    public const string Rule = "1 to 60 characters with a letter or digit, of at most 4 parts.";

    private const int MaxLength = 60;

    /// <summary>Whether it is one.</summary>
    public static bool IsValid(string? word, int parts) =>
        word is { Length: > 0 and <= MaxLength } && word.Any(char.IsLetterOrDigit) && !word.Any(char.IsControl) && word.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length <= parts;

    /// <summary>As it is compared.</summary>
    public static string? Plain(string? word) => word is null ? null : string.Join(' ', Folding.Fold(word).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
