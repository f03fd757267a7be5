using System.Collections.Frozen;

namespace Commerce.Catalog.Search;

/// <summary>What staff say of words: which mean the same, and which mean nothing. As one query sees it.</summary>
internal sealed class Thesaurus
{
    // Beyond a few, other ways of saying it only cost time.
    private const int MaxVariants = 8;
    private const int MaxWords = 4;

    private readonly FrozenDictionary<string, string[]> _others;
    private readonly FrozenSet<string> _stops;

    /// <summary>From what is stored.</summary>
    public Thesaurus(long version, IEnumerable<SynonymRow> synonyms, IEnumerable<string> stops)
    {
        Version = version;
        var others = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var row in synonyms)
        {
            // One word that stands for others, or words that all stand for each other.
            foreach (var from in row.Asked is { } asked ? [asked] : row.Words)
            {
                if (!others.TryGetValue(KeyOf(from), out var list))
                {
                    others[KeyOf(from)] = list = [];
                }

                list.AddRange(row.Words.Select(Folding.Fold).Where(word => KeyOf(word) != KeyOf(from)));
            }
        }

        _others = others.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.Distinct(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
        _stops = stops.Select(Folding.Fold).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Nothing was said.</summary>
    public static Thesaurus Empty { get; } = new(0, [], []);

    /// <summary>Grows with each change.</summary>
    public long Version { get; }

    /// <summary>A folded query without the words that mean nothing, or as it is when nothing else is in it.</summary>
    public string WithoutStops(string folded)
    {
        if (_stops.Count == 0)
        {
            return folded;
        }

        var rest = string.Join(' ', folded.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => !_stops.Contains(word)));
        return rest.Length > 0 ? rest : folded;
    }

    /// <summary>The other ways of saying a folded query, with each synonym in the place of what it stands for; a few at the most.</summary>
    public IReadOnlyList<string> OtherWays(string folded)
    {
        if (_others.Count == 0)
        {
            return [];
        }

        var words = folded.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var keys = words.Select(Stems.Of).ToArray();
        List<(string Said, bool Changed)> ways = [("", false)];
        for (var at = 0; at < words.Length;)
        {
            var (taken, others) = At(keys, at);
            var said = string.Join(' ', words[at..(at + taken)]);
            ways = [.. ways
                .SelectMany(way => others.Select(other => (Join(way.Said, other), true)).Prepend((Join(way.Said, said), way.Changed)))
                .OrderBy(way => way.Item2)
                .Take(MaxVariants + 1)];
            at += taken;
        }

        return [.. ways.Where(way => way.Changed && way.Said != folded).Select(way => way.Said).Distinct(StringComparer.Ordinal)];
    }

    // The longest words from here on that have others.
    private (int Taken, string[] Others) At(string[] keys, int at)
    {
        for (var count = Math.Min(MaxWords, keys.Length - at); count > 0; count--)
        {
            if (_others.TryGetValue(string.Join(' ', keys.AsSpan(at, count)!), out var others))
            {
                return (count, others);
            }
        }

        return (1, []);
    }

    private static string KeyOf(string words) => string.Join(' ', Folding.Fold(words).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Stems.Of));

    private static string Join(string left, string right) => left.Length == 0 ? right : $"{left} {right}";
}

/// <summary>Words that mean the same, or, with <paramref name="Asked"/>, words that are looked for when that one is asked for.</summary>
internal sealed record SynonymRow(string? Asked, string[] Words);
