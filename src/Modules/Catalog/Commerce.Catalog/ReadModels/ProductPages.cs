using System.Text;
using System.Text.Json;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.Options;

namespace Commerce.Catalog.ReadModels;

/// <summary>
/// Product pages: ready bytes from the cache for shoppers, fresh ones for staff. A page whose price is about to change by the clock, or that is about to
/// open, is kept to that instant and not beyond.
/// </summary>
internal sealed class ProductPages(
    ModuleDatabase<CatalogDatabase> database, ProductReader products, IReadModelCache cache, CatalogCache keys, TimeProvider time, IOptions<CatalogOptions> options)
{
    internal const string SelectIdBySlug = "select product_id, locale from catalog.slugs where slug = @slug";

    internal const string SelectDocument = "select document from catalog.products where id = @id";

    internal const string SelectKnown = "select id from catalog.products where id = any (@ids)";

    internal const string SelectWordsBySku = "select sku, word from catalog.availability where sku = any (@skus)";

    internal const string SelectWordsByProduct = """
        select a.sku, a.word from catalog.variants v join catalog.availability a on a.sku = v.sku where v.product_id = @id
        """;

    private const int IdLength = 16;

    private readonly CachePolicy _policy = new(TimeSpan.FromSeconds(options.Value.PageSeconds));

    /// <summary>The id that an address names: an id as it is, or what the slug leads to.</summary>
    public async ValueTask<Guid?> IdOfAsync(string idOrSlug, CallContext call, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(idOrSlug, out var id))
        {
            return id;
        }

        return await EntryOfAsync(idOrSlug, call, cancellationToken) is { } entry ? new Guid(entry.Body.Span[..IdLength]) : null;
    }

    /// <summary>The slug that has taken a former slug's place, or null when this one leads to the product itself.</summary>
    public async ValueTask<string?> SuccessorAsync(string idOrSlug, Guid id, CallContext call, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(idOrSlug, out _) || await EntryOfAsync(idOrSlug, call, cancellationToken) is not { } entry)
        {
            return null;
        }

        var slugs = await cache.GetOrFillAsync(CatalogCache.Slugs(id), call, token => FillSlugsAsync(id, token), _policy, cancellationToken);
        var present = slugs is null ? null : JsonSerializer.Deserialize(slugs.Body.Span, DocumentFormat.Json.DictionaryStringString);
        if (present is null || present.ContainsValue(idOrSlug))
        {
            return null;
        }

        return present.GetValueOrDefault(Encoding.UTF8.GetString(entry.Body.Span[IdLength..])) ?? present[""];
    }

    /// <summary>The page that shoppers see, or null when there is none for them.</summary>
    public ValueTask<CacheEntry?> ForShoppersAsync(Guid id, string? locale, string? currency, CallContext call, CancellationToken cancellationToken) =>
        keys.Page(id, locale, currency) is not { } key ? MadeAsync(id, locale, currency)
        : cache.TryGet(key, call, out var page) ? ValueTask.FromResult(page)
        : GetOrFillAsync(key, id, locale, currency, call, cancellationToken);

    /// <summary>The page that staff see, whatever its status.</summary>
    public async Task<ProductResponse?> ForStaffAsync(Guid id, string? locale, string? currency, CancellationToken cancellationToken) =>
        await products.ReadAsync(id).WaitAsync(cancellationToken) is { } row ? ProductResponse.Of(row.Product, View(row.Words, locale, currency, allPrices: true)) : null;

    /// <summary>Which of these ids are products.</summary>
    public async Task<HashSet<Guid>> KnownAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<Guid>(new CommandDefinition(SelectKnown, new { ids = ids.ToArray() }, cancellationToken: cancellationToken))];
    }

    /// <summary>What stands beside a product on sale, by kind; null when there is no such product.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<Guid>>?> RelationsAsync(Guid id, CancellationToken cancellationToken) =>
        await products.ReadAsync(id).WaitAsync(cancellationToken) is { } row && row.Product.StatusAt(time.GetUtcNow()) == ProductStatus.Active
            ? row.Product.Relations ?? new Dictionary<string, IReadOnlyList<Guid>>()
            : null;

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

    // Apart from the caller, which most calls leave without a fill to describe.
    private ValueTask<CacheEntry?> GetOrFillAsync(string key, Guid id, string? locale, string? currency, CallContext call, CancellationToken cancellationToken) =>
        cache.GetOrFillAsync(key, call, _ => FillPageAsync(id, locale, currency), _policy, cancellationToken);

    private async ValueTask<CacheEntry?> MadeAsync(Guid id, string? locale, string? currency) =>
        await MakeAsync(id, locale, currency) is { Page: { } made } ? Rendered.Of(made, made.Version) : null;

    private async ValueTask<CacheEntry?> EntryOfAsync(string slug, CallContext call, CancellationToken cancellationToken) => Slugs.IsValidInLocale(slug)
        ? await cache.GetOrFillAsync(CatalogCache.Slug(slug), call, token => FillSlugAsync(slug, token), _policy, cancellationToken)
        : null;

    private async ValueTask<CacheFill?> FillSlugAsync(string slug, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<(Guid ProductId, string? Locale)?>(new CommandDefinition(SelectIdBySlug, new { slug }, cancellationToken: cancellationToken));
        return row is { } found ? new CacheFill((byte[])[.. found.ProductId.ToByteArray(), .. Encoding.UTF8.GetBytes(found.Locale ?? "")]) : null;
    }

    private async ValueTask<CacheFill?> FillSlugsAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (await connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(SelectDocument, new { id }, cancellationToken: cancellationToken)) is not { } document)
        {
            return null;
        }

        var product = ProductDocument.Parse(document);
        var slugs = product.Translations.Where(pair => pair.Value.Slug is not null).ToDictionary(pair => pair.Key, pair => pair.Value.Slug!, StringComparer.Ordinal);
        slugs[""] = product.Slug;
        return new CacheFill(JsonSerializer.SerializeToUtf8Bytes(slugs, DocumentFormat.Json.DictionaryStringString));
    }

    private async ValueTask<CacheFill?> FillPageAsync(Guid id, string? locale, string? currency)
    {
        var (page, changesBy) = await MakeAsync(id, locale, currency);
        if (page is null)
        {
            return CacheFill.NothingUntil(changesBy);
        }

        var made = Rendered.Of(page, page.Version);
        return new CacheFill(made.Body) { ETag = made.ETag, ExpiresAt = changesBy };
    }

    private async ValueTask<(ProductResponse? Page, DateTimeOffset? ChangesBy)> MakeAsync(Guid id, string? locale, string? currency)
    {
        if (await products.ReadAsync(id) is not { } row)
        {
            return (null, null);
        }

        var view = View(row.Words, locale, currency, allPrices: false);
        return row.Product.StatusAt(view.Now) == ProductStatus.Active
            ? (ProductResponse.Of(row.Product, view), PriceList.NextChange(row.Product.Variants.SelectMany(variant => variant.Prices), view.Now))
            : (null, row.Product.PublishAt);
    }

    private ProductView View(IReadOnlyDictionary<string, string> words, string? locale, string? currency, bool allPrices) =>
        new(locale, currency, time.GetUtcNow(), words, allPrices);
}
