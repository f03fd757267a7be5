using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.ReadModels;
using Microsoft.Extensions.Options;

namespace Commerce.Catalog.ReadModels;

/// <summary>
/// Pages of lists for shoppers. Which of them an event changes cannot be told from it, so every event of a product drops them all, and what changes by the
/// clock is seen in time because a page is kept for less than the bound within which any host must have heard of a change. A crowd that asks for the same
/// page still costs the database a few statements a second.
/// </summary>
internal sealed class ListCache(IReadModelCache cache, IOptions<CatalogOptions> options)
{
    private const int LongestKey = 300;

    private readonly CachePolicy _policy = new(TimeSpan.FromMilliseconds(options.Value.ListMilliseconds)) { Untracked = true, Group = CatalogCache.Lists };

    /// <summary>The page under a key that says everything it depends on, or null when there is none.</summary>
    public async ValueTask<CacheEntry?> GetAsync<T>(string key, CallContext call, Func<CancellationToken, ValueTask<T?>> fill, CancellationToken cancellationToken)
        where T : class => key.Length <= LongestKey && _policy.Lifetime > TimeSpan.Zero
            ? await cache.GetOrFillAsync("catalog:list:" + key, call, token => RenderAsync(fill, token), _policy, cancellationToken)
            : await fill(cancellationToken) is { } value ? Rendered.Of(value) : null;

    private static async ValueTask<CacheFill?> RenderAsync<T>(Func<CancellationToken, ValueTask<T?>> fill, CancellationToken cancellationToken)
        where T : class => await fill(cancellationToken) is { } value ? new CacheFill(Rendered.Bytes(value)) : null;
}
