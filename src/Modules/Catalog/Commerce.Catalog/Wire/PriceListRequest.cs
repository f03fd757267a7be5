using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Catalog.Wire;

/// <summary>All prices of a variant: <c>{"prices":[…]}</c>, or the bare array.</summary>
[JsonConverter(typeof(PriceListRequestConverter))]
internal sealed record PriceListRequest(IReadOnlyList<PriceRequest?> Prices);

/// <summary>Reads both forms.</summary>
internal sealed class PriceListRequestConverter : JsonConverter<PriceListRequest>
{
    /// <inheritdoc />
    public override PriceListRequest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            return new PriceListRequest(JsonSerializer.Deserialize<List<PriceRequest?>>(ref reader, options)!);
        }

        return JsonSerializer.Deserialize<Wrapped>(ref reader, options) is { Prices: { } prices }
            ? new PriceListRequest(prices)
            : throw new JsonException("Expected an array of prices, or an object whose member prices is one.");
    }

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, PriceListRequest value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new Wrapped([.. value.Prices]), options);

    private sealed record Wrapped(List<PriceRequest?>? Prices = null);
}
