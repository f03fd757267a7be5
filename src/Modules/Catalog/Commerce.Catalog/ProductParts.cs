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

/// <summary>Name and description in one locale.</summary>
internal sealed record ProductText(string Name, string? Description);

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
    /// <summary>Equal in everything, collections by content.</summary>
    public bool Same(ProductContent other) =>
        Slug == other.Slug
        && Contents.Same(Translations, other.Translations)
        && CategoryIds.SequenceEqual(other.CategoryIds)
        && Contents.Same(Attributes, other.Attributes)
        && Images.SequenceEqual(other.Images);
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
