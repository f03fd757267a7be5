namespace Commerce.Recommendations.Ranking;

/// <summary>Suggestions for one shopper: companions of the latest signs of interest first, then what is trending.</summary>
internal sealed class Suggestions(Shoppers shoppers, ICompanions companions)
{
    /// <summary>What the shopper's own signs of interest lead to; they themselves are the list's seeds.</summary>
    internal async Task<RankedList> ForAsync(string[] names, int most, CancellationToken cancellationToken)
    {
        IReadOnlyList<Seed> seeds = names.Length == 0 ? [] : await shoppers.SeedsOfAsync(names, cancellationToken);
        var found = seeds.Count == 0 ? [] : await companions.OfAsync(seeds, most, cancellationToken);
        return new RankedList([.. found], [.. seeds.Select(seed => seed.ProductId)]);
    }

    /// <summary>Fills a list up with popular products. Scores of one list are comparable, so these stay below what was found for the shopper.</summary>
    internal static IReadOnlyList<RankedProduct> FilledUp(RankedList own, IReadOnlyList<RankedProduct> popular, int most)
    {
        var known = own.Products.Select(product => product.ProductId).Concat(own.Seeds).ToHashSet();
        var lowest = own.Products.Length == 0 ? 1 : Math.Min(1, own.Products[^1].Score);
        return
        [
            .. own.Products,
            .. popular.Where(product => !known.Contains(product.ProductId)).Take(Math.Max(0, most - own.Products.Length))
                .Select((product, place) => product with { Score = Math.Round(lowest - 1 + (1.0 / (2 + place)), 4), Reason = $"Trending: {product.Reason}" }),
        ];
    }
}
