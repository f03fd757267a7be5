using System.Text;

namespace Commerce.Orders.Placing;

/// <summary>Shapes of single fields.</summary>
internal static class Shapes
{
    /// <summary>Some text that is not blank, up to a length.</summary>
    public static bool IsWord(string text, int mostCharacters) => text.Length <= mostCharacters && !string.IsNullOrWhiteSpace(text);

    /// <summary>1 to 64 printable characters without spaces.</summary>
    public static bool IsSku(string text)
    {
        if (text.Length is < 1 or > 64)
        {
            return false;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The SKU of a route segment: everything is decoded by then but an encoded slash, which routing leaves alone.</summary>
    public static string SkuFromRoute(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Something, one at sign, and a domain with a dot: whether it works only a letter can tell.</summary>
    public static bool IsEmail(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at is < 1 or > 64 || text.Length > 254 || HasUnprintable(text))
        {
            return false;
        }

        var domain = text.AsSpan(at + 1);
        var dot = domain.LastIndexOf('.');
        return dot > 0 && dot < domain.Length - 1 && domain[0] != '.' && !domain.Contains('@') && !domain.Contains("..", StringComparison.Ordinal);
    }

    private static bool HasUnprintable(string text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character) || char.IsWhiteSpace(character))
            {
                return true;
            }
        }

        return false;
    }
}
