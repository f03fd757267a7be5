using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Commerce.Pricing.ReadModels;

namespace Commerce.Pricing;

/// <summary>The bodies of this module's events and the documents of its rows, generated at compile time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ShippingMethodSet))]
[JsonSerializable(typeof(ShippingMethodRemoved))]
[JsonSerializable(typeof(TaxTableSet))]
[JsonSerializable(typeof(TaxTableRemoved))]
[JsonSerializable(typeof(TaxClassSet))]
[JsonSerializable(typeof(TaxClassRemoved))]
[JsonSerializable(typeof(CustomerJoinedGroup))]
[JsonSerializable(typeof(CustomerLeftGroup))]
[JsonSerializable(typeof(DiscountDefined))]
[JsonSerializable(typeof(DiscountRevised))]
[JsonSerializable(typeof(DiscountEnded))]
[JsonSerializable(typeof(DiscountUsed))]
[JsonSerializable(typeof(DiscountUseReturned))]
[JsonSerializable(typeof(DiscountTerms))]
[JsonSerializable(typeof(RulesDocument))]
internal sealed partial class PricingJson : JsonSerializerContext
{
    /// <summary>Whether two say the same: records compare their lists by reference, their JSON compares what they hold.</summary>
    public static bool Same<T>(T left, T right, JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToUtf8Bytes(left, type).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(right, type));
}
