using Commerce.EventStore;
using Commerce.ReadModels;
using Commerce.Recommendations.Ranking;
using Commerce.Recommendations.ReadModels;
using Commerce.Recommendations.Slices;
using Commerce.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Recommendations;

/// <summary>The door of the recommendations and their table of contents.</summary>
public static class RecommendationsModule
{
    /// <summary>What the module stores and follows.</summary>
    public static IServiceCollection AddRecommendations(this IServiceCollection services)
    {
        services.AddModuleDatabase<RecommendationsDatabase>(RecommendationsDatabase.Schema);
        services.AddSlices(typeof(RecommendationsModule).Assembly);
        services.AddSingleton<ICompanions, LikelihoodCompanions>();
        services.AddSingleton<SimilarProducts>();
        services.AddSingleton<TrendingProducts>();
        services.AddSingleton<TrendingLists>();
        services.AddSingleton<Shoppers>();
        services.AddSingleton<Suggestions>();
        services.AddSingleton<RankedLists>();
        services.AddScoped<ProductShelf>();
        services.AddEvents(events => events
            .Aggregate<BrowsingSession>(session => session.Event("product_viewed", RecommendationsJson.Default.ProductViewed))
            .Subscribe<BoughtTogetherProjection>()
            .Subscribe<SimilarProjection>()
            .Subscribe<ShoppersProjection>()
            .Subscribe<TrendingProjection>());
        return services;
    }

    /// <summary>The module's slices.</summary>
    public static IEndpointRouteBuilder MapRecommendations(this IEndpointRouteBuilder app) => app
        .MapSlice<RecordViewEndpoint>()
        .MapSlice<GetBoughtTogetherEndpoint>()
        .MapSlice<GetSimilarEndpoint>()
        .MapSlice<GetForYouEndpoint>()
        .MapSlice<GetTrendingEndpoint>()
        .MapSlice<GetRecentlyViewedEndpoint>();
}
