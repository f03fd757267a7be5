using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.Outcomes;

namespace Commerce.Catalog.Importing;

/// <summary>
/// Rows of CSV, a variant each, turned into the JSON of products: rows that follow one another with the same slug are one product. The columns are
/// documented in docs/import-format.md; a file with other names says by a mapping what they mean.
/// </summary>
internal sealed class CsvRows
{
    private readonly CsvText _csv;
    private readonly string[] _columns;

    private CsvRows(CsvText csv, string[] columns, string header)
    {
        _csv = csv;
        _columns = columns;
        Header = header;
    }

    /// <summary>The first line as it stood there.</summary>
    public string Header { get; }

    /// <summary>Reads the header, which must name the column <c>sku</c>, or a column that is mapped to it.</summary>
    public static async Task<Outcome<CsvRows>> OpenAsync(Stream body, ImportSettings settings, CancellationToken cancellationToken)
    {
        var csv = new CsvText(new StreamReader(body, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true, leaveOpen: true), settings.Delimiter);
        var (header, fault) = await csv.ReadAsync(cancellationToken);
        if (header is null)
        {
            return ValidationFailed.Of("$", fault ?? "The file is empty; its first line names the columns.");
        }

        var names = header.Select(column => column.Trim()).ToArray();
        var columns = Array.ConvertAll(names, name => settings.Columns.GetValueOrDefault(name, name));
        var twice = columns.Where(column => column.Length > 0).GroupBy(column => column, StringComparer.Ordinal).Any(group => group.Count() > 1);
        return (columns.Contains("sku", StringComparer.Ordinal), twice, settings.Columns.Keys.Except(names, StringComparer.Ordinal).FirstOrDefault()) switch
        {
            (_, _, { } missing) => ValidationFailed.Of("map", $"The first line names no column '{missing}'."),
            (false, _, _) => ValidationFailed.Of("sku", "The first line must name the column sku, or one that is mapped to it."),
            (_, true, _) => ValidationFailed.Of("$", "The first line names a column twice."),
            _ => new CsvRows(csv, columns, csv.Raw),
        };
    }

    /// <summary>Reads products as their rows arrive.</summary>
    public async IAsyncEnumerable<ImportRow> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JsonObject? open = null;
        var records = new List<string>();
        var (first, number, slug) = (0L, 0L, "");
        while (await NextAsync(cancellationToken) is { } row)
        {
            number++;
            if (open is not null && row.Slug.Length > 0 && row.Slug == slug && row.Product is not null && records.Count < Product.MaxVariants)
            {
                open["variants"]!.AsArray().Add(row.Product["variants"]![0]!.DeepClone());
                records.Add(_csv.Raw);
                continue;
            }

            if (open is not null)
            {
                yield return ImportRow.OfRecords(first, Bytes(open), records);
            }

            (open, slug, first, records) = (row.Product, row.Slug, number, [_csv.Raw]);
            if (row.Fault is not null)
            {
                yield return ImportRow.OfRecords(number, ImportRow.Unreadable(row.Fault), records);
            }
        }

        if (open is not null)
        {
            yield return ImportRow.OfRecords(first, Bytes(open), records);
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
