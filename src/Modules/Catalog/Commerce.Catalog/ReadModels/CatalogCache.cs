using System.Globalization;
using Commerce.EventStore;
using Commerce.ReadModels;
using Microsoft.Extensions.Options;

namespace Commerce.Catalog.ReadModels;

/// <summary>The keys of everything that the catalogue caches, and which of them an event drops.</summary>
internal sealed class CatalogCache(IOptions<CatalogOptions> options) : ICacheInvalidation
{
    /// <summary>The key of all categories.</summary>
    public const string Categories = "catalog:categories";

    /// <summary>What all pages of lists fall with.</summary>
    public const string Lists = "catalog:lists";

    private readonly string[] _views =
    [
        .. options.Value.Locales.Prepend("").SelectMany(locale => options.Value.Currencies.Prepend("").Select(currency => $":{locale}:{currency}")),
    ];

    private readonly HashSet<string> _locales = [.. options.Value.Locales];
    private readonly HashSet<string> _currencies = [.. options.Value.Currencies];

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles { get; } =
    [
        typeof(ProductCreated), typeof(ProductRevised), typeof(ProductPublished), typeof(PublicationScheduled), typeof(ProductWithdrawn), typeof(ProductArchived),
        typeof(VariantAdded), typeof(VariantRevised), typeof(VariantRemoved), typeof(PricesSet), typeof(ProductRelationsSet),
        typeof(SlugClaimed), typeof(SkuAvailabilityChanged),
        typeof(CategoryCreated), typeof(CategoryRevised), typeof(CategoryAttributesDefined), typeof(CategoryRemoved),
    ];

    /// <summary>The key of a page, or null when pages in this locale and currency are not cached.</summary>
    public string? Page(Guid productId, string? locale, string? currency) =>
        (locale is null || _locales.Contains(locale)) && (currency is null || _currencies.Contains(currency))
            ? string.Create(CultureInfo.InvariantCulture, $"{Root(productId)}:{locale}:{currency}")
            : null;

    /// <summary>The key of what results of searches show of a product.</summary>
    public static string Item(Guid productId) => $"catalog:item:{productId:N}";

    /// <summary>The key of what a slug leads to.</summary>
    public static string Slug(string slug) => $"catalog:slug:{slug}";

    /// <summary>The key of the slugs that a product has now.</summary>
    public static string Slugs(Guid productId) => $"catalog:slugs:{productId:N}";

    /// <summary>The key of a SKU's prices.</summary>
    public static string Sku(string sku) => $"catalog:sku:{sku}";

    /// <inheritdoc />
    public IEnumerable<string> KeysFor(RecordedEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return e.Data is SlugClaimed ? KeysOf(e) : KeysOf(e).Append(Lists);
    }

    private IEnumerable<string> KeysOf(RecordedEvent e) => e.Data switch
    {
        // Nobody can have asked for the page of an id that was not made yet.
        ProductCreated created => created.Variants.Select(variant => Sku(variant.Sku)),
        ProductRevised revised => [.. Pages(e.StreamId), Slugs(e.StreamId), .. revised.Skus.Select(Sku)],
        ProductPublished published => [.. Pages(e.StreamId), .. published.Listing.Skus.Select(Sku)],
        ProductWithdrawn withdrawn => [.. Pages(e.StreamId), .. withdrawn.Listing.Skus.Select(Sku)],
        ProductArchived archived => [.. Pages(e.StreamId), .. archived.Listing.Skus.Select(Sku)],
        VariantAdded added => [.. Pages(e.StreamId), Sku(added.Variant.Sku)],
        PublicationScheduled scheduled => [.. Pages(e.StreamId), .. scheduled.Listing.Skus.Select(Sku)],
        VariantRevised revised => [.. Pages(e.StreamId), Sku(revised.Sku)],
        ProductRelationsSet => Pages(e.StreamId),
        VariantRemoved removed => [.. Pages(e.StreamId), Sku(removed.Sku)],
        PricesSet prices => [.. Pages(e.StreamId), Sku(prices.Sku)],
        SlugClaimed claimed => [Slug(claimed.Slug)],
        SkuAvailabilityChanged { ProductId: { } product } => Pages(product),
        CategoryCreated or CategoryRevised or CategoryAttributesDefined or CategoryRemoved => [Categories],
        _ => [],
    };

    private static string Root(Guid productId) => $"catalog:product:{productId:N}";

    private IEnumerable<string> Pages(Guid productId)
    {
        var root = Root(productId);
        return _views.Select(view => root + view).Append(Item(productId));
    }
}
