using System.Text.Json.Serialization;

namespace Commerce.Catalog.Wire;

/// <summary>A product as a client sends it: to be created, or as one row of an import.</summary>
/// <param name="Slug">Made from the name when absent.</param>
/// <param name="Translations">Texts by locale, such as <c>en</c>, <c>ko</c> or <c>pt-BR</c>; at least one.</param>
/// <param name="CategoryIds">The categories by id.</param>
/// <param name="Categories">The categories by slug, instead of by id.</param>
/// <param name="Attributes">Facts by name; <c>brand</c> is one of them.</param>
/// <param name="Images">Pictures in their order.</param>
/// <param name="Variants">What is sold; at least one.</param>
/// <param name="Status"><c>draft</c> when absent.</param>
/// <param name="PublishAt">From when on a draft is on sale.</param>
internal sealed record ProductRequest(
    string? Slug = null,
    Dictionary<string, TextRequest?>? Translations = null,
    List<Guid>? CategoryIds = null,
    List<string?>? Categories = null,
    [property: JsonConverter(typeof(AttributeTexts))] Dictionary<string, string?>? Attributes = null,
    List<ImageRequest?>? Images = null,
    List<VariantRequest?>? Variants = null,
    string? Status = null,
    DateTimeOffset? PublishAt = null);

/// <summary>Texts in one locale.</summary>
internal sealed record TextRequest(string? Name = null, string? Description = null, string? Slug = null);

/// <summary>A picture.</summary>
internal sealed record ImageRequest(string? Url = null, string? Alt = null);

/// <summary>A variant: its SKU is unique in the shop.</summary>
/// <param name="Sku">1 to 64 printable characters without spaces.</param>
/// <param name="Options">What tells it from its siblings, such as <c>size</c>.</param>
/// <param name="Price">The plain price.</param>
/// <param name="Prices">Further prices: other currencies, dates, groups, quantities.</param>
/// <param name="Barcode">EAN, UPC or the like.</param>
/// <param name="WeightGrams">Weight in grams.</param>
internal sealed record VariantRequest(
    string? Sku = null,
    Dictionary<string, string?>? Options = null,
    MoneyRequest? Price = null,
    List<PriceRequest?>? Prices = null,
    string? Barcode = null,
    int? WeightGrams = null);

/// <summary>Money as it stands on the wire, not yet checked.</summary>
internal sealed record MoneyRequest(string? Amount = null, string? Currency = null);

/// <summary>One price with the conditions under which it applies.</summary>
internal sealed record PriceRequest(
    string? Currency = null,
    string? Amount = null,
    DateTimeOffset? StartsAt = null,
    DateTimeOffset? EndsAt = null,
    string? CustomerGroup = null,
    int? MinQuantity = null);
