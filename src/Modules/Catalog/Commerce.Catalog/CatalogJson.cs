using System.Text.Json.Serialization;

namespace Commerce.Catalog;

/// <summary>How the module's events are written; camelCase, without nulls.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProductCreated))]
[JsonSerializable(typeof(ProductRevised))]
[JsonSerializable(typeof(ProductPublished))]
[JsonSerializable(typeof(PublicationScheduled))]
[JsonSerializable(typeof(ProductRelationsSet))]
[JsonSerializable(typeof(CategoryAttributesDefined))]
[JsonSerializable(typeof(ProductWithdrawn))]
[JsonSerializable(typeof(ProductArchived))]
[JsonSerializable(typeof(VariantAdded))]
[JsonSerializable(typeof(VariantRevised))]
[JsonSerializable(typeof(VariantRemoved))]
[JsonSerializable(typeof(PricesSet))]
[JsonSerializable(typeof(SkuClaimed))]
[JsonSerializable(typeof(SkuReleased))]
[JsonSerializable(typeof(SkuAvailabilityChanged))]
[JsonSerializable(typeof(SlugClaimed))]
[JsonSerializable(typeof(CategoryCreated))]
[JsonSerializable(typeof(CategoryRevised))]
[JsonSerializable(typeof(CategoryRemoved))]
[JsonSerializable(typeof(CategoryPlaced))]
[JsonSerializable(typeof(CategoryTakenOut))]
[JsonSerializable(typeof(SynonymsDefined))]
[JsonSerializable(typeof(SynonymsRemoved))]
[JsonSerializable(typeof(StopWordAdded))]
[JsonSerializable(typeof(StopWordRemoved))]
internal sealed partial class CatalogEventsJson : JsonSerializerContext;
