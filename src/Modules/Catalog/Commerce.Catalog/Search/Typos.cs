using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Commerce.Catalog.Search;

/// <summary>
/// Finds the words that were meant: two words within a few slips of one another share a rest when letters are taken out of both, so a look-up by hashed
/// rests replaces a scan of the vocabulary.
/// </summary>
internal static class Typos
{
    /// <summary>Only the beginning of a word is taken apart: long words share rests there as well, and the table stays small.</summary>
    private const int Prefix = 8;

    /// <summary>Whether slips in such a word are looked for: letters, and enough of them.</summary>
    public static bool Covers(string word) => word.Length is >= 3 and <= Words.MaxLength && word.Count(char.IsLetter) * 2 > word.Length && word[0] > Grams.Initial;

    /// <summary>Slips that are forgiven in a word of this length.</summary>
    public static int Allowed(string word) => word.Length switch
    {
        < 3 => 0,
        < 8 => 1,
        _ => 2,
    };

    /// <summary>The hashed rests of a word.</summary>
    public static HashSet<long> Keys(string word)
    {
        var beginning = word.AsSpan(0, Math.Min(word.Length, Prefix));
        var keys = new HashSet<long> { Hash(beginning) };
        AddRests(beginning, Math.Min(2, Allowed(word)), keys);
        return keys;
    }

    /// <summary>Slips between two words: letters changed, missing, too many or swapped; more than <paramref name="most"/> is told as one more.</summary>
    public static int Distance(string left, string right, int most)
    {
        if (Math.Abs(left.Length - right.Length) > most)
        {
            return most + 1;
        }

        var (before, last, row) = (new int[right.Length + 1], new int[right.Length + 1], new int[right.Length + 1]);
        for (var j = 0; j <= right.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j <= right.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }

                least = Math.Min(least, row[j]);
            }

            if (least > most)
            {
                return most + 1;
            }

            (before, last, row) = (last, row, before);
        }

        return Math.Min(last[right.Length], most + 1);
    }

    private static void AddRests(ReadOnlySpan<char> word, int slips, HashSet<long> keys)
    {
        if (slips == 0)
        {
            return;
        }

        Span<char> rest = stackalloc char[Prefix];
        rest = rest[..(word.Length - 1)];
        for (var i = 0; i < word.Length; i++)
        {
            word[..i].CopyTo(rest);
            word[(i + 1)..].CopyTo(rest[i..]);
            keys.Add(Hash(rest));
            AddRests(rest, slips - 1, keys);
        }
    }

    private static long Hash(ReadOnlySpan<char> rest) => unchecked((long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(rest)));
}
