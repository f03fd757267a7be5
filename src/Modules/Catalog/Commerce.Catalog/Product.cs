using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Catalog;

/// <summary>What the shop offers: texts, pictures and attributes around one or more variants that are sold.</summary>
internal sealed record Product(ProductStatus Status, ProductContent Content, IReadOnlyList<ProductVariant> Variants, DateTimeOffset CreatedAt) : IAggregate<Product>
{
    private static readonly Dictionary<string, IReadOnlyList<Guid>> NoRelations = [];

    /// <summary>Variants of one product at the most.</summary>
    public const int MaxVariants = 100;

    /// <inheritdoc />
    public static string StreamType => "product";

    /// <inheritdoc />
    public static Product Initial { get; } = new(
        ProductStatus.Draft,
        new ProductContent("", new Dictionary<string, ProductText>(), [], new Dictionary<string, string>(), []),
        [],
        DateTimeOffset.MinValue);

    /// <summary>From when on a draft is on sale, or null.</summary>
    public DateTimeOffset? PublishAt { get; init; }

    /// <summary>Products that stand beside it, by kind; see <see cref="RelationKinds"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Guid>> Relations { get; init; } = NoRelations;

    /// <summary>Its status at an instant: a draft whose time has come is on sale without anything having run.</summary>
    public ProductStatus StatusAt(DateTimeOffset now) => Status == ProductStatus.Draft && PublishAt <= now ? ProductStatus.Active : Status;

    /// <summary>The SKUs of the variants, in their order.</summary>
    public IReadOnlyList<string> Skus() => [.. Variants.Select(variant => variant.Sku)];

    /// <summary>The variant with this SKU, or null.</summary>
    public ProductVariant? Variant(string sku) => Variants.FirstOrDefault(variant => variant.Sku == sku);

    /// <summary>The variant with this SKU, or the refusal that there is none.</summary>
    public Outcome<ProductVariant> Known(string sku) => Variant(sku) is { } variant ? variant : new VariantUnknown(sku);

    /// <summary>A new product.</summary>
    public static Decision Create(ProductContent content, IReadOnlyList<ProductVariant> variants, ProductStatus status, DateTimeOffset now) =>
        Decision.Of(new ProductCreated(
            content.Slug, status.Word(), content.Translations, content.CategoryIds, content.Attributes, content.Images, variants, now));

    /// <summary>Other content; nothing happens when it is the same.</summary>
    public Decision Revise(ProductContent content) => content switch
    {
        _ when content.Translations.Count == 0 => ValidationFailed.Of("translations", "A product keeps at least one translation."),
        _ when content.Same(Content) => Decision.Nothing,
        _ => Decision.Of(new ProductRevised(
            content.Slug, content.Translations, content.CategoryIds, content.Attributes, content.Images, Status.Word(), Skus())),
    };

    /// <summary>Puts it on sale, from the archive too.</summary>
    public Decision Publish() => Status switch
    {
        ProductStatus.Active => Decision.Nothing,
        _ when Variants.Count == 0 => new NothingToSell(),
        _ => Decision.Of(new ProductPublished((this with { Status = ProductStatus.Active }).Listing())),
    };

    /// <summary>Puts it on sale from an instant on; one that has passed is now.</summary>
    public Decision PublishFrom(DateTimeOffset at, DateTimeOffset now) => this switch
    {
        _ when at <= now => Publish(),
        _ when StatusAt(now) == ProductStatus.Active => new AlreadyPublished(),
        { Variants.Count: 0 } => new NothingToSell(),
        { Status: ProductStatus.Draft } when PublishAt == at => Decision.Nothing,
        _ => Decision.Of(new PublicationScheduled(at, (this with { Status = ProductStatus.Active }).Listing())),
    };

    /// <summary>Names the products that stand beside it in one way.</summary>
    public Decision Relate(Guid id, string kind, IReadOnlyList<Guid> products) => products switch
    {
        _ when products.Contains(id) => ValidationFailed.Of("productIds", "A product does not stand beside itself."),
        _ when products.SequenceEqual(Relations.GetValueOrDefault(kind, [])) => Decision.Nothing,
        _ => Decision.Of(new ProductRelationsSet(kind, products)),
    };

    /// <summary>Takes it from sale, or takes back that it will be, to be prepared again.</summary>
    public Decision Withdraw() => Status == ProductStatus.Draft && PublishAt is null
        ? Decision.Nothing
        : Decision.Of(new ProductWithdrawn((this with { Status = ProductStatus.Draft }).Listing()));

    /// <summary>Takes it out of the shop.</summary>
    public Decision Archive() => Status == ProductStatus.Archived
        ? Decision.Nothing
        : Decision.Of(new ProductArchived((this with { Status = ProductStatus.Archived }).Listing()));

