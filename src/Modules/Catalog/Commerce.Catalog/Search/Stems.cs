namespace Commerce.Catalog.Search;

/// <summary>Light English stemming: plural and singular are one word. More would join what shoppers keep apart (a printer, printing).</summary>
internal static class Stems
{
    /// <summary>The stem of a folded word.</summary>
    public static string Of(string word)
    {
        if (word.Length < 4 || word[^1] != 's' || word.AsSpan().IndexOfAnyExceptInRange('a', 'z') >= 0)
        {
            return word;
        }

        if (word.EndsWith("ies", StringComparison.Ordinal))
        {
            return word.Length > 4 ? string.Concat(word.AsSpan(0, word.Length - 3), "y") : word;
        }

        if (word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("ches", StringComparison.Ordinal) || word.EndsWith("shes", StringComparison.Ordinal) || word.EndsWith("xes", StringComparison.Ordinal))
        {
            return word[..^2];
        }

        return word[^2] is 's' or 'u' or 'i' ? word : word[..^1];
    }
}
