using System.Globalization;
using System.Text;
using System.Text.Json;
using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.Monetary;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Catalog.Importing;

/// <summary>The whole catalogue in the form that an import reads, page by page, so that memory does not grow with it.</summary>
internal sealed class ProductExport(ModuleDatabase<CatalogDatabase> database)
{
    internal const string SelectPage = "select document from catalog.products where id > @after order by id limit 200";

    private static readonly string[] Columns =
    [
        "slug", "status", "publishAt", "sku", "price", "currency", "prices", "barcode", "weightGrams", "options", "translations", "categoryIds", "attributes", "images",
    ];

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    /// <summary>A line for each product.</summary>
    public async Task WriteNdjsonAsync(Stream output, CancellationToken cancellationToken)
    {
        await foreach (var product in ReadAsync(cancellationToken))
        {
            await output.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(RowOf(product), Rendered.Json), cancellationToken);
            await output.WriteAsync(LineEnd, cancellationToken);
        }
    }

    /// <summary>A line for each variant; what has parts is JSON in its cell.</summary>
    public async Task WriteCsvAsync(Stream output, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true);
        await WriteLineAsync(writer, Columns);
        await foreach (var product in ReadAsync(cancellationToken))
        {
            var row = RowOf(product);
            foreach (var variant in row.Variants!)
            {
                await WriteLineAsync(writer,
                [
                    row.Slug, row.Status, row.PublishAt?.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture), variant!.Sku, variant.Price?.Amount, variant.Price?.Currency, Json(variant.Prices, variant.Prices?.Count), variant.Barcode,
                    variant.WeightGrams?.ToString(CultureInfo.InvariantCulture), Json(variant.Options, variant.Options?.Count), Json(row.Translations, 1),
                    string.Join('|', row.CategoryIds!), Json(row.Attributes, row.Attributes!.Count), Json(row.Images, row.Images!.Count),
                ]);
            }
        }
    }

    private static Task WriteLineAsync(StreamWriter writer, IEnumerable<string?> cells) => writer.WriteAsync(string.Join(',', cells.Select(Cell)) + "\r\n");

    private static string Cell(string? text) => text switch
    {
        null => "",
        _ when text.AsSpan().IndexOfAny(",\"\r\n") < 0 => text,
        _ => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
    };

    private static string? Json<T>(T value, int? count) => count > 0 ? JsonSerializer.Serialize(value, Rendered.Json) : null;

    private static ProductRequest RowOf(ProductDocument product) => new(
        product.Slug,
        product.Translations.ToDictionary(pair => pair.Key, TextRequest? (pair) => new TextRequest(pair.Value.Name, pair.Value.Description, pair.Value.Slug)),
        [.. product.CategoryIds],
        null,
        product.Attributes.ToDictionary(pair => pair.Key, string? (pair) => pair.Value),
        [.. product.Images.Select(image => new ImageRequest(image.Url, image.Alt))],
        [.. product.Variants.Select(RowOf)],
        product.Status.Word(),
        product.PublishAt);

    private static VariantRequest RowOf(ProductVariant variant)
    {
        var plain = variant.Prices.FirstOrDefault(price => price.IsBase());
        return new VariantRequest(
            variant.Sku,
            variant.Options.ToDictionary(pair => pair.Key, string? (pair) => pair.Value),
            plain is null ? null : new MoneyRequest(Money.Of(plain.Amount, plain.Currency).AmountText(), plain.Currency),
            [.. variant.Prices.Where(price => price != plain).Select(price => new PriceRequest(
                price.Currency, Money.Of(price.Amount, price.Currency).AmountText(), price.StartsAt, price.EndsAt, price.CustomerGroup, price.MinQuantity))],
            variant.Barcode,
            variant.WeightGrams);
    }

    private async IAsyncEnumerable<ProductDocument> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        while (true)
        {
            // A connection for each page: a slow client must not hold one for as long as it reads.
            List<ProductDocument> page;
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                page = [.. (await connection.QueryAsync<string>(new CommandDefinition(SelectPage, new { after }, cancellationToken: cancellationToken))).Select(ProductDocument.Parse)];
            }

            foreach (var product in page)
            {
                yield return product;
            }

            if (page.Count == 0)
            {
                yield break;
            }

            after = page[^1].Id;
        }
    }
}
