using Commerce.EventStore;
using Commerce.Recommendations.Ranking;
using Commerce.Web;

namespace Commerce.Recommendations.ReadModels;

/// <summary>The trending list of the shop and of each category, from the cache: it costs a sum over weeks and changes slowly.</summary>
internal sealed class TrendingLists(RankedLists lists, TrendingProducts trending)
{
    internal const int Most = PageLimit.Most + ProductShelf.Spare;

    internal static readonly IReadOnlyCollection<string> ReadsFrom = [TrendingProjection.ProjectionName, SimilarProjection.ProjectionName];

    internal async ValueTask<IReadOnlyList<RankedProduct>> GetAsync(Guid? category, CallContext call, CancellationToken cancellationToken) =>
        (await lists.GetAsync($"trending:{category}", ReadsFrom, call, async token => RankedList.Of(await trending.InAsync(category, Most, token)), cancellationToken)).Products;
}
