namespace Commerce.Recommendations.Ranking;

/// <summary>A product on a list, before its card is known.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Score">The higher the better; comparable within one list alone.</param>
/// <param name="Reason">The evidence for people; <c>{0}</c> stands for the name of <paramref name="Seed"/>.</param>
/// <param name="Seed">The product that led to this one, or null.</param>
/// <param name="At">When it was viewed, on the list of recent views.</param>
internal sealed record RankedProduct(Guid ProductId, double Score, string Reason, Guid? Seed = null, DateTimeOffset? At = null);
