using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Commerce.Cli.Import;

/// <summary>
/// One line of the chorus-icecat catalogue as a product: <c>id</c> becomes the SKU, <c>supplier</c> the brand,
/// <c>name</c> (the maker's own number) an attribute, <c>price</c> in US cents the price.
/// </summary>
internal static class IcecatProduct
{
    // Facets and search gain nothing from the two hundredth detail of a notebook.
    private const int MostAttributes = 40;
    private const int LongestValue = 200;

    public static ProductRow Read(JsonElement line)
    {
        var title = Text(line, "title") ?? Text(line, "name") ?? throw new ImportException("A product without a title.");
        return new ProductRow
        {
            Sku = "icecat-" + Text(line, "id"),
            Name = title,
            Description = Text(line, "short_description"),
            Attributes = Attributes(line),
            PriceCents = line.GetProperty("price").GetInt32(),
            Barcode = line.TryGetProperty("ean", out var codes) && codes.ValueKind == JsonValueKind.Array && codes.GetArrayLength() > 0
                ? codes[0].GetString()
                : null,
        };
    }

    public static bool IsOne(JsonElement line) =>
        line.TryGetProperty("id", out _) && line.TryGetProperty("title", out _) && line.TryGetProperty("supplier", out _);

    private static Dictionary<string, string> Attributes(JsonElement line)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Text(line, "supplier") is { } brand)
        {
            attributes["brand"] = brand;
        }

        if (Text(line, "name") is { } number)
        {
            attributes["partNumber"] = Short(number);
        }

        // Words say more than numbers, and numbers more than a yes: where there are too many, in this order.
        foreach (var kind in (string[])["attr_t_", "attr_n_", "attr_b_"])
        {
            foreach (var property in line.EnumerateObject())
            {
                if (attributes.Count < MostAttributes
                    && property.Name.StartsWith(kind, StringComparison.Ordinal)
                    && Value(property.Value) is { } value)
                {
                    attributes.TryAdd(Name(property.Name[kind.Length..]), value);
                }
            }
        }

        return attributes;
    }

    private static string? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is { Length: > 1 } text && !text.StartsWith("Not ", StringComparison.Ordinal) ? Short(text) : null,
        JsonValueKind.Number => value.GetDouble().ToString("0.####", CultureInfo.InvariantCulture),
        JsonValueKind.True => "yes",
        _ => null,
    };

    // display_diagonal -> displayDiagonal, thermal_design_power__tdp_ -> thermalDesignPowerTdp
    private static string Name(string name)
    {
        var words = name.Split('_', StringSplitOptions.RemoveEmptyEntries);
        return words[0] + string.Concat(words.Skip(1).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
    }

    // Some values carry control characters or halves of characters from the sheet they were typed into; the shop takes neither.
    private static string Short(string text)
    {
        var clean = string.Concat(text.EnumerateRunes().Where(rune => !Rune.IsControl(rune) && rune != Rune.ReplacementChar));
        return clean.Length <= LongestValue ? clean : clean[..LongestValue];
    }

    private static string? Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}
