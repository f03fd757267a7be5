namespace Commerce.Catalog.Search;

/// <summary>
/// Names that are not written in words parted by spaces (Korean runs words together or apart at will, Japanese has no spaces) are found by overlapping
/// pieces of their letters: whatever is spaced, inflected or mistyped, most of the pieces stay.
/// </summary>
internal static class Grams
{
    /// <summary>Marks terms that are pieces of letters.</summary>
    public const char Piece = '\u0002';

    /// <summary>Marks terms that are pieces of initial consonants.</summary>
    public const char Initial = '\u0003';

    private const int MaxLetters = 400;

    /// <summary>Whether a text needs it.</summary>
    public static bool Needs(string folded)
    {
        foreach (var c in folded)
        {
            if (IsWide(c))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The pieces of a folded text.</summary>
    public static IEnumerable<string> Of(string folded)
    {
        var letters = Hangul.Decompose(Squeeze(folded));
        return letters.Length == 0 ? [] : Cut("^" + letters, 3).Select(piece => Piece + piece);
    }

    /// <summary>The pieces of a folded text's initial consonants.</summary>
    public static IEnumerable<string> InitialsOf(string folded)
    {
        var initials = Hangul.InitialsOf(Squeeze(folded));
        return initials.Length == 0 ? [] : Cut("^" + initials + "$", 2).Concat(Cut("^" + initials + "$", 3)).Select(piece => Initial + piece);
    }

    /// <summary>Whether a query is made of initial consonants alone.</summary>
    public static bool IsInitials(string folded)
    {
        var squeezed = Squeeze(folded);
        return squeezed.Length > 0 && squeezed.All(Hangul.IsConsonant);
    }

    /// <summary>Letters and digits without anything between.</summary>
    public static string Squeeze(string folded)
    {
        var squeezed = new string([.. folded.Where(char.IsLetterOrDigit)]);
        return squeezed.Length <= MaxLetters ? squeezed : squeezed[..MaxLetters];
    }

    private static bool IsWide(char c) => Hangul.IsHangul(c) || c is (>= '\u3041' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF');

    private static IEnumerable<string> Cut(string letters, int length)
    {
        if (letters.Length < length)
        {
            yield return letters;
        }

        for (var i = 0; i + length <= letters.Length; i++)
        {
            yield return letters.Substring(i, length);
        }
    }
}
