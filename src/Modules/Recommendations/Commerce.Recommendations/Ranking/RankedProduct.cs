namespace Commerce.Recommendations.Ranking;

/// <summary>A product on a list, before its card is known.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Score">The higher the better; comparable within one list alone.</param>
/// <param name="Reason">The evidence for people; <c>{0}</c> stands for the name of <paramref name="Seed"/>.</param>
/// <param name="Seed">The product that led to this one, or null.</param>
/// <param name="At">When it was viewed, on the list of recent views.</param>
internal sealed record RankedProduct(Guid ProductId, double Score, string Reason, Guid? Seed = null, DateTimeOffset? At = null);

/// <summary>A ranked list as it is cached.</summary>
/// <param name="Products">The products, the best first.</param>
/// <param name="Seeds">What it was made from and therefore leaves out.</param>
internal sealed record RankedList(RankedProduct[] Products, Guid[] Seeds)
{
    internal static RankedList Of(IEnumerable<RankedProduct> products) => new([.. products], []);
}
