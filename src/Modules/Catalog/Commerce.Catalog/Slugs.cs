using System.Globalization;
using System.Text;
using Commerce.Catalog.Search;

namespace Commerce.Catalog;

/// <summary>Slugs made from names: lower-case ASCII letters and digits with single hyphens; Hangul is romanized, accents fall off.</summary>
internal static class Slugs
{
    /// <summary>Characters of a slug at the most.</summary>
    public const int MaxLength = 120;

    private const int GeneratedLength = 80;
    private const int HangulFirst = 0xAC00;
    private const int HangulLast = 0xD7A3;

    private static readonly string[] Initials = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"];
    private static readonly string[] Vowels = ["a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"];
    private static readonly string[] Finals = ["", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"];

    // Words that are routes beside {idOrSlug}.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal) { "import", "export", "bulk" };

    /// <summary>Whether a slug may be chosen: its pattern holds and it cannot be taken for an id or a route.</summary>
    public static bool IsValid(string slug)
    {
        if (slug.Length is 0 or > MaxLength || slug[0] == '-' || slug[^1] == '-' || Reserved.Contains(slug) || Guid.TryParse(slug, out _))
        {
            return false;
        }

        for (var i = 0; i < slug.Length; i++)
        {
            if (!char.IsAsciiLetterLower(slug[i]) && !char.IsAsciiDigit(slug[i]) && (slug[i] != '-' || slug[i - 1] == '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a locale may have it as its own: as <see cref="IsValid"/>, and letters and digits of any script without capitals, composed.</summary>
    public static bool IsValidInLocale(string slug)
    {
        if (slug.Length is 0 or > MaxLength || slug[0] == '-' || slug[^1] == '-' || Reserved.Contains(slug) || Guid.TryParse(slug, out _) || !Wire.Limits.IsText(slug))
        {
            return false;
        }

        foreach (var rune in slug.EnumerateRunes())
        {
            if (rune.Value != '-' && !IsLetter(rune))
            {
                return false;
            }
        }

        return !slug.Contains("--", StringComparison.Ordinal) && slug.IsNormalized(NormalizationForm.FormC);
    }

    /// <summary>The slug of a name; a name without any letter that can be written in ASCII gives <paramref name="otherwise"/>.</summary>
    public static string From(string name, string otherwise)
    {
        var slug = new StringBuilder(name.Length);
        foreach (var c in Folding.Fold(name))
        {
            if (slug.Length >= GeneratedLength)
            {
                break;
            }

            AppendPlain(slug, c);
        }

        var text = slug.ToString().TrimEnd('-');
        if (text.Length > GeneratedLength)
        {
            text = text[..GeneratedLength].TrimEnd('-');
        }

        return IsValid(text) ? text : otherwise;
    }

    /// <summary>The slug with the random end of the id, which makes a clash next to impossible.</summary>
    public static string WithSuffix(string slug, Guid id) => $"{slug}-{id.ToString("N", CultureInfo.InvariantCulture)[20..]}";

    private static bool IsLetter(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static void AppendPlain(StringBuilder slug, char c)
    {
        if (c is >= (char)HangulFirst and <= (char)HangulLast)
        {
            var index = c - HangulFirst;
            slug.Append(Initials[index / 588]).Append(Vowels[index % 588 / 28]).Append(Finals[index % 28]);
        }
        else if (char.IsAsciiLetterOrDigit(c))
        {
            slug.Append(c);
        }
        else if (slug.Length > 0 && slug[^1] != '-')
        {
            slug.Append('-');
        }
    }
}
