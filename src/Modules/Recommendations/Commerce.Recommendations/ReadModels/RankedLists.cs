using System.Text.Json;
using Commerce.EventStore;
using Commerce.ReadModels;
using Commerce.Recommendations.Ranking;

namespace Commerce.Recommendations.ReadModels;

/// <summary>Ranked lists from the cache. They live for seconds: no event says which lists it changes, and a caller with a consistency token is never shown an older one.</summary>
internal sealed class RankedLists(IReadModelCache cache, IProjectionProgress progress)
{
    private static readonly CachePolicy Policy = new(TimeSpan.FromSeconds(3));

    /// <summary>The list under a key.</summary>
    /// <param name="key">Everything it depends on, after the module's name.</param>
    /// <param name="projections">The projections whose tables it reads.</param>
    /// <param name="call">The caller.</param>
    /// <param name="rank">Makes it.</param>
    /// <param name="cancellationToken">Ends this caller's waiting.</param>
    internal async ValueTask<RankedList> GetAsync(
        string key, IReadOnlyCollection<string> projections, CallContext call, Func<CancellationToken, Task<RankedList>> rank, CancellationToken cancellationToken)
    {
        var entry = await cache.GetOrFillAsync($"recommendations:{key}", call, Fill, Policy, cancellationToken);
        return JsonSerializer.Deserialize(entry!.Body.Span, RecommendationsJson.Default.RankedList)!;

        async ValueTask<CacheFill?> Fill(CancellationToken token)
        {
            // Taken before the tables are read: they hold at least this.
            var position = PositionOf(projections);
            var ranked = await rank(token);
            // An empty list is a body too: "nothing" would stand without the position that it was read at.
            return new CacheFill(JsonSerializer.SerializeToUtf8Bytes(ranked, RecommendationsJson.Default.RankedList), position);
        }
    }

    private EventPosition PositionOf(IReadOnlyCollection<string> projections) =>
        progress.All.Where(status => projections.Contains(status.Name)).Select(status => status.Position).DefaultIfEmpty(EventPosition.Start).Min();
}
