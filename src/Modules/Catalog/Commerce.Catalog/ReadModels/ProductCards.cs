using System.Collections.Concurrent;
using System.Text.Json;
using Commerce.Catalog.Contracts;
using Commerce.Catalog.Wire;
using Commerce.ReadModels;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.ReadModels;

/// <summary>Products as lists show them, many at once in one statement.</summary>
internal sealed class ProductCards(ModuleDatabase<CatalogDatabase> database, TimeProvider time) : IProductCards
{
    internal const string SelectVersions = """
        select p.id, p.version, (select json_object_agg(a.sku, a.word) from catalog.variants v join catalog.availability a on a.sku = v.sku where v.product_id = p.id) as words
          from catalog.products p where p.id = any (@ids)
        """;

    internal const string SelectDocuments = "select id, version, document from catalog.products where id = any (@ids)";

    private const int MaxRemembered = 4_000;

    // Reading a document costs far more than asking whether it is still the same.
    private readonly ConcurrentDictionary<Guid, (long Version, ProductDocument Document)> _read = [];

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
        var rows = (await connection.QueryAsync<(Guid Id, long Version, string? Words)>(
            new CommandDefinition(SelectVersions, new { ids = productIds.ToArray() }, cancellationToken: cancellationToken))).AsList();
        var documents = await DocumentsAsync(connection, rows, cancellationToken);
        var now = time.GetUtcNow();
        return [.. rows
            .Where(row => documents.ContainsKey(row.Id))
            .Select(row => (Product: documents[row.Id], row.Words))
            .Where(row => !query.ActiveOnly || row.Product.StatusAt(now) == ProductStatus.Active)
            .Select(row => ProductListItem.Of(row.Product, new ProductView(query.Locale, query.Currency, now, Words(row.Words), AllPrices: false)))];
    }

    private async Task<Dictionary<Guid, ProductDocument>> DocumentsAsync(
        NpgsqlConnection connection, List<(Guid Id, long Version, string? Words)> rows, CancellationToken cancellationToken)
    {
        var documents = new Dictionary<Guid, ProductDocument>(rows.Count);
        var missing = new List<Guid>();
        foreach (var (id, version, _) in rows)
        {
            if (_read.TryGetValue(id, out var known) && known.Version == version)
            {
                documents[id] = known.Document;
            }
            else
            {
                missing.Add(id);
            }
        }

        if (missing.Count > 0)
        {
            if (_read.Count >= MaxRemembered)
            {
                _read.Clear();
            }

            foreach (var (id, version, document) in await connection.QueryAsync<(Guid, long, string)>(
                new CommandDefinition(SelectDocuments, new { ids = missing.ToArray() }, cancellationToken: cancellationToken)))
            {
                documents[id] = ProductDocument.Parse(document);
                _read[id] = (version, documents[id]);
            }
        }

        return documents;
    }

    private static Dictionary<string, string> Words(string? json) =>
        json is null ? [] : JsonSerializer.Deserialize(json, DocumentFormat.Json.DictionaryStringString)!;
}

/// <summary>How a list wants its products.</summary>
/// <param name="Locale">The locale of the names.</param>
/// <param name="Currency">The currency of the prices; null takes each product's own first one.</param>
/// <param name="ActiveOnly">Shoppers see nothing else.</param>
internal sealed record ProductQuery(string? Locale, string? Currency, bool ActiveOnly);
