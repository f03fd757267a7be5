namespace Commerce.Cli.Evaluate;

/// <summary>How good a ranked list is, as <c>docs/search-quality.md</c> defines it.</summary>
internal static class RankingMeasures
{
    /// <summary>The discounted gain of a list over the one of the best possible list: 1 for the best. What nobody judged gains nothing.</summary>
    /// <param name="ranked">The documents, the best first, none of them twice.</param>
    /// <param name="gains">The judged gain by document; a rating of 3 gains 3.</param>
    /// <param name="depth">How many places count.</param>
    public static double Ndcg(IReadOnlyList<string> ranked, IReadOnlyDictionary<string, int> gains, int depth)
    {
        var best = Discounted(gains.Values.OrderDescending().Take(depth));
        return best == 0 ? 0 : Discounted(ranked.Take(depth).Select(document => gains.GetValueOrDefault(document))) / best;
    }

    private static double Discounted(IEnumerable<int> gains) => gains.Select((gain, place) => gain / Math.Log2(place + 2)).Sum();
}
