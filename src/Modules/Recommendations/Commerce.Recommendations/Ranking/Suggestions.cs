namespace Commerce.Recommendations.Ranking;

/// <summary>Suggestions for one shopper: companions of the latest signs of interest first, then what is trending.</summary>
internal sealed class Suggestions(Shoppers shoppers, ICompanions companions, TrendingProducts trending)
{
    internal async Task<IReadOnlyList<RankedProduct>> ForAsync(string[] names, int most, CancellationToken cancellationToken)
    {
        IReadOnlyList<Seed> seeds = names.Length == 0 ? [] : await shoppers.SeedsOfAsync(names, cancellationToken);
        var found = seeds.Count == 0 ? [] : await companions.OfAsync(seeds, most, cancellationToken);
        if (found.Count >= most)
        {
            return found;
        }

        var known = found.Select(product => product.ProductId).Concat(seeds.Select(seed => seed.ProductId)).ToHashSet();
        var lowest = found.Count == 0 ? 1 : Math.Min(1, found[^1].Score);
        var popular = await trending.InAsync(null, most + known.Count, cancellationToken);
        return
        [
            .. found,
            // Scores of one list are comparable, so what fills it up stays below what was found for this shopper.
            .. popular.Where(product => !known.Contains(product.ProductId)).Take(most - found.Count)
                .Select((product, place) => product with { Score = Math.Round(lowest - 1 + (1.0 / (2 + place)), 4), Reason = $"Trending: {product.Reason}" }),
        ];
    }
}
