using System.Text;

namespace Commerce.Catalog.Search;

/// <summary>Hangul by its letters: syllables taken apart, initial consonants, and what a Korean keyboard would have written.</summary>
internal static class Hangul
{
    private const string Initials = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
    private const string Vowels = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
    private const string Finals = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";
    private const int First = 0xAC00;
    private const int Last = 0xD7A3;

    // Letters that are typed by several keys, taken apart to these.
    private static readonly Dictionary<char, string> Compound = new()
    {
        ['ㅘ'] = "ㅗㅏ", ['ㅙ'] = "ㅗㅐ", ['ㅚ'] = "ㅗㅣ", ['ㅝ'] = "ㅜㅓ", ['ㅞ'] = "ㅜㅔ", ['ㅟ'] = "ㅜㅣ", ['ㅢ'] = "ㅡㅣ",
        ['ㄳ'] = "ㄱㅅ", ['ㄵ'] = "ㄴㅈ", ['ㄶ'] = "ㄴㅎ", ['ㄺ'] = "ㄹㄱ", ['ㄻ'] = "ㄹㅁ", ['ㄼ'] = "ㄹㅂ", ['ㄽ'] = "ㄹㅅ", ['ㄾ'] = "ㄹㅌ", ['ㄿ'] = "ㄹㅍ", ['ㅀ'] = "ㄹㅎ", ['ㅄ'] = "ㅂㅅ",
    };

    private static readonly Dictionary<string, char> Joined = Compound.ToDictionary(pair => pair.Value, pair => pair.Key);

    // The two-set layout: what each Latin key writes.
    private const string Keys = "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml";
    private const string Letters = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ";

    /// <summary>A composed syllable.</summary>
    public static bool IsSyllable(char c) => c is >= (char)First and <= (char)Last;

    /// <summary>A single consonant or vowel.</summary>
    public static bool IsLetter(char c) => c is >= 'ㄱ' and <= 'ㅣ';

    /// <summary>A single consonant.</summary>
    public static bool IsConsonant(char c) => c is >= 'ㄱ' and <= 'ㅎ';

    /// <summary>Any Hangul.</summary>
    public static bool IsHangul(char c) => IsSyllable(c) || IsLetter(c);

    /// <summary>The keys that type a text: syllables and compound letters taken apart, everything else as it is.</summary>
    public static string Decompose(string text)
    {
        var letters = new StringBuilder(text.Length * 3);
        foreach (var c in text)
        {
            if (!IsSyllable(c))
            {
                Append(letters, c);
                continue;
            }

            var index = c - First;
            letters.Append(Initials[index / 588]);
            Append(letters, Vowels[index % 588 / 28]);
            if (index % 28 > 0)
            {
                Append(letters, Finals[index % 28]);
            }
        }

        return letters.ToString();
    }

    /// <summary>The first consonants of the syllables; everything else as it is.</summary>
    public static string InitialsOf(string text) => string.Create(text.Length, text, static (initials, source) =>
    {
        for (var i = 0; i < source.Length; i++)
        {
            initials[i] = IsSyllable(source[i]) ? Initials[(source[i] - First) / 588] : source[i];
        }
    });

    /// <summary>What a Korean keyboard would have written for these Latin keys, or null when that is no Korean: some letters would stand alone.</summary>
    public static string? FromKeys(string typed)
    {
        var letters = new StringBuilder(typed.Length);
        var any = false;
        foreach (var c in typed)
        {
            var at = Keys.IndexOf(c, StringComparison.Ordinal);
            at = at < 0 && char.IsAsciiLetterUpper(c) ? Keys.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal) : at;
            if (at < 0 && char.IsAsciiLetter(c))
            {
                return null;
            }

            any |= at >= 0;
            letters.Append(at >= 0 ? Letters[at] : c);
        }

        return any ? Compose(letters.ToString()) : null;
    }

    /// <summary>The Latin keys of a Hangul text: what was meant when a Latin word was typed on the Korean layout.</summary>
    public static string ToKeys(string text)
    {
        var keys = new StringBuilder();
        foreach (var c in Decompose(text))
        {
            var at = Letters.IndexOf(c, StringComparison.Ordinal);
            keys.Append(at < 0 ? c : char.ToLowerInvariant(Keys[at]));
        }

        return keys.ToString();
    }

    private static void Append(StringBuilder letters, char c)
    {
        if (Compound.TryGetValue(c, out var parts))
        {
            letters.Append(parts);
        }
        else
        {
            letters.Append(c);
        }
    }

    private static string? Compose(string letters)
    {
        var text = new StringBuilder(letters.Length);
        var i = 0;
        while (i < letters.Length)
        {
            if (!IsLetter(letters[i]))
            {
                text.Append(letters[i++]);
                continue;
            }

            var initial = Initials.IndexOf(letters[i], StringComparison.Ordinal);
            if (initial < 0 || i + 1 >= letters.Length || TakeVowel(letters, i + 1) is not { } vowel)
            {
                return null;
            }

            i += 1 + vowel.Taken;
            var final = TakeFinal(letters, i);
            i += final.Taken;
            text.Append((char)(First + (((initial * 21) + vowel.Index) * 28) + final.Index));
        }

        return text.ToString();
    }

    private static (int Index, int Taken)? TakeVowel(string letters, int at)
    {
        if (at + 1 < letters.Length && Joined.TryGetValue(letters.Substring(at, 2), out var both) && Vowels.Contains(both, StringComparison.Ordinal))
        {
            return (Vowels.IndexOf(both, StringComparison.Ordinal), 2);
        }

        var index = Vowels.IndexOf(letters[at], StringComparison.Ordinal);
        return index < 0 ? null : (index, 1);
    }

    // A consonant before a vowel begins the next syllable.
    private static (int Index, int Taken) TakeFinal(string letters, int at)
    {
        if (at + 1 < letters.Length && Joined.TryGetValue(letters.Substring(at, 2), out var both) && Finals.IndexOf(both, StringComparison.Ordinal) is > 0 and var two && !IsVowel(letters, at + 2))
        {
            return (two, 2);
        }

        var one = at < letters.Length ? Finals.IndexOf(letters[at], StringComparison.Ordinal) : -1;
        return one > 0 && !IsVowel(letters, at + 1) ? (one, 1) : (0, 0);
    }

    private static bool IsVowel(string letters, int at) => at < letters.Length && Vowels.Contains(letters[at], StringComparison.Ordinal);
}
