using System.Buffers;

namespace Commerce.Catalog.Search;

/// <summary>Folded text cut into the words that are indexed and asked for.</summary>
internal static class Words
{
    /// <summary>Characters of a word at the most; longer ones are cut.</summary>
    public const int MaxLength = 40;

    private static readonly SearchValues<char> Marks = SearchValues.Create("-_/.'+&");

    private static readonly HashSet<string> Units = new(StringComparer.Ordinal)
    {
        "gb", "tb", "mb", "kb", "mm", "cm", "m", "km", "inch", "w", "kw", "v", "a", "ah", "mah", "wh", "hz", "khz", "mhz", "ghz", "ml", "l", "kg", "g", "mg", "mp", "p", "k", "fps", "dpi", "ppm", "x",
    };

    /// <summary>
    /// The words of a folded text in order. A piece with inner marks ("dv7-1211ea") gives its parts and, beside them, the whole without marks; "4 GB" and
    /// "4GB" give the same.
    /// </summary>
    /// <param name="folded">The text, folded.</param>
    /// <param name="word">Called with each word, and whether it stands beside the text's own words instead of among them.</param>
    public static void Split(string folded, Action<string, bool> word)
    {
        var at = 0;
        var number = "";
        while (at < folded.Length)
        {
            var start = at;
            while (at < folded.Length && IsInner(folded, at))
            {
                at++;
            }

            if (at == start)
            {
                at++;
                continue;
            }

            var piece = folded.AsSpan(start, at - start);
            number = piece.IndexOfAny(Marks) < 0 ? One(piece, number, word) : Parts(piece, word);
        }
    }

    /// <summary>The plain words of a folded text, as a query has them.</summary>
    public static List<string> Of(string folded)
    {
        var words = new List<string>();
        Split(folded, (word, beside) =>
        {
            if (!beside)
            {
                words.Add(word);
            }
        });
        return words;
    }

    // A letter or digit, or a mark between two of them.
    private static bool IsInner(string text, int at) =>
        IsWordChar(text[at])
        || (text[at] is '-' or '_' or '/' or '.' or '\'' or '+' or '&' && at > 0 && at + 1 < text.Length && IsWordChar(text[at - 1]) && IsWordChar(text[at + 1]));

    private static bool IsWordChar(char c) => char.IsLetterOrDigit(c) || char.IsSurrogate(c);

    private static string One(ReadOnlySpan<char> piece, string number, Action<string, bool> word)
    {
        var text = Cut(piece);
        word(text, false);
        if (number.Length > 0 && Units.Contains(text))
        {
            word(number + text, true);
        }

        Boundary(text, word);
        return char.IsAsciiDigit(text[0]) && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? text : "";
    }

    private static string Parts(ReadOnlySpan<char> piece, Action<string, bool> word)
    {
        if (IsDecimal(piece))
        {
            var text = Cut(piece);
            word(text, false);
            return text;
        }

        Span<char> whole = stackalloc char[piece.Length <= 256 ? piece.Length : 0];
        var length = 0;
        var parts = 0;
        foreach (var range in piece.SplitAny(Marks))
        {
            var part = piece[range];
            if (part.Length == 0)
            {
                continue;
            }

            parts++;
            word(Cut(part), false);
            Boundary(Cut(part), word);
            if (whole.Length > 0)
            {
                part.CopyTo(whole[length..]);
                length += part.Length;
            }
        }

        if (parts is > 1 and <= 4 && length is > 2 and <= MaxLength)
        {
            word(whole[..length].ToString(), true);
        }

        return "";
    }

    // "1211ea" is also found by 1211, "4gb" by 4 and gb.
    private static void Boundary(string text, Action<string, bool> word)
    {
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits > 0 && digits < text.Length && text.AsSpan(digits).IndexOfAnyInRange('0', '9') < 0)
        {
            word(text[..digits], true);
            word(text[digits..], true);
        }
    }

    private static bool IsDecimal(ReadOnlySpan<char> piece)
    {
        var dot = piece.IndexOf('.');
        return dot > 0 && piece[..dot].IndexOfAnyExceptInRange('0', '9') < 0 && piece[(dot + 1)..].IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static string Cut(ReadOnlySpan<char> piece) => piece.Length <= MaxLength ? piece.ToString() : piece[..(char.IsHighSurrogate(piece[MaxLength - 1]) ? MaxLength - 1 : MaxLength)].ToString();
}
