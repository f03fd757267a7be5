using System.Text;
using System.Text.Json;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.Options;

namespace Commerce.Catalog.ReadModels;

/// <summary>
/// Products as results of searches show them, ready as bytes. What the cache keeps of a product is dropped by its events like its page; what is made of that
/// for a locale and a currency is kept beside it. Those that nobody keeps are read in one statement, however many they are.
/// </summary>
internal sealed class ItemShelf(ModuleDatabase<CatalogDatabase> database, IReadModelCache cache, TimeProvider time, IOptions<CatalogOptions> options)
{
    internal const string Select = """
        select p.id, p.document, (select json_object_agg(a.sku, a.word) from catalog.variants v join catalog.availability a on a.sku = v.sku where v.product_id = p.id) as words
          from catalog.products p where p.id = any (@ids)
        """;

    private readonly CachePolicy _policy = new(TimeSpan.FromSeconds(options.Value.PageSeconds));

    /// <summary>The items of products in their order; null where there is none to be shown.</summary>
    public async ValueTask<IReadOnlyList<ShelvedItem?>> FindAsync(IReadOnlyList<Guid> products, string? locale, string? currency, CallContext call, CancellationToken cancellationToken)
    {
        if (products.Count == 0)
        {
            return [];
        }

        var keys = new string[products.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = CatalogCache.Item(products[i]);
        }

        var entries = await cache.GetOrFillAsync(keys, call, (places, token) => FillAsync(products, places, token), _policy, cancellationToken);
        var now = time.GetUtcNow();
        var items = new ShelvedItem?[keys.Length];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = entries[i] is { } entry ? entry.Made(static entry => new ShelvedProduct(entry.Body)).In(locale, currency, now) : null;
        }

        return items;
    }

    private async ValueTask<IReadOnlyList<CacheFill?>> FillAsync(IReadOnlyList<Guid> products, IReadOnlyList<int> places, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(Guid Id, string Document, string? Words)>(
            new CommandDefinition(Select, new { ids = places.Select(place => products[place]).ToArray() }, cancellationToken: cancellationToken));
        var found = rows.ToDictionary(row => row.Id, row => ShelvedProduct.Fill(row.Document, row.Words, now));
        return [.. places.Select(place => found.GetValueOrDefault(products[place]))];
    }
}

/// <summary>A product as the cache keeps it for results: what stock its SKUs have, then its document.</summary>
internal sealed class ShelvedProduct(ReadOnlyMemory<byte> body)
{
    // A shop shows few locales and currencies; who asks for more of them at once has them made anew.
    private const int MaxViews = 6;

    private ShelvedItem[] _items = [];

    /// <summary>What to keep of a row, and until when it says the same.</summary>
    public static CacheFill Fill(string document, string? words, DateTimeOffset now)
    {
        var product = ProductDocument.Parse(document);
        var change = PriceList.NextChange(product.Variants.SelectMany(variant => variant.Prices), now);
        var opens = product.PublishAt > now ? product.PublishAt : null;
        return new CacheFill(Encoding.UTF8.GetBytes((words is null ? "{}" : words.ReplaceLineEndings(" ")) + '\n' + document))
        {
            ExpiresAt = change is null || opens < change ? opens : change,
        };
    }

    /// <summary>The item in a locale and a currency, or null when shoppers do not see it.</summary>
    public ShelvedItem? In(string? locale, string? currency, DateTimeOffset now)
    {
        var items = Volatile.Read(ref _items);
        foreach (var item in items)
        {
            if (item.Locale == locale && item.Currency == currency)
            {
                return item.IsShown ? item : null;
            }
        }

        var made = Make(locale, currency, now);
        Volatile.Write(ref _items, items.Length < MaxViews ? [.. items, made] : [made]);
        return made.IsShown ? made : null;
    }

    private ShelvedItem Make(string? locale, string? currency, DateTimeOffset now)
    {
        var end = body.Span.IndexOf((byte)'\n');
        var words = JsonSerializer.Deserialize(body.Span[..end], DocumentFormat.Json.DictionaryStringString)!;
        var product = JsonSerializer.Deserialize(body.Span[(end + 1)..], DocumentFormat.Json.ProductDocument)!;
        return product.StatusAt(now) == ProductStatus.Active
            ? ShelvedItem.Of(locale, currency, ProductListItem.Of(product, new ProductView(locale, currency, now, words, AllPrices: false)))
            : new ShelvedItem(locale, currency, false, [], []);
    }
}

/// <summary>A product in one locale and currency, as the bytes before and behind its score, unless shoppers do not see it.</summary>
internal sealed record ShelvedItem(string? Locale, string? Currency, bool IsShown, byte[] Head, byte[] Tail)
{
    private static readonly byte[] Score = "\"score\":0"u8.ToArray();

    /// <summary>The whole item with a score.</summary>
    public byte[] ToBytes(double score) => [.. Head, .. Rendered.Bytes(Math.Round(score, 4)), .. Tail];

    /// <summary>The item of a product.</summary>
    public static ShelvedItem Of(string? locale, string? currency, ProductListItem item)
    {
        var bytes = Rendered.Bytes(new SearchItem(item.Id, item.Slug, item.Name, item.Price, item.Image, item.Availability, 0, item.Brand, item.Skus));
        // Quotation marks within a text are escaped, so the name of the field stands there once.
        var at = bytes.AsSpan().IndexOf(Score) + Score.Length - 1;
        return new ShelvedItem(locale, currency, true, bytes[..at], bytes[(at + 1)..]);
    }
}
