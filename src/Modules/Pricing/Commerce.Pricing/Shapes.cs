using Commerce.Monetary;

namespace Commerce.Pricing;

/// <summary>Shapes of single fields.</summary>
internal static class Shapes
{
    /// <summary>Whoever sets prices sets these rules.</summary>
    public const string ReadScope = "catalog:read";

    /// <summary>Whoever sets prices sets these rules.</summary>
    public const string WriteScope = "catalog:write";

    /// <summary>Letters, digits, dashes and underscores.</summary>
    public static bool IsCode(string? text) =>
        text is { Length: >= 1 and <= 64 } && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    /// <summary>Two upper-case letters.</summary>
    public static bool IsCountry(string? text) => text is { Length: 2 } && char.IsAsciiLetterUpper(text[0]) && char.IsAsciiLetterUpper(text[1]);

    /// <summary>Some text that is not blank, up to a length.</summary>
    public static bool IsWord(string? text, int mostCharacters) => text is not null && text.Length <= mostCharacters && !string.IsNullOrWhiteSpace(text);

    /// <summary>Amounts of different currencies, none below zero.</summary>
    public static bool ArePrices(IReadOnlyList<Money>? amounts) =>
        amounts is null || (amounts.Count is >= 1 and <= 50 && amounts.All(amount => amount.Amount >= 0) && amounts.DistinctBy(amount => amount.Currency).Count() == amounts.Count);
}
