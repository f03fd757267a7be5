using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Commerce.Catalog.Search;

/// <summary>
/// What was found of late, by what was asked: products and counts, but not what the products look like or cost, which is read for each answer. It stands for
/// one change of the index and one version of the words, so whatever is committed to these makes it void at once; only for a moment where prices, and with
/// them order and counts, depend on the clock; and for seconds where orders only lift a product a little, so that a shop that sells need not search anew.
/// </summary>
internal sealed class SearchResults(TimeProvider time, IOptions<CatalogOptions> options)
{
    private const int MaxKey = 500;
    private const int MaxKept = 1_000;

    private static readonly TimeSpan ScheduledLifetime = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LiftLifetime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>What was found for a query, if that is what would be found now.</summary>
    public FoundPage? Find(string key, SearchState state) =>
        _kept.TryGetValue(key, out var kept) && IsStill(kept, state) && time.GetUtcNow() < kept.Until ? kept.Page : null;

    /// <summary>Keeps what was found.</summary>
    /// <param name="key">What was asked.</param>
    /// <param name="page">What was found.</param>
    /// <param name="isByPopularity">Whether orders decide its order, instead of lifting what matches.</param>
    public void Keep(string key, FoundPage page, bool isByPopularity)
    {
        var result = page.Result;
        if (!options.Value.KeepsResults || key.Length > MaxKey || result.IsShownScheduled)
        {
            return;
        }

        if (_kept.Count >= MaxKept)
        {
            // All at once: what is asked often is there again at once.
            _kept.Clear();
        }

        var now = time.GetUtcNow();
        _kept[key] = new Kept(page, result.HasScheduled ? now + ScheduledLifetime : DateTimeOffset.MaxValue, isByPopularity ? now : now + LiftLifetime);
    }

    private bool IsStill(Kept kept, SearchState state) =>
        kept.Page.Result.State == state || (kept.Page.Result.State with { Generation = state.Generation } == state && time.GetUtcNow() < kept.LiftUntil);

    private sealed record Kept(FoundPage Page, DateTimeOffset Until, DateTimeOffset LiftUntil);
}

/// <summary>What was found, with everything of the answer that does not depend on what the products look like.</summary>
/// <param name="Result">What was found.</param>
/// <param name="Products">The products in order.</param>
/// <param name="Behind">The bytes behind the items.</param>
internal sealed record FoundPage(SearchResult Result, IReadOnlyList<Guid> Products, byte[] Behind);
