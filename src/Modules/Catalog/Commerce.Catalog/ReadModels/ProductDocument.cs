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
    DateTimeOffset UpdatedAt)
{
    /// <summary>The document of a state.</summary>
    public static ProductDocument Of(Guid id, long version, Product product, DateTimeOffset updatedAt) => new(
        id, version, product.Content.Slug, product.Status, product.Content.Translations, product.Content.CategoryIds, product.Content.Attributes,
        product.Content.Images, product.Variants, product.CreatedAt, updatedAt);

    /// <summary>Reads a stored document.</summary>
    public static ProductDocument Parse(string json) => JsonSerializer.Deserialize(json, DocumentJson.Plain.ProductDocument)!;

    /// <summary>The stored form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DocumentJson.Plain.ProductDocument);
}

/// <summary>What pricing needs of a variant, <c>catalog.variants.document</c>.</summary>
internal sealed record SkuDocument(Guid ProductId, ProductStatus Status, IReadOnlyDictionary<string, string> Names, IReadOnlyList<PriceEntry> Prices)
{
    /// <summary>The stored form.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DocumentJson.Plain.SkuDocument);
}

/// <summary>How documents are written: as text of the language they are in, not as escapes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProductDocument))]
[JsonSerializable(typeof(SkuDocument))]
internal sealed partial class DocumentJson : JsonSerializerContext
{
    /// <summary>The context to use.</summary>
    public static DocumentJson Plain { get; } = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
