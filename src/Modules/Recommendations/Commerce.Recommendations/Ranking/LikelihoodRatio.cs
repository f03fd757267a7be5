namespace Commerce.Recommendations.Ranking;

/// <summary>
/// Dunning's log-likelihood ratio of two things happening together: how surprising their joint count is, given how often each happens alone. Unlike a
/// plain count it does not put what everybody buys beside everything, and unlike confidence or lift it does not believe in two orders of a rarity.
/// </summary>
internal static class LikelihoodRatio
{
    /// <summary>Orders with neither that every shop is taken to have: without them the very first orders of a shop would prove nothing.</summary>
    private const int Background = 10;

    /// <summary>The ratio; negative when they meet less often than chance would have them.</summary>
    /// <param name="both">Orders with both.</param>
    /// <param name="one">Orders with the one.</param>
    /// <param name="other">Orders with the other.</param>
    /// <param name="all">All orders.</param>
    internal static double Of(long both, long one, long other, long all)
    {
        var (oneAlone, otherAlone) = (Math.Max(0, one - both), Math.Max(0, other - both));
        var neither = Math.Max(0, all - both - oneAlone - otherAlone) + Background;
        var total = both + oneAlone + otherAlone + neither;
        var ratio = 2 * (
            XLogX(both) + XLogX(oneAlone) + XLogX(otherAlone) + XLogX(neither) + XLogX(total)
            - XLogX(both + oneAlone) - XLogX(otherAlone + neither) - XLogX(both + otherAlone) - XLogX(oneAlone + neither));
        return Math.Max(0, ratio) * ((double)both * total >= (double)(both + oneAlone) * (both + otherAlone) ? 1 : -1);
    }

    private static double XLogX(long x) => x == 0 ? 0 : x * Math.Log(x);
}
