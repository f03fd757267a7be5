using System.Text;

namespace Commerce.Inventory;

/// <summary>What a SKU may look like: 1 to 64 printable characters without any space.</summary>
internal static class SkuText
{
    internal const string Rule = "A SKU has 1 to 64 printable characters and no space.";

    private const int MostCharacters = 64;

    internal static bool IsSku(string? text)
    {
        if (text is not { Length: > 0 and <= MostCharacters })
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
    internal static string FromRoute(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
