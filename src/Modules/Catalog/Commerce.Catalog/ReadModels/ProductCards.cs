using System.Text.Json;
using Commerce.Catalog.Contracts;
using Commerce.Catalog.Wire;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Catalog.ReadModels;

/// <summary>Products as lists show them, many at once in one statement.</summary>
internal sealed class ProductCards(ModuleDatabase<CatalogDatabase> database, TimeProvider time) : IProductCards
{
    internal const string SelectByIds = """
        select p.document, (select json_object_agg(a.sku, a.word) from catalog.variants v join catalog.availability a on a.sku = v.sku where v.product_id = p.id) as words
          from catalog.products p where p.id = any (@ids)
        """;

    /// <inheritdoc />
    public async ValueTask<IReadOnlyDictionary<Guid, ProductCard>> CardsAsync(
        IReadOnlyCollection<Guid> productIds, string? locale, string? currency, CancellationToken cancellationToken)
    {
        var rows = await ItemsAsync(productIds, new ProductQuery(locale, currency, ActiveOnly: true), cancellationToken);
        return rows.ToDictionary(row => row.Id, row => new ProductCard(
            row.Id, row.Slug, row.Name, row.Price?.Amount, row.Price?.Currency, row.Image, row.Availability));
    }

    /// <summary>List items in no particular order; those that may not be shown are absent.</summary>
    public async Task<IReadOnlyList<ProductListItem>> ItemsAsync(IReadOnlyCollection<Guid> productIds, ProductQuery query, CancellationToken cancellationToken)
    {
        if (productIds.Count == 0)
        {
            return [];
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Document, string? Words)>(
            new CommandDefinition(SelectByIds, new { ids = productIds.ToArray() }, cancellationToken: cancellationToken));
        var now = time.GetUtcNow();
        return [.. rows
            .Select(row => (Product: ProductDocument.Parse(row.Document), row.Words))
            .Where(row => !query.ActiveOnly || row.Product.StatusAt(now) == ProductStatus.Active)
            .Select(row => ProductListItem.Of(row.Product, new ProductView(query.Locale, query.Currency, now, Words(row.Words), AllPrices: false)))];
    }

    private static Dictionary<string, string> Words(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, DocumentFormat.Json.DictionaryStringString)!;
}

/// <summary>How a list wants its products.</summary>
/// <param name="Locale">The locale of the names.</param>
/// <param name="Currency">The currency of the prices; null takes each product's own first one.</param>
/// <param name="ActiveOnly">Shoppers see nothing else.</param>
internal sealed record ProductQuery(string? Locale, string? Currency, bool ActiveOnly);
