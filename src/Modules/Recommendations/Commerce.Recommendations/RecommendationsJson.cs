using System.Text.Json.Serialization;
using Commerce.Recommendations.Ranking;

namespace Commerce.Recommendations;

/// <summary>The bodies of the module's events as they are stored, and of its cache entries.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProductViewed))]
[JsonSerializable(typeof(RankedList))]
internal sealed partial class RecommendationsJson : JsonSerializerContext;
