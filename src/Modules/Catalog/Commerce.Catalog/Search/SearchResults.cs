using System.Collections.Concurrent;

namespace Commerce.Catalog.Search;

/// <summary>
/// What was found of late, by what was asked: products and counts, but not what the products look like or cost, which is read for each answer. It stands for
/// one generation of the index and one version of the words, so whatever is committed to these makes it void at once; and only for a moment where prices,
/// and with them order and counts, depend on the clock.
/// </summary>
internal sealed class SearchResults(TimeProvider time)
{
    private const int MaxKey = 500;
    private const int MaxKept = 1_000;

    private static readonly TimeSpan ScheduledLifetime = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>What was found for a query, if that is what would be found now.</summary>
    public SearchResult? Find(string key, SearchState state) =>
        _kept.TryGetValue(key, out var kept) && kept.Result.State == state && time.GetUtcNow() < kept.Until ? kept.Result : null;

    /// <summary>Keeps what was found.</summary>
    public void Keep(string key, SearchResult result)
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

        _kept[key] = new Kept(result, result.HasScheduled ? time.GetUtcNow() + ScheduledLifetime : DateTimeOffset.MaxValue);
    }

    private sealed record Kept(SearchResult Result, DateTimeOffset Until);
}
