namespace Commerce.Recommendations.Ranking;

/// <summary>Which products go with given ones: the place for a better ranker.</summary>
internal interface ICompanions
{
    /// <summary>The projections that it reads.</summary>
    IReadOnlyCollection<string> ReadsFrom { get; }

    /// <summary>The companions of some seeds together, the best first, no seed among them.</summary>
    /// <param name="seeds">At most a few dozen products, each with its weight.</param>
    /// <param name="most">How many to return at the most.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    Task<IReadOnlyList<RankedProduct>> OfAsync(IReadOnlyList<Seed> seeds, int most, CancellationToken cancellationToken);
}

/// <summary>A product that companions are sought for.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Weight">How much it counts, above 0.</param>
internal readonly record struct Seed(Guid ProductId, double Weight);
