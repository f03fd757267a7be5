namespace Commerce.Catalog;

/// <summary>A product came into being, with all it is born with.</summary>
internal sealed record ProductCreated(
    string Slug,
    string Status,
    IReadOnlyDictionary<string, ProductText> Translations,
    IReadOnlyList<Guid> CategoryIds,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<ProductImage> Images,
    IReadOnlyList<ProductVariant> Variants,
    DateTimeOffset CreatedAt);

/// <summary>The content changed; the event carries it whole, with status and SKUs, so that a reader of this one event knows what is listed.</summary>
internal sealed record ProductRevised(
    string Slug,
    IReadOnlyDictionary<string, ProductText> Translations,
    IReadOnlyList<Guid> CategoryIds,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<ProductImage> Images,
    string Status,
    IReadOnlyList<string> Skus);

/// <summary>Shoppers can see and buy it from now on.</summary>
internal sealed record ProductPublished(ProductListing Listing);

/// <summary>Shoppers can see and buy it from an instant on; nothing has to run then. The listing says what it will be.</summary>
internal sealed record PublicationScheduled(DateTimeOffset At, ProductListing Listing);

/// <summary>It went back to being a draft.</summary>
internal sealed record ProductWithdrawn(ProductListing Listing);

/// <summary>It left the shop; slug and SKUs stay taken.</summary>
internal sealed record ProductArchived(ProductListing Listing);

/// <summary>One more variant.</summary>
internal sealed record VariantAdded(ProductVariant Variant, ProductListing Listing);

/// <summary>A variant's options, barcode or weight changed.</summary>
internal sealed record VariantRevised(string Sku, IReadOnlyDictionary<string, string> Options, string? Barcode, int? WeightGrams);

/// <summary>A variant is sold no more; its SKU is free again.</summary>
internal sealed record VariantRemoved(string Sku, ProductListing Listing);

/// <summary>All prices of a variant were replaced.</summary>
internal sealed record PricesSet(string Sku, IReadOnlyList<PriceEntry> Prices);

/// <summary>Which products stand beside it in one way were named anew; none takes the whole kind away.</summary>
internal sealed record ProductRelationsSet(string Kind, IReadOnlyList<Guid> ProductIds);

/// <summary>What other modules may know of a product, as it stood after the event that carries it.</summary>
internal sealed record ProductListing(
    string Slug,
    string Status,
    IReadOnlyDictionary<string, string> Names,
    IReadOnlyList<Guid> CategoryIds,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<string> Skus);
