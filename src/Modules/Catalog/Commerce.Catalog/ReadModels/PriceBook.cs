using System.Text;
using System.Text.Json;
using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Catalog.ReadModels;

/// <summary>
/// Prices for the order path: one look into memory for each SKU while warm. Price changes drop the entry before their caller is answered; which of the
/// entries applies is settled at the moment of asking, so a scheduled price needs nothing to be dropped.
/// </summary>
internal sealed class PriceBook(ModuleDatabase<CatalogDatabase> database, IReadModelCache cache, TimeProvider time) : IPriceBook, ISkuNames
{
    internal const string SelectSkus =
        "select v.sku, v.document, p.document as product from catalog.variants v join catalog.products p on p.id = v.product_id where v.sku = any (@skus)";

    private static readonly CachePolicy Policy = new(TimeSpan.FromMinutes(10));

    /// <inheritdoc />
    public async ValueTask<IReadOnlyDictionary<string, SkuOffer>> OffersAsync(
        IReadOnlyList<SkuQuantity> lines, string currency, string? customerGroup, string locale, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var now = time.GetUtcNow();
        var call = new CallContext();
        var quantities = new Dictionary<string, int>(lines.Count, StringComparer.Ordinal);
        foreach (var line in lines)
        {
            quantities[line.Sku] = (int)Math.Min(int.MaxValue, quantities.GetValueOrDefault(line.Sku) + (long)line.Quantity);
        }

        var offers = new Dictionary<string, SkuOffer>(quantities.Count, StringComparer.Ordinal);
        var entries = await FindAsync([.. quantities.Keys], call, cancellationToken);
        foreach (var (sku, quantity) in quantities)
        {
            if (entries.TryGetValue(sku, out var found) && found.IsOnSaleAt(now) && PriceList.Applying(found.Prices, currency, customerGroup, quantity, now) is { } price)
            {
                offers[sku] = new SkuOffer(sku, found.ProductId, NameIn(found.Names, locale), price.Amount, currency, found.WeightGrams, found.CategoryIds, found.TaxClass);
            }
        }

        return offers;
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyDictionary<string, string>> NamesAsync(IReadOnlyCollection<string> skus, string locale, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var found = await FindAsync([.. skus.Distinct(StringComparer.Ordinal)], new CallContext(), cancellationToken);
        return found.Where(sku => sku.Value.IsOnSaleAt(now)).ToDictionary(sku => sku.Key, sku => NameIn(sku.Value.Names, locale), StringComparer.Ordinal);
    }

    private static string NameIn(IReadOnlyDictionary<string, string> names, string locale) =>
        names.TryGetValue(locale, out var name) ? name : Locales.Pick(names.ToDictionary(pair => pair.Key, pair => new ProductText(pair.Value, null)), locale).Text.Name;

    private static SkuDocument Read(CacheEntry entry) => JsonSerializer.Deserialize(entry.Body.Span, DocumentFormat.Json.SkuDocument)!;

    private async ValueTask<Dictionary<string, SkuDocument>> FindAsync(string[] skus, CallContext call, CancellationToken cancellationToken)
    {
        var entries = await cache.GetOrFillAsync(Array.ConvertAll(skus, CatalogCache.Sku), call, (places, token) => FillAsync(skus, places, token), Policy, cancellationToken);
        var found = new Dictionary<string, SkuDocument>(skus.Length, StringComparer.Ordinal);
        for (var i = 0; i < skus.Length; i++)
        {
            if (entries[i] is { } entry)
            {
                found[skus[i]] = entry.Made(Read);
            }
        }

        return found;
    }

    // However many are cold, one statement reads them.
    private async ValueTask<IReadOnlyList<CacheFill?>> FillAsync(string[] skus, IReadOnlyList<int> places, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Sku, string Document, string Product)>(
            new CommandDefinition(SelectSkus, new { skus = places.Select(place => skus[place]).ToArray() }, cancellationToken: cancellationToken));
        var documents = rows.ToDictionary(
            row => row.Sku, row => JsonSerializer.Deserialize(row.Document, DocumentFormat.Json.SkuDocument)!.With(row.Sku, ProductDocument.Parse(row.Product)).ToJson(), StringComparer.Ordinal);
        return [.. places.Select(place => documents.TryGetValue(skus[place], out var document) ? new CacheFill(Encoding.UTF8.GetBytes(document)) : null)];
    }
}
