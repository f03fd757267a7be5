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

    /// <inheritdoc />
    public string Prefix => "/products/";

    /// <inheritdoc />
    public string CacheControl => Shared;

    /// <inheritdoc />
    public IReadOnlyCollection<string> ReadsFrom { get; } = ["Catalog.WhenStockChanged"];

    /// <inheritdoc />
    public ValueTask<CacheEntry?> FindAsync(string rest, IQueryCollection query, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(rest, "D", out var id))
        {
            return default;
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

        return query.Count > 0 && ViewQuery.Fault(locale, currency) is not null
            ? default
            : pages.ForShoppersAsync(id, locale, currency, new CallContext(), cancellationToken);
    }
}
