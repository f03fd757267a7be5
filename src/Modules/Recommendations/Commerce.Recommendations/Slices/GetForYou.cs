using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Recommendations.Ranking;
using Commerce.Recommendations.ReadModels;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Recommendations.Slices;

// What this shopper may want next: companions of what was bought and looked at, and what is trending for whoever is new.

internal sealed record GetForYou(Guid? CustomerId, string? SessionId, Presentation Presentation, PageLimit Limit) : IRequest<Outcome<Page<RecommendedItem>>>;

internal sealed class GetForYouValidator : AbstractValidator<GetForYou>
{
    public GetForYouValidator()
    {
        RuleFor(query => query.SessionId).SessionId();
        this.Shows(query => query.Presentation);
    }
}

internal sealed class GetForYouEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/recommendations/for-you", (string? sessionId, string? locale, string? currency, PageLimit limit, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new GetForYou(dispatcher.Caller.Kind == CallerKind.Customer ? dispatcher.Caller.Id : null, sessionId, new Presentation(locale, currency), limit),
                Respond.Ok<Page<RecommendedItem>>(),
                ct))
        .AllowAnonymous()
        .ReadsFrom(ShoppersProjection.ProjectionName, BoughtTogetherProjection.ProjectionName, TrendingProjection.ProjectionName, SimilarProjection.ProjectionName)
        .Returns<Page<RecommendedItem>>()
        .Refuses<ValidationFailed>()
        .WithSummary("List what the shopper may want");
}

internal sealed class GetForYouHandler(RankedLists lists, Suggestions suggestions, TrendingLists trending, ProductShelf shelf, CallContext call)
    : IRequestHandler<GetForYou, Outcome<Page<RecommendedItem>>>
{
    private const int Most = PageLimit.Most + ProductShelf.Spare;

    private static readonly string[] Projections = [ShoppersProjection.ProjectionName, BoughtTogetherProjection.ProjectionName];

    public async Task<Outcome<Page<RecommendedItem>>> Handle(GetForYou query, CancellationToken cancellationToken)
    {
        var names = Shoppers.NamesOf(query.CustomerId, query.SessionId);
        var own = await lists.GetAsync($"for-you:{string.Join(' ', names)}", Projections, call, token => suggestions.ForAsync(names, Most, token), cancellationToken);
        var ranked = Suggestions.FilledUp(own, await trending.GetAsync(null, call, cancellationToken), Most);
        return new Page<RecommendedItem>(await shelf.ItemsAsync(ranked, query.Limit.Value, query.Presentation, cancellationToken), null);
    }
}
