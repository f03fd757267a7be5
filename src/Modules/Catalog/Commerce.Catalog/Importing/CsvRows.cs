using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.Outcomes;

namespace Commerce.Catalog.Importing;

/// <summary>
/// Rows of CSV, a variant each, turned into the JSON of products: rows that follow one another with the same slug are one product. The columns are
/// documented in docs/import-format.md.
/// </summary>
internal sealed class CsvRows
{
    private readonly CsvText _csv;
    private readonly string[] _columns;

    private CsvRows(CsvText csv, string[] columns)
    {
        _csv = csv;
        _columns = columns;
    }

    /// <summary>Reads the header, which must name the column <c>sku</c>.</summary>
    public static async Task<Outcome<CsvRows>> OpenAsync(Stream body, CancellationToken cancellationToken)
    {
        var csv = new CsvText(new StreamReader(body, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true, leaveOpen: true));
        var (header, fault) = await csv.ReadAsync(cancellationToken);
        if (header is null)
        {
            return ValidationFailed.Of("$", fault ?? "The file is empty; its first line names the columns.");
        }

        var columns = header.Select(column => column.Trim()).ToArray();
        var twice = columns.Where(column => column.Length > 0).GroupBy(column => column, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return (columns.Contains("sku", StringComparer.Ordinal), twice) switch
        {
            (false, _) => ValidationFailed.Of("sku", "The first line must name the column sku."),
            (_, not null) => ValidationFailed.Of("$", "The first line names a column twice."),
            _ => new CsvRows(csv, columns),
        };
    }

    /// <summary>Reads products as their rows arrive.</summary>
    public async IAsyncEnumerable<ImportRow> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JsonObject? open = null;
        var (first, count, number, slug) = (0L, 0, 0L, "");
        while (await NextAsync(cancellationToken) is { } row)
        {
            number++;
            if (open is not null && row.Slug.Length > 0 && row.Slug == slug && row.Product is not null && count < Product.MaxVariants)
            {
                open["variants"]!.AsArray().Add(row.Product["variants"]![0]!.DeepClone());
                count++;
                continue;
            }

            if (open is not null)
            {
                yield return new ImportRow(first, count, Bytes(open));
            }

            (open, slug, first, count) = (row.Product, row.Slug, number, 1);
            if (row.Fault is not null)
            {
                yield return new ImportRow(number, 1, ImportRow.Unreadable(row.Fault));
            }
        }

        if (open is not null)
        {
            yield return new ImportRow(first, count, Bytes(open));
        }
    }

    private static byte[] Bytes(JsonObject product) => JsonSerializer.SerializeToUtf8Bytes<JsonNode>(product, JsonSerializerOptions.Default);

    private async Task<CsvProduct?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (fields, fault) = await _csv.ReadAsync(cancellationToken);
            if (fault is not null)
            {
                return new CsvProduct(null, "", fault);
            }

            if (fields is null)
            {
                return null;
            }

            // An empty line is no row.
            if (fields.Count > 1 || fields[0].Length > 0)
            {
                return CsvProduct.Read(_columns, fields);
            }
        }
    }
}
