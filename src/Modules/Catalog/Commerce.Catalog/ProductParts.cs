namespace Commerce.Catalog;

/// <summary>Where a product is in its life.</summary>
internal enum ProductStatus
{
    /// <summary>Being prepared; only staff see it.</summary>
    Draft,

    /// <summary>On sale.</summary>
    Active,

    /// <summary>Withdrawn for good; keeps its slug and SKUs.</summary>
    Archived,
}

/// <summary>The wire's words for <see cref="ProductStatus"/>.</summary>
internal static class ProductStatusWords
{
    public static string Word(this ProductStatus status) => status switch
    {
        ProductStatus.Draft => "draft",
        ProductStatus.Active => "active",
        ProductStatus.Archived => "archived",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static ProductStatus? Parse(string? word) => word switch
    {
        "draft" => ProductStatus.Draft,
        "active" => ProductStatus.Active,
        "archived" => ProductStatus.Archived,
        _ => null,
    };
}

/// <summary>What it is called in one locale.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Description">Its description there.</param>
/// <param name="Slug">Its own address there; null shares the product's.</param>
internal sealed record ProductText(string Name, string? Description, string? Slug = null);

/// <summary>A picture by its address.</summary>
internal sealed record ProductImage(string Url, string? Alt);

/// <summary>One price of a variant: what it asks for to apply, and the amount.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Amount">Major units, with no more digits than the currency has.</param>
/// <param name="StartsAt">From this instant on; null has always begun.</param>
/// <param name="EndsAt">Until before this instant; null never ends.</param>
/// <param name="CustomerGroup">Only for customers of this group; null is for everybody.</param>
/// <param name="MinQuantity">Only from this quantity on, at least 1.</param>
internal sealed record PriceEntry(string Currency, decimal Amount, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt, string? CustomerGroup, int MinQuantity)
{
    /// <summary>The plain price: for everybody, from one piece, at all times.</summary>
    public static PriceEntry Base(string currency, decimal amount) => new(currency, amount, null, null, null, 1);

    /// <summary>Whether this is the plain price of its currency.</summary>
    public bool IsBase() => this is { StartsAt: null, EndsAt: null, CustomerGroup: null, MinQuantity: 1 };

    /// <summary>Whether both apply under exactly the same conditions, so that one of them would be meaningless.</summary>
    public bool SameConditions(PriceEntry other) => this == other with { Amount = Amount };
}

/// <summary>What is sold: one size, colour or the like of a product, under its own SKU.</summary>
internal sealed record ProductVariant(
    string Sku,
    IReadOnlyDictionary<string, string> Options,
    string? Barcode,
    int? WeightGrams,
    IReadOnlyList<PriceEntry> Prices)
{
    /// <summary>Equal in everything, collections by content.</summary>
    public bool Same(ProductVariant other) =>
        SameDetails(other) && Contents.SameSet(Prices, other.Prices);

    /// <summary>Equal in everything but the prices.</summary>
    public bool SameDetails(ProductVariant other) =>
        Sku == other.Sku && Barcode == other.Barcode && WeightGrams == other.WeightGrams && Contents.Same(Options, other.Options);

    /// <summary>The same variant with another plain price in that currency.</summary>
    public ProductVariant WithBasePrice(PriceEntry price) =>
        Prices.Contains(price)
            ? this
            : this with { Prices = [price, .. Prices.Where(entry => !entry.SameConditions(price))] };
}

/// <summary>What a product says of itself apart from its variants; a revision replaces it as a whole.</summary>
internal sealed record ProductContent(
    string Slug,
    IReadOnlyDictionary<string, ProductText> Translations,
    IReadOnlyList<Guid> CategoryIds,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<ProductImage> Images)
{
    /// <summary>Every slug that leads to it now: its own, and those of its locales.</summary>
    public IEnumerable<string> PresentSlugs() => Translations.Values.Select(text => text.Slug).OfType<string>().Prepend(Slug).Distinct(StringComparer.Ordinal);

    /// <summary>Equal in everything, collections by content.</summary>
    public bool Same(ProductContent other) =>
        Slug == other.Slug
        && Contents.Same(Translations, other.Translations)
        && CategoryIds.SequenceEqual(other.CategoryIds)
        && Contents.Same(Attributes, other.Attributes)
        && Images.SequenceEqual(other.Images);
}

/// <summary>In which ways products stand beside one another.</summary>
internal static class RelationKinds
{
    /// <summary>Products of one kind at the most.</summary>
    public const int Most = 50;

    /// <summary>The kinds: alike, to go with it, better and dearer.</summary>
    public static readonly IReadOnlyList<string> All = ["related", "accessories", "upsell"];
}

/// <summary>Equality of collections by their content, which records do not have of themselves.</summary>
internal static class Contents
{
    public static bool Same<T>(IReadOnlyDictionary<string, T> left, IReadOnlyDictionary<string, T> right) =>
        left.Count == right.Count
        && left.All(pair => right.TryGetValue(pair.Key, out var other) && EqualityComparer<T>.Default.Equals(pair.Value, other));

    public static bool SameSet<T>(IReadOnlyList<T> left, IReadOnlyList<T> right) =>
        left.Count == right.Count && left.All(right.Contains);
}
