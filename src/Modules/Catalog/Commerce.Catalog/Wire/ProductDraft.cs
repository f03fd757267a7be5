using Commerce.EventStore;
using Commerce.Outcomes;

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
    ProductStatus? Status,
    DateTimeOffset? PublishAt = null)
{
    /// <summary>Schedules the publication that is asked for; one whose time has come is one now.</summary>
    public Outcome<Product> Schedule(StagedStream<Product> stream, DateTimeOffset now) => stream.Apply(product => PublishAt switch
    {
        { } at when (Status is null or ProductStatus.Draft) && product.StatusAt(now) != ProductStatus.Active => product.PublishFrom(at, now),
        _ => Decision.Nothing,
    });

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
