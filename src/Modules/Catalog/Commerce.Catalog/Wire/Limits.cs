using System.Text;

namespace Commerce.Catalog.Wire;

/// <summary>A limit on everything, and what a text must be made of.</summary>
internal static class Limits
{
    public const int Name = 500;
    public const int Description = 20_000;
    public const int Locales = 50;
    public const int CategoriesOfProduct = 50;
    public const int Attributes = 500;
    public const int AttributeName = 100;
    public const int AttributeValue = 4_000;
    public const int Images = 50;
    public const int Url = 2_048;
    public const int Alt = 500;
    public const int Options = 10;
    public const int OptionName = 100;
    public const int OptionValue = 200;
    public const int Prices = 50;
    public const int Sku = 64;
    public const int Barcode = 64;
    public const int CustomerGroup = 64;
    public const int Quantity = 1_000_000;
    public const int WeightGrams = 100_000_000;
    public const decimal Amount = 1_000_000_000_000m;

    /// <summary>1 to 64 printable ASCII or other letters, without any kind of space.</summary>
    public static bool IsSku(string? sku) => sku is { Length: > 0 and <= Sku } && IsPrintable(sku);

    /// <summary>Printable and without spaces.</summary>
    public static bool IsPrintable(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || Rune.IsWhiteSpace(rune) || IsUnprintable(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Text without control characters; line breaks and tabs are allowed where text may have several lines.</summary>
    public static bool IsText(string text, bool multiline = false)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) && !(multiline && c is '\n' or '\r' or '\t'))
            {
                return false;
            }
        }

        return IsWellFormed(text);
    }

    /// <summary>A language, with an optional script and region: <c>en</c>, <c>pt-BR</c>, <c>zh-Hant-TW</c>.</summary>
    public static bool IsLocale(string? locale)
    {
        if (locale is not { Length: >= 2 and <= 11 })
        {
            return false;
        }

        var parts = locale.Split('-');
        if (parts.Length > 3 || parts[0].Length is not (2 or 3) || !parts[0].All(char.IsAsciiLetterLower))
        {
            return false;
        }

        var next = 1;
        if (parts.Length > next && parts[next].Length == 4)
        {
            if (!char.IsAsciiLetterUpper(parts[next][0]) || !parts[next].AsSpan(1).ToString().All(char.IsAsciiLetterLower))
            {
                return false;
            }

            next++;
        }

        return parts.Length == next || (parts.Length == next + 1 && IsRegion(parts[next]));
    }

    /// <summary>An absolute http or https address.</summary>
    public static bool IsUrl(string url) =>
        url.Length <= Url && IsPrintable(url) && Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.Host.Length > 0;

    private static bool IsRegion(string part) =>
        (part.Length == 2 && part.All(char.IsAsciiLetterUpper)) || (part.Length == 3 && part.All(char.IsAsciiDigit));

    private static bool IsUnprintable(Rune rune) => Rune.GetUnicodeCategory(rune) is
        System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or
        System.Globalization.UnicodeCategory.Surrogate or System.Globalization.UnicodeCategory.PrivateUse or
        System.Globalization.UnicodeCategory.OtherNotAssigned or System.Globalization.UnicodeCategory.LineSeparator or
        System.Globalization.UnicodeCategory.ParagraphSeparator;

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
