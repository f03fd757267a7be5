using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Commerce.Outcomes;

namespace Commerce.Web;

/// <summary>
/// Where a list goes on: the sort key of the last item, as an opaque text for the client. Inside it is base64url of a JSON tuple. A cursor
/// names a place in an order, not a row, so a page stays right when that row has gone.
/// </summary>
public static class Cursor
{
    /// <summary>Longer ones were never made here.</summary>
    private const int MostCharacters = 2048;

    private static readonly JsonSerializerOptions Options = new() { MaxDepth = 4, Converters = { new UtcTimeConverter() } };

    /// <summary>What to answer to a cursor that cannot be read.</summary>
    public static ValidationFailed Malformed { get; } = ValidationFailed.Of("cursor", "This is no cursor of this list. Send the nextCursor of the page before, unchanged, with the same filters and sort.");

    /// <summary>A cursor of one key.</summary>
    public static string Encode<T1>(T1 first) => Write([Json(first)]);

    /// <summary>A cursor of two keys.</summary>
    public static string Encode<T1, T2>(T1 first, T2 second) => Write([Json(first), Json(second)]);

    /// <summary>A cursor of three keys.</summary>
    public static string Encode<T1, T2, T3>(T1 first, T2 second, T3 third) => Write([Json(first), Json(second), Json(third)]);

    /// <summary>A cursor of four keys.</summary>
    public static string Encode<T1, T2, T3, T4>(T1 first, T2 second, T3 third, T4 fourth) => Write([Json(first), Json(second), Json(third), Json(fourth)]);

    /// <summary>Reads a cursor of one key.</summary>
    public static bool TryDecode<T1>(string? text, [MaybeNullWhen(false)] out T1 first)
    {
        first = default;
        return Read(text, 1) is { } parts && Value(parts[0], out first);
    }

    /// <summary>Reads a cursor of two keys.</summary>
    public static bool TryDecode<T1, T2>(string? text, [MaybeNullWhen(false)] out T1 first, [MaybeNullWhen(false)] out T2 second)
    {
        first = default;
        second = default;
        return Read(text, 2) is { } parts && Value(parts[0], out first) && Value(parts[1], out second);
    }

    /// <summary>Reads a cursor of three keys.</summary>
    public static bool TryDecode<T1, T2, T3>(string? text, [MaybeNullWhen(false)] out T1 first, [MaybeNullWhen(false)] out T2 second, [MaybeNullWhen(false)] out T3 third)
    {
        first = default;
        second = default;
        third = default;
        return Read(text, 3) is { } parts && Value(parts[0], out first) && Value(parts[1], out second) && Value(parts[2], out third);
    }

    /// <summary>Reads a cursor of four keys.</summary>
    public static bool TryDecode<T1, T2, T3, T4>(
        string? text, [MaybeNullWhen(false)] out T1 first, [MaybeNullWhen(false)] out T2 second, [MaybeNullWhen(false)] out T3 third, [MaybeNullWhen(false)] out T4 fourth)
    {
        first = default;
        second = default;
        third = default;
        fourth = default;
        return Read(text, 4) is { } parts && Value(parts[0], out first) && Value(parts[1], out second) && Value(parts[2], out third) && Value(parts[3], out fourth);
    }

    private static JsonElement Json<T>(T value) => JsonSerializer.SerializeToElement(value, Options);

    private static string Write(JsonElement[] parts) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(parts, Options));

    private static JsonElement[]? Read(string? text, int count)
    {
        if (string.IsNullOrEmpty(text) || text.Length > MostCharacters || !Base64Url.IsValid(text))
        {
            return null;
        }

        try
        {
            var parts = JsonSerializer.Deserialize<JsonElement[]>(Base64Url.DecodeFromChars(text), Options);
            return parts?.Length == count && !RequestText.HasForbiddenText(parts) ? parts : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Value<T>(JsonElement part, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        try
        {
            value = part.Deserialize<T>(Options)!;
            // Only a nullable value type can be told to allow null; a text key never is null.
            return value is not null || Nullable.GetUnderlyingType(typeof(T)) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
