using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commerce.Catalog.Importing;

/// <summary>One line of CSV as the JSON of a product with one variant.</summary>
/// <param name="Product">The JSON, or null when the line cannot be read.</param>
/// <param name="Slug">The slug, which joins lines to one product; empty when there is none.</param>
/// <param name="Fault">Why the line cannot be read, or null.</param>
internal sealed record CsvProduct(JsonObject? Product, string Slug, string? Fault)
{
    /// <summary>Reads a line by its columns. An empty cell says nothing.</summary>
    public static CsvProduct Read(string[] columns, List<string> record)
    {
        var product = new JsonObject();
        var variant = new JsonObject();
        var locale = Cell(columns, record, "locale") ?? "en";
        var currency = Cell(columns, record, "currency") ?? "USD";
        try
        {
            for (var i = 0; i < Math.Min(columns.Length, record.Count); i++)
            {
                if (record[i].Length > 0)
                {
                    Set(product, variant, columns[i], record[i], locale, currency);
                }
            }
        }
        catch (JsonException)
        {
            return new CsvProduct(null, "", "A column of JSON (translations, attributes, options, prices) holds none.");
        }

        product["variants"] = new JsonArray(variant);
        return record.Count > columns.Length
            ? new CsvProduct(null, "", "The line has more cells than the first line has columns.")
            : new CsvProduct(product, product["slug"]?.GetValue<string>() ?? "", null);
    }

    /// <summary>Whether a column of this name means something here.</summary>
    public static bool Knows(string column)
    {
        var dot = column.IndexOf('.', StringComparison.Ordinal);
        return dot < 0
            ? Plain.Contains(column)
            : dot < column.Length - 1 && Parted.Contains(column[..dot]);
    }

    private static readonly HashSet<string> Parted = new(StringComparer.Ordinal) { "name", "description", "slug", "attr", "option" };

    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "sku", "slug", "status", "publishAt", "name", "description", "locale", "translations", "categories", "categoryIds", "attributes", "images", "options", "price",
        "currency", "prices", "barcode", "weightGrams",
    };

    private static void Set(JsonObject product, JsonObject variant, string column, string cell, string locale, string currency)
    {
        var dot = column.IndexOf('.', StringComparison.Ordinal);
        var (field, part) = dot < 0 ? (column, "") : (column[..dot], column[(dot + 1)..]);
        switch (field, part)
        {
            case ("slug" or "status" or "publishAt", ""):
                product[field] = cell.Trim();
                break;
            case ("slug", _):
                Within(Within(product, "translations"), part)[field] = cell.Trim();
                break;
            case ("name" or "description", _):
                Within(Within(product, "translations"), part.Length == 0 ? locale : part)[field] = cell;
                break;
            case ("attr", not ""):
                Within(product, "attributes")[part] = cell;
                break;
            case ("option", not ""):
                Within(variant, "options")[part] = cell;
                break;
            case ("categories" or "categoryIds", ""):
                product[field] = new JsonArray([.. cell.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(value => (JsonNode)value)]);
                break;
            case ("images", ""):
                product[field] = cell.TrimStart().StartsWith('[') ? JsonNode.Parse(cell) : Images(cell);
                break;
            case ("translations" or "attributes", ""):
                Merge(Within(product, field), cell);
                break;
            case ("options", ""):
                Merge(Within(variant, field), cell);
                break;
            case ("prices", ""):
                variant[field] = JsonNode.Parse(cell);
                break;
            case ("price", ""):
                variant[field] = new JsonObject { ["amount"] = cell.Trim(), ["currency"] = currency.Trim() };
                break;
            case ("weightGrams", ""):
                variant[field] = int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var grams) ? grams : cell;
                break;
            case ("sku" or "barcode", ""):
                variant[field] = cell.Trim();
                break;
            default:
                // A column of somebody else's system.
                break;
        }
    }

    private static string? Cell(string[] columns, List<string> record, string column)
    {
        var at = Array.IndexOf(columns, column);
        return at >= 0 && at < record.Count && record[at].Length > 0 ? record[at].Trim() : null;
    }

    private static JsonArray Images(string cell) => new(
        [.. cell.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => (JsonNode)new JsonObject { ["url"] = url })]);

    private static JsonObject Within(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject child)
        {
            return child;
        }

        child = [];
        parent[name] = child;
        return child;
    }

    private static void Merge(JsonObject into, string json)
    {
        foreach (var (name, value) in JsonNode.Parse(json) as JsonObject ?? throw new JsonException("No object."))
        {
            into[name] = value?.DeepClone();
        }
    }
}
