using System.Collections.Concurrent;

namespace Commerce.Catalog.Search;

/// <summary>
/// What was found of late, by what was asked: products and counts, but not what the products look like or cost, which is read for each answer. It stands for
/// one change of the index and one version of the words, so whatever is committed to these makes it void at once; only for a moment where prices, and with
/// them order and counts, depend on the clock; and for seconds where orders only lift a product a little, so that a shop that sells need not search anew.
/// </summary>
internal sealed class SearchResults(TimeProvider time)
{
    private const int MaxKey = 500;
    private const int MaxKept = 1_000;

    private static readonly TimeSpan ScheduledLifetime = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LiftLifetime = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>What was found for a query, if that is what would be found now.</summary>
    public SearchResult? Find(string key, SearchState state) =>
        _kept.TryGetValue(key, out var kept) && IsStill(kept, state) && time.GetUtcNow() < kept.Until ? kept.Result : null;

    /// <summary>Keeps what was found.</summary>
    /// <param name="key">What was asked.</param>
    /// <param name="result">What was found.</param>
    /// <param name="isByPopularity">Whether orders decide its order, instead of lifting what matches.</param>
    public void Keep(string key, SearchResult result, bool isByPopularity)
    {
        if (key.Length > MaxKey || result.IsShownScheduled)
        {
            return;
        }

        if (_kept.Count >= MaxKept)
        {
            // All at once: what is asked often is there again at once.
            _kept.Clear();
        }

        var now = time.GetUtcNow();
        _kept[key] = new Kept(result, result.HasScheduled ? now + ScheduledLifetime : DateTimeOffset.MaxValue, isByPopularity ? now : now + LiftLifetime);
    }

    private bool IsStill(Kept kept, SearchState state) =>
        kept.Result.State == state || (kept.Result.State with { Generation = state.Generation } == state && time.GetUtcNow() < kept.LiftUntil);

    private sealed record Kept(SearchResult Result, DateTimeOffset Until, DateTimeOffset LiftUntil);
}
