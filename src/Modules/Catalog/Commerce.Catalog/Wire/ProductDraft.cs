namespace Commerce.Catalog.Wire;

/// <summary>A product request that was found sound. Null means that the client said nothing of it.</summary>
internal sealed record ProductDraft(
    string? Slug,
    IReadOnlyDictionary<string, ProductText>? Translations,
    IReadOnlyList<Guid>? CategoryIds,
    IReadOnlyList<string>? CategorySlugs,
    IReadOnlyDictionary<string, string>? Attributes,
    IReadOnlyList<ProductImage>? Images,
    IReadOnlyList<ProductVariant> Variants,
    ProductStatus? Status)
{
    /// <summary>The slug made of the English name, or of the first one there is.</summary>
    public string GeneratedSlug(Guid productId) => Slugs.From(
        Locales.Pick(Translations!, null).Text.Name,
        Slugs.WithSuffix("product", productId));

    /// <summary>The content of a new product.</summary>
    public ProductContent NewContent(string slug) => new(slug, Translations!, CategoryIds ?? [], Attributes ?? Nothing, Images ?? []);

    /// <summary>What is said here replaces what was, the rest stays.</summary>
    public ProductContent Over(ProductContent current) => new(
        Slug ?? current.Slug,
        Translations ?? current.Translations,
        CategoryIds ?? current.CategoryIds,
        Attributes ?? current.Attributes,
        Images ?? current.Images);

    private static readonly Dictionary<string, string> Nothing = [];
}
