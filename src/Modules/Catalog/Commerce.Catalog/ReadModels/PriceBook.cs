using System.Runtime.CompilerServices;
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
internal sealed class PriceBook(ModuleDatabase<CatalogDatabase> database, IReadModelCache cache, TimeProvider time) : IPriceBook
{
    internal const string SelectSku = "select document from catalog.variants where sku = @sku";

    private static readonly CachePolicy Policy = new(TimeSpan.FromMinutes(10));

    private readonly ConditionalWeakTable<CacheEntry, SkuDocument> _documents = [];

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
        foreach (var (sku, quantity) in quantities)
        {
            if (await FindAsync(sku, call, cancellationToken) is { Status: ProductStatus.Active } found
                && PriceList.Applying(found.Prices, currency, customerGroup, quantity, now) is { } price)
            {
                offers[sku] = new SkuOffer(sku, found.ProductId, NameIn(found.Names, locale), price.Amount, currency);
            }
        }

        return offers;
    }

    private static string NameIn(IReadOnlyDictionary<string, string> names, string locale) =>
        names.TryGetValue(locale, out var name) ? name : Locales.Pick(names.ToDictionary(pair => pair.Key, pair => new ProductText(pair.Value, null)), locale).Text.Name;

    private static SkuDocument Read(CacheEntry entry) => JsonSerializer.Deserialize(entry.Body.Span, DocumentFormat.Json.SkuDocument)!;

    private async ValueTask<SkuDocument?> FindAsync(string sku, CallContext call, CancellationToken cancellationToken)
    {
        var entry = await cache.GetOrFillAsync(CatalogCache.Sku(sku), call, token => FillAsync(sku, token), Policy, cancellationToken);
        return entry is null ? null : _documents.GetValue(entry, Read);
    }

    private async ValueTask<CacheFill?> FillAsync(string sku, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var document = await connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(SelectSku, new { sku }, cancellationToken: cancellationToken));
        return document is null ? null : new CacheFill(Encoding.UTF8.GetBytes(document));
    }
}
