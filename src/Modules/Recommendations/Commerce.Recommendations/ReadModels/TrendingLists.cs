using Commerce.EventStore;
using Commerce.Recommendations.Ranking;
using Commerce.Web;

namespace Commerce.Recommendations.ReadModels;

/// <summary>The trending list of the shop and of each category, from the cache: it costs a sum over weeks and changes slowly.</summary>
internal sealed class TrendingLists(RankedLists lists, TrendingProducts trending)
{
    internal const int Most = PageLimit.Most + ProductShelf.Spare;

    internal static readonly IReadOnlyCollection<string> ReadsFrom = [TrendingProjection.ProjectionName, SimilarProjection.ProjectionName];

    /// <summary>The list.</summary>
    /// <param name="branch">The ids of a category and of all below it, its own first; null for the whole shop.</param>
    /// <param name="call">The caller.</param>
    /// <param name="cancellationToken">Ends this caller's waiting.</param>
    internal async ValueTask<IReadOnlyList<RankedProduct>> GetAsync(IReadOnlyList<Guid>? branch, CallContext call, CancellationToken cancellationToken) =>
        (await lists.GetAsync($"trending:{branch?[0]}", ReadsFrom, call, async token => RankedList.Of(await trending.InAsync(branch, Most, token)), cancellationToken)).Products;
}