    /// <summary>Whichever of the three leads to this status.</summary>
    public Decision Become(ProductStatus status) => status switch
    {
        ProductStatus.Active => Publish(),
        ProductStatus.Draft => Withdraw(),
        ProductStatus.Archived => Archive(),
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    /// <summary>One more variant, whose SKU has been claimed in the same decision.</summary>
    public Decision AddVariant(ProductVariant variant) => Variants.Count switch
    {
        _ when Variant(variant.Sku) is not null => new SkuTaken(variant.Sku),
        >= MaxVariants => new TooManyVariants(),
        _ => Decision.Of(new VariantAdded(variant, (this with { Variants = [.. Variants, variant] }).Listing())),
    };

    /// <summary>Other details of a variant, and other prices when they differ.</summary>
    public Decision ReviseVariant(ProductVariant revised)
    {
        if (Variant(revised.Sku) is not { } current)
        {
            return new VariantUnknown(revised.Sku);
        }

        var events = new List<object>(2);
        if (!current.SameDetails(revised))
        {
            events.Add(new VariantRevised(revised.Sku, revised.Options, revised.Barcode, revised.WeightGrams));
        }

        if (!Contents.SameSet(current.Prices, revised.Prices))
        {
            events.Add(new PricesSet(revised.Sku, revised.Prices));
        }

        return Decision.Of([.. events]);
    }

    /// <summary>All prices of a variant replaced.</summary>
    public Decision SetPrices(string sku, IReadOnlyList<PriceEntry> prices) =>
        Variant(sku) is { } variant ? ReviseVariant(variant with { Prices = prices }) : new VariantUnknown(sku);

    /// <summary>A variant less; what is on sale keeps at least one.</summary>
    public Decision RemoveVariant(string sku) => this switch
    {
        _ when Variant(sku) is null => new VariantUnknown(sku),
        { Status: ProductStatus.Active, Variants.Count: 1 } or { Status: ProductStatus.Draft, PublishAt: not null, Variants.Count: 1 } => new LastVariant(sku),
        _ => Decision.Of(new VariantRemoved(sku, (this with { Variants = [.. Variants.Where(variant => variant.Sku != sku)] }).Listing())),
    };

    /// <inheritdoc />
    public Product Evolve(object @event) => @event switch
    {
        ProductCreated e => new Product(
            ProductStatusWords.Parse(e.Status) ?? ProductStatus.Draft,
            new ProductContent(e.Slug, e.Translations, e.CategoryIds, e.Attributes, e.Images),
            e.Variants,
            e.CreatedAt),
        ProductRevised e => this with { Content = new ProductContent(e.Slug, e.Translations, e.CategoryIds, e.Attributes, e.Images) },
        ProductPublished => this with { Status = ProductStatus.Active, PublishAt = null },
        PublicationScheduled e => this with { Status = ProductStatus.Draft, PublishAt = e.At },
        ProductWithdrawn => this with { Status = ProductStatus.Draft, PublishAt = null },
        ProductArchived => this with { Status = ProductStatus.Archived, PublishAt = null },
        ProductRelationsSet e => this with { Relations = Related(e) },
        VariantAdded e => this with { Variants = [.. Variants, e.Variant] },
        VariantRevised e => WithVariant(e.Sku, variant => variant with { Options = e.Options, Barcode = e.Barcode, WeightGrams = e.WeightGrams }),
        VariantRemoved e => this with { Variants = [.. Variants.Where(variant => variant.Sku != e.Sku)] },
        PricesSet e => WithVariant(e.Sku, variant => variant with { Prices = e.Prices }),
        _ => this,
    };

    private Product WithVariant(string sku, Func<ProductVariant, ProductVariant> change) =>
        this with { Variants = [.. Variants.Select(variant => variant.Sku == sku ? change(variant) : variant)] };

    private Dictionary<string, IReadOnlyList<Guid>> Related(ProductRelationsSet e)
    {
        var relations = Relations.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        relations[e.Kind] = e.ProductIds;
        return relations.Where(pair => pair.Value.Count > 0).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
    }

    private ProductListing Listing() => new(
        Content.Slug,
        Status.Word(),
        Content.Translations.ToDictionary(pair => pair.Key, pair => pair.Value.Name),
        Content.CategoryIds,
        Content.Attributes,
        Skus());
}

/// <summary>There is no such product, or the caller may not know of it.</summary>
[Problem(404, "product-unknown", "There is no such product")]
internal sealed record ProductUnknown() : Refusal("No product has this id or slug.");

/// <summary>The product has no such variant.</summary>
[Problem(404, "variant-unknown", "There is no such variant")]
internal sealed record VariantUnknown(string Sku) : Refusal($"The product has no variant '{Sku}'.");

/// <summary>A SKU is unique in the shop.</summary>
[Problem(409, "sku-taken", "The SKU is taken")]
internal sealed record SkuTaken(string Sku) : Refusal($"The SKU '{Sku}' already belongs to a variant.");

/// <summary>A slug is unique in the shop.</summary>
[Problem(409, "slug-taken", "The slug is taken")]
internal sealed record SlugTaken(string Slug) : Refusal($"The slug '{Slug}' belongs to something else.");

/// <summary>Only what has a variant can be sold.</summary>
[Problem(409, "nothing-to-sell", "The product has no variant")]
internal sealed record NothingToSell() : Refusal("A product needs a variant before it is published.");

/// <summary>What is on sale already cannot be put on sale later.</summary>
[Problem(409, "already-published", "The product is on sale already")]
internal sealed record AlreadyPublished() : Refusal("The product is on sale already; withdraw it before scheduling its publication.");

/// <summary>What is on sale keeps a variant.</summary>
[Problem(409, "last-variant", "The last variant of a product on sale cannot be removed")]
internal sealed record LastVariant(string Sku) : Refusal($"'{Sku}' is the last variant of a product on sale; archive the product instead.");

/// <summary>A limit on everything.</summary>
[Problem(409, "too-many-variants", "The product has too many variants")]
internal sealed record TooManyVariants() : Refusal($"A product has at most {Product.MaxVariants} variants.");
