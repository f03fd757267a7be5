using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Catalog.ReadModels;

/// <summary>A product as <c>catalog.products.document</c> keeps it: everything that any page of it may need, whatever locale, currency or moment.</summary>
internal sealed record ProductDocument(
    Guid Id,
    long Version,
    string Slug,
    ProductStatus Status,
    IReadOnlyDictionary<string, ProductText> Translations,
    IReadOnlyList<Guid> CategoryIds,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<ProductImage> Images,
    IReadOnlyList<ProductVariant> Variants,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? PublishAt = null,
    IReadOnlyDictionary<string, IReadOnlyList<Guid>>? Relations = null)
{
    /// <summary>Its status at an instant.</summary>
    public ProductStatus StatusAt(DateTimeOffset now) => Status == ProductStatus.Draft && PublishAt <= now ? ProductStatus.Active : Status;

    /// <summary>The document of a state.</summary>
    public static ProductDocument Of(Guid id, long version, Product product, DateTimeOffset updatedAt) => new(
        id, version, product.Content.Slug, product.Status, product.Content.Translations, product.Content.CategoryIds, product.Content.Attributes,
        product.Content.Images, product.Variants, product.CreatedAt, updatedAt, product.PublishAt, product.Relations.Count == 0 ? null : product.Relations);

    /// <summary>Reads a stored document.</summary>
    public static ProductDocument Parse(string json) => JsonSerializer.Deserialize(json, DocumentFormat.Json.ProductDocument)!;

    /// <summary>Reads a stored document as it came.</summary>
    public static ProductDocument Parse(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, DocumentFormat.Json.ProductDocument)!;

    /// <summary>The stored form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DocumentFormat.Json.ProductDocument);
}

/// <summary>What pricing needs of a variant, <c>catalog.variants.document</c>.</summary>
internal sealed record SkuDocument(Guid ProductId, ProductStatus Status, IReadOnlyDictionary<string, string> Names, IReadOnlyList<PriceEntry> Prices, DateTimeOffset? PublishAt = null)
{
    /// <summary>Whether it can be bought at an instant.</summary>
    public bool IsOnSaleAt(DateTimeOffset now) => Status == ProductStatus.Active || (Status == ProductStatus.Draft && PublishAt <= now);

    /// <summary>The attribute by which a product names its tax class.</summary>
    public const string TaxClassAttribute = "taxClass";

    /// <summary>The weight of one; not in the row, the product's document has it.</summary>
    public int? WeightGrams { get; init; }

    /// <summary>The product's categories; not in the row.</summary>
    public IReadOnlyList<Guid>? CategoryIds { get; init; }

    /// <summary>The tax class that the product names; not in the row.</summary>
    public string? TaxClass { get; init; }

    /// <summary>With what the product's document knows of the SKU.</summary>
    public SkuDocument With(string sku, ProductDocument product) => this with
    {
        WeightGrams = product.Variants.FirstOrDefault(variant => variant.Sku == sku)?.WeightGrams,
        CategoryIds = product.CategoryIds.Count == 0 ? null : product.CategoryIds,
        TaxClass = product.Attributes.GetValueOrDefault(TaxClassAttribute),
    };

    /// <summary>The stored form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DocumentFormat.Json.SkuDocument);
}

/// <summary>How documents are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProductDocument))]
[JsonSerializable(typeof(SkuDocument))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class DocumentJson : JsonSerializerContext;

/// <summary>Documents as text of the language they are in, not as escapes.</summary>
internal static class DocumentFormat
{
    /// <summary>The context to use.</summary>
    public static DocumentJson Json { get; } = new(new JsonSerializerOptions(DocumentJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
