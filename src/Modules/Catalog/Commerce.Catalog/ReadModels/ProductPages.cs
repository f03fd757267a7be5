using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.Options;

namespace Commerce.Catalog.ReadModels;

/// <summary>
/// Product pages: ready bytes from the cache for shoppers, fresh ones for staff. A page whose price is about to change by the clock is not kept beyond that
/// instant: the cache then holds a note instead of the page, and each request makes the page anew until the instant has passed.
/// </summary>
internal sealed class ProductPages(
    ModuleDatabase<CatalogDatabase> database, IReadModelCache cache, CatalogCache keys, TimeProvider time, IOptions<CatalogOptions> options)
{
    internal const string SelectById = """
        select p.document, (select json_object_agg(a.sku, a.word) from catalog.variants v join catalog.availability a on a.sku = v.sku where v.product_id = p.id) as words
          from catalog.products p where p.id = @id
        """;

    internal const string SelectIdBySlug = "select product_id from catalog.slugs where slug = @slug";

    internal const string SelectWordsBySku = "select sku, word from catalog.availability where sku = any (@skus)";

    internal const string SelectWordsByProduct = """
        select a.sku, a.word from catalog.variants v join catalog.availability a on a.sku = v.sku where v.product_id = @id
        """;

    private static readonly byte[] Scheduled = "scheduled"u8.ToArray();

    private readonly ConditionalWeakTable<CacheEntry, CacheEntry> _tagged = [];
    private readonly CachePolicy _policy = new(TimeSpan.FromSeconds(options.Value.PageSeconds));

    /// <summary>The id that an address names: an id as it is, or what the slug leads to.</summary>
    public async ValueTask<Guid?> IdOfAsync(string idOrSlug, CallContext call, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(idOrSlug, out var id))
        {
            return id;
        }

        if (!Slugs.IsValid(idOrSlug))
        {
            return null;
        }

        var entry = await cache.GetOrFillAsync(CatalogCache.Slug(idOrSlug), call, token => FillSlugAsync(idOrSlug, token), _policy, cancellationToken);
        return entry is null ? null : new Guid(entry.Body.Span);
    }

    /// <summary>The page that shoppers see, or null when there is none for them.</summary>
    public async ValueTask<CacheEntry?> ForShoppersAsync(Guid id, string? locale, string? currency, CallContext call, CancellationToken cancellationToken)
    {
        if (keys.Page(id, locale, currency) is not { } key)
        {
            return await MakeAsync(id, locale, currency, cancellationToken) is { } made ? Rendered.Of(made.Page, made.Page.Version) : null;
        }

        var entry = await cache.GetOrFillAsync(key, call, token => FillPageAsync(id, locale, currency, token), _policy, cancellationToken);
        if (entry is not null && entry.Body.Span.SequenceEqual(Scheduled))
        {
            return await MakeAsync(id, locale, currency, cancellationToken) is { } made ? Rendered.Of(made.Page, made.Page.Version) : null;
        }

        return entry is null ? null : _tagged.GetValue(entry, Tagged);
    }

    /// <summary>The page that staff see, whatever its status.</summary>
    public async Task<ProductResponse?> ForStaffAsync(Guid id, string? locale, string? currency, CancellationToken cancellationToken) =>
        await ReadAsync(id, cancellationToken) is { } row ? ProductResponse.Of(row.Product, View(row.Words, locale, currency, allPrices: true)) : null;

    /// <summary>What the inventory calls the stock of these SKUs.</summary>
    public async Task<IReadOnlyDictionary<string, string>> WordsAsync(IEnumerable<string> skus, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Sku, string Word)>(
            new CommandDefinition(SelectWordsBySku, new { skus = skus.ToArray() }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.Sku, row => row.Word, StringComparer.Ordinal);
    }

    /// <summary>What the inventory calls the stock of a product's SKUs.</summary>
    public async Task<IReadOnlyDictionary<string, string>> WordsOfAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Sku, string Word)>(
            new CommandDefinition(SelectWordsByProduct, new { id }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.Sku, row => row.Word, StringComparer.Ordinal);
    }

    /// <summary>The answer to a write: what staff see, from the state that the decision made.</summary>
    public static ProductResponse Written(Guid id, StagedStream<Product> stream, IReadOnlyDictionary<string, string> words, DateTimeOffset now) =>
        ProductResponse.Of(ProductDocument.Of(id, stream.Version, stream.State, now), new ProductView(null, null, now, words, AllPrices: true));

    // The version stands first in the body, so it is found without reading the rest.
    private static CacheEntry Tagged(CacheEntry entry)
    {
        var digits = entry.Body.Span["{\"version\":"u8.Length..];
        var version = long.Parse(digits[..digits.IndexOf((byte)',')], NumberStyles.None, CultureInfo.InvariantCulture);
        return entry with { ETag = Rendered.Tag(version, entry.ETag.Trim('"')) };
    }

    private async ValueTask<CacheFill?> FillSlugAsync(string slug, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var id = await connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(SelectIdBySlug, new { slug }, cancellationToken: cancellationToken));
        return id is null ? null : new CacheFill(id.Value.ToByteArray());
    }

    private async ValueTask<CacheFill?> FillPageAsync(Guid id, string? locale, string? currency, CancellationToken cancellationToken)
    {
        if (await MakeAsync(id, locale, currency, cancellationToken) is not { } made)
        {
            return null;
        }

        return new CacheFill(made.ChangesBy < time.GetUtcNow() + _policy.Lifetime ? Scheduled : JsonSerializer.SerializeToUtf8Bytes(made.Page, Rendered.Json));
    }

    private async Task<(ProductResponse Page, DateTimeOffset? ChangesBy)?> MakeAsync(Guid id, string? locale, string? currency, CancellationToken cancellationToken)
    {
        if (await ReadAsync(id, cancellationToken) is not { Product: { Status: ProductStatus.Active } product } row)
        {
            return null;
        }

        var view = View(row.Words, locale, currency, allPrices: false);
        return (ProductResponse.Of(product, view), PriceList.NextChange(product.Variants.SelectMany(variant => variant.Prices), view.Now));
    }

    private async Task<(ProductDocument Product, IReadOnlyDictionary<string, string> Words)?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<(string Document, string? Words)?>(
            new CommandDefinition(SelectById, new { id }, cancellationToken: cancellationToken));
        return row is { } found
            ? (ProductDocument.Parse(found.Document), found.Words is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize(found.Words, DocumentFormat.Json.DictionaryStringString)!)
            : null;
    }

    private ProductView View(IReadOnlyDictionary<string, string> words, string? locale, string? currency, bool allPrices) =>
        new(locale, currency, time.GetUtcNow(), words, allPrices);
}
