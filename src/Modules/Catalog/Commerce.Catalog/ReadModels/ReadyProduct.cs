using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.ReadModels;
using Commerce.Web;
using Microsoft.AspNetCore.Http;

namespace Commerce.Catalog.ReadModels;

/// <summary>The page that a guest opens by a product's id: most of a shop's traffic.</summary>
internal sealed class ReadyProduct(ProductPages pages) : IReadyAnswer
{
    /// <summary>Anybody may keep a page, and asks each time whether it is still the one.</summary>
    public const string Shared = "public, no-cache";

    // Asks for nothing in particular, and nobody writes on it.
    private static readonly CallContext Guest = new();

    /// <inheritdoc />
    public string Prefix => "/products/";

    /// <inheritdoc />
    public string CacheControl => Shared;

    /// <inheritdoc />
    public IReadOnlyCollection<string> ReadsFrom { get; } = ["Catalog.WhenStockChanged"];

    /// <inheritdoc />
    public ValueTask<CacheEntry?> FindAsync(ReadOnlySpan<char> rest, IQueryCollection query)
    {
        if (!Guid.TryParseExact(rest, "D", out var id))
        {
            return default;
        }

        if (query.Count == 0)
        {
            return pages.ForShoppersAsync(id, null, null, Guest, CancellationToken.None);
        }

        string? locale = null;
        string? currency = null;
        foreach (var (name, values) in query)
        {
            switch (name)
            {
                case "locale" when values.Count == 1:
                    locale = values;
                    break;
                case "currency" when values.Count == 1:
                    currency = values;
                    break;
                default:
                    return default;
            }
        }

        // A read of one page is over before its caller's leaving would be noticed; asking for that notice is what costs.
        return ViewQuery.Fault(locale, currency) is not null ? default : pages.ForShoppersAsync(id, locale, currency, Guest, CancellationToken.None);
    }
}
