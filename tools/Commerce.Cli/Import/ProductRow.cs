using System.Text.Json;

namespace Commerce.Cli.Import;

/// <summary>One row of <c>POST /products/import</c>: a product with a single variant.</summary>
internal sealed record ProductRow
{
    public required string Sku { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    public required int PriceCents { get; init; }

    public string? Barcode { get; init; }

    /// <summary>Names in other languages, by locale.</summary>
    public IReadOnlyDictionary<string, string> OtherNames { get; init; } = new Dictionary<string, string>();

    /// <summary>The slugs of the categories, where the row comes with a category file.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("translations");
            json.WriteStartObject("en");
            json.WriteString("name", Name);
            if (Description is not null)
            {
                json.WriteString("description", Description);
            }

            json.WriteEndObject();
            foreach (var (locale, name) in OtherNames)
            {
                json.WriteStartObject(locale);
                json.WriteString("name", name);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            if (Categories.Count > 0)
            {
                json.WriteStartArray("categories");
                foreach (var category in Categories)
                {
                    json.WriteStringValue(category);
                }

                json.WriteEndArray();
            }

            json.WriteStartObject("attributes");
            foreach (var (name, value) in Attributes)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteStartArray("variants");
            json.WriteStartObject();
            json.WriteString("sku", Sku);
            json.WriteStartObject("options");
            json.WriteEndObject();
            json.WriteStartObject("price");
            json.WriteString("amount", Cents(PriceCents));
            json.WriteString("currency", "USD");
            json.WriteEndObject();
            if (Barcode is not null)
            {
                json.WriteString("barcode", Barcode);
            }

            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteString("status", "active");
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    public static string Cents(int cents) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{cents / 100}.{cents % 100:00}");
}
