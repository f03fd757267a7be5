using System.Text.Json.Serialization;
using Commerce.Catalog.ReadModels;
using Commerce.Monetary;

namespace Commerce.Catalog.Wire;

/// <summary>One product as a page shows it.</summary>
/// <param name="Version">The stream's version.</param>
/// <param name="Id">UUIDv7.</param>
/// <param name="Slug">Its part of an address, in the locale when that has one of its own.</param>
/// <param name="Status"><c>draft</c>, <c>active</c> or <c>archived</c>.</param>
/// <param name="Locale">The locale of <paramref name="Name"/> and <paramref name="Description"/>: the one asked for, or the nearest there is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">Its description.</param>
/// <param name="Translations">All its texts by locale.</param>
/// <param name="CategoryIds">The categories it is in.</param>
/// <param name="Attributes">Facts by name.</param>
/// <param name="Images">Pictures in their order.</param>
/// <param name="Price">What the cheapest variant costs now, or null.</param>
/// <param name="Availability">The best of its variants.</param>
/// <param name="Variants">What is sold.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it changed last.</param>
/// <param name="PublishAt">From when on a draft is on sale, if that is settled.</param>
/// <param name="Relations">Products that stand beside it, by kind: <c>related</c>, <c>accessories</c>, <c>upsell</c>.</param>
internal sealed record ProductResponse(
    [property: JsonPropertyOrder(-1)] long Version,
    Guid Id,
    string Slug,
    string Status,
    string Locale,
    string Name,
    string? Description,
    IReadOnlyDictionary<string, ProductText> Translations,
    IReadOnlyList<Guid> CategoryIds,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<ImageResponse> Images,
    Money? Price,
    string Availability,
    IReadOnlyList<VariantResponse> Variants,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? PublishAt,
    IReadOnlyDictionary<string, IReadOnlyList<Guid>> Relations)
{
    private static readonly Dictionary<string, IReadOnlyList<Guid>> NoRelations = [];

    /// <summary>The page of a product at a moment.</summary>
    public static ProductResponse Of(ProductDocument product, ProductView view)
    {
        var (locale, text) = Locales.Pick(product.Translations, view.Locale);
        var currency = view.CurrencyOf(product.Variants);
        var variants = product.Variants.Select(variant => VariantResponse.Of(variant, currency, view)).ToList();
        return new ProductResponse(
            product.Version,
            product.Id,
            text.Slug ?? product.Slug,
            product.StatusAt(view.Now).Word(),
            locale,
            text.Name,
            text.Description,
            product.Translations,
            product.CategoryIds,
            product.Attributes,
            [.. product.Images.Select(image => new ImageResponse(image.Url, image.Alt))],
            variants.Where(variant => variant.Price is not null).Select(variant => variant.Price).Min(),
            Availabilities.Best(variants.Select(variant => variant.Availability)),
            variants,
            product.CreatedAt,
            product.UpdatedAt,
            product.StatusAt(view.Now) == ProductStatus.Draft ? product.PublishAt : null,
            product.Relations ?? NoRelations);
    }
}

/// <summary>Who looks at a product, and when.</summary>
/// <param name="Locale">The locale asked for, or null.</param>
/// <param name="Currency">The currency asked for; null takes the product's own first one.</param>
/// <param name="Now">The moment.</param>
/// <param name="Availability">Availability words by SKU; a SKU that nobody ever stocked is out of stock.</param>
/// <param name="AllPrices">Staff see every price entry, shoppers only what applies to them now.</param>
internal sealed record ProductView(string? Locale, string? Currency, DateTimeOffset Now, IReadOnlyDictionary<string, string> Availability, bool AllPrices)
{
    /// <summary>The currency in which this view shows these variants.</summary>
    public string? CurrencyOf(IReadOnlyList<ProductVariant> variants) =>
        Currency ?? variants.SelectMany(variant => variant.Prices).Select(price => price.Currency).FirstOrDefault();
}

/// <summary>A picture.</summary>
internal sealed record ImageResponse(string Url, string? Alt);

/// <summary>What is sold.</summary>
/// <param name="Sku">Unique in the shop.</param>
/// <param name="Options">What tells it from its siblings.</param>
/// <param name="Barcode">EAN, UPC or the like.</param>
/// <param name="WeightGrams">Weight in grams.</param>
/// <param name="Price">What one piece costs everybody now, or null when it has no price in this currency.</param>
/// <param name="Availability"><c>inStock</c>, <c>lowStock</c>, <c>outOfStock</c> or <c>backorder</c>.</param>
/// <param name="Prices">All price entries, for staff.</param>
internal sealed record VariantResponse(
    string Sku,
    IReadOnlyDictionary<string, string> Options,
    string? Barcode,
    int? WeightGrams,
    Money? Price,
    string Availability,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<PriceResponse>? Prices)
{
    /// <summary>A variant at a moment.</summary>
    public static VariantResponse Of(ProductVariant variant, string? currency, ProductView view) => new(
        variant.Sku,
        variant.Options,
        variant.Barcode,
        variant.WeightGrams,
        currency is not null && PriceList.Applying(variant.Prices, currency, null, 1, view.Now) is { } price ? Money.Of(price.Amount, currency) : null,
        view.Availability.GetValueOrDefault(variant.Sku, Availabilities.OutOfStock),
        view.AllPrices ? [.. variant.Prices.Select(PriceResponse.Of)] : null);
}

/// <summary>One price with its conditions.</summary>
internal sealed record PriceResponse(string Currency, string Amount, DateTimeOffset? StartsAt, DateTimeOffset? EndsAt, string? CustomerGroup, int MinQuantity)
{
    /// <summary>The wire form of an entry.</summary>
    public static PriceResponse Of(PriceEntry entry) => new(
        entry.Currency, Money.Of(entry.Amount, entry.Currency).AmountText(), entry.StartsAt, entry.EndsAt, entry.CustomerGroup, entry.MinQuantity);
}

/// <summary>The words for availability, and which of them is better.</summary>
internal static class Availabilities
{
    public const string OutOfStock = "outOfStock";

    private static readonly string[] BestFirst = ["inStock", "lowStock", "backorder", OutOfStock];

    /// <summary>The best of several; nothing at all is out of stock.</summary>
    public static string Best(IEnumerable<string> words) =>
        words.MinBy(word => Array.IndexOf(BestFirst, word) is var at and >= 0 ? at : BestFirst.Length) ?? OutOfStock;

    /// <summary>0 for the best word, 3 for out of stock.</summary>
    public static int Rank(string word) => Array.IndexOf(BestFirst, word) is var at and >= 0 ? at : BestFirst.Length - 1;

    /// <summary>The word of a rank.</summary>
    public static string OfRank(int rank) => BestFirst[Math.Clamp(rank, 0, BestFirst.Length - 1)];

    /// <summary>Whether a shopper gets it at once.</summary>
    public static bool IsInStock(string word) => word is "inStock" or "lowStock";
}
