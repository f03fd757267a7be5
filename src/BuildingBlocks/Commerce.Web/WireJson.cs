using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Commerce.Outcomes;

namespace Commerce.Web;

/// <summary>JSON as the contract has it: camelCase, strict in what it means, friendly in what it says.</summary>
public static partial class WireJson
{
    /// <summary>Deeper bodies are refused; the deepest of the contract has six levels.</summary>
    public const int MaxDepth = 32;

    /// <summary>Sets the options that requests are read and responses are written with.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = true;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = MaxDepth;
        // Bodies are never embedded in HTML (they carry their own media type and nosniff), so Korean stays three bytes a letter instead of six.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.TypeInfoResolver = (options.TypeInfoResolver ?? new DefaultJsonTypeInfoResolver()).WithAddedModifier(NullWithin.Refuse);
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
    }

    /// <summary>What is wrong with a body, by the JSON path of the field.</summary>
    public static ValidationFailed Explain(JsonException fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var path = PathOf(fault.Path);
        if (Missing().Match(fault.Message) is { Success: true } missing)
        {
            var errors = QuotedName().Matches(missing.Groups["names"].Value)
                .ToDictionary(name => Join(path, name.Groups[1].Value), _ => new[] { "This field is required." }, StringComparer.Ordinal);
            return new ValidationFailed(errors);
        }

        if (Null().Match(fault.Message) is { Success: true } isNull)
        {
            return ValidationFailed.Of(JoinOnce(path, JsonNamingPolicy.CamelCase.ConvertName(isNull.Groups["name"].Value)), "This field must not be null.");
        }

        if (fault is NullWithin within)
        {
            return ValidationFailed.Of(Join(path, within.Place), "This must not be null.");
        }

        if (WrongType().Match(fault.Message) is { Success: true } wrong)
        {
            return ValidationFailed.Of(path, $"Expected {Expected(wrong.Groups["type"].Value)}.");
        }

        var message = fault.Message.Split(" Path: ", 2)[0].Split(" LineNumber: ", 2)[0];
        return Duplicate().Match(message) is { Success: true } twice
            ? ValidationFailed.Of(JoinOnce(path, twice.Groups["name"].Value), "This field stands twice.")
            : ValidationFailed.Of(path, fault.LineNumber is { } line && IsSyntax(fault)
                ? string.Create(CultureInfo.InvariantCulture, $"The body is not valid JSON at line {line + 1}: {message}")
                : message);
    }

    private static bool IsSyntax(JsonException fault) => fault.InnerException is JsonException || fault.GetType() != typeof(JsonException);

    private static string PathOf(string? path)
    {
        if (path is null or "$")
        {
            return "$";
        }

        return path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path[1..];
    }

    private static string Join(string path, string name) => path == "$" ? name : $"{path}.{name}";

    /// <summary>The reader names the member in some of its paths and only the object around it in others.</summary>
    private static string JoinOnce(string path, string name) =>
        path == name || path.EndsWith("." + name, StringComparison.Ordinal) ? path : Join(path, name);

    private static string Expected(string clrType) => clrType switch
    {
        _ when clrType.Contains("System.Int", StringComparison.Ordinal) => "a whole number in range",
        _ when clrType.Contains("System.Decimal", StringComparison.Ordinal) || clrType.Contains("System.Double", StringComparison.Ordinal) => "a number",
        _ when clrType.Contains("System.Boolean", StringComparison.Ordinal) => "true or false",
        _ when clrType.Contains("System.Guid", StringComparison.Ordinal) => "a UUID",
        _ when clrType.Contains("List", StringComparison.Ordinal) || clrType.EndsWith("[]", StringComparison.Ordinal) || clrType.Contains("IEnumerable", StringComparison.Ordinal) => "an array",
        _ when clrType.EndsWith("System.String", StringComparison.Ordinal) => "a text",
        _ when clrType.StartsWith("Commerce.", StringComparison.Ordinal) || clrType.Contains("Dictionary", StringComparison.Ordinal) => "another kind of value",
        _ => "another kind of value",
    };

    [GeneratedRegex("missing required properties(, including the following| including): ?(?<names>.*)$", RegexOptions.CultureInvariant | RegexOptions.Singleline, 1000)]
    private static partial Regex Missing();

    [GeneratedRegex("'([^']+)'", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex QuotedName();

    [GeneratedRegex("^The (property or field|constructor parameter) '(?<name>[^']+)' .*null values", RegexOptions.CultureInvariant | RegexOptions.Singleline, 1000)]
    private static partial Regex Null();

    [GeneratedRegex("^The JSON value could not be converted to (?<type>.+?)\\. Path:", RegexOptions.CultureInvariant | RegexOptions.Singleline, 1000)]
    private static partial Regex WrongType();

    [GeneratedRegex("^Duplicate property '(?<name>[^']+)'", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Duplicate();
}

/// <summary>Times on the wire: RFC 3339 with an offset in, UTC with <c>Z</c> out.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc />
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && UtcTime.TryRead(reader.GetString()!, out var value)
            ? value
            : throw new JsonException("Expected a time such as 2026-01-31T09:30:00Z.");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        // Microseconds are what the database keeps; trailing zeros say nothing.
        Span<char> text = stackalloc char[32];
        value.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..length]);
    }
}
