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

// What this shopper looked at last, to find it again. A customer's views follow from device to device.

internal sealed record GetRecentlyViewed(Guid? CustomerId, string? SessionId, Presentation Presentation, PageLimit Limit) : IRequest<Outcome<Page<RecommendedItem>>>;

internal sealed class GetRecentlyViewedValidator : AbstractValidator<GetRecentlyViewed>
{
    public GetRecentlyViewedValidator()
    {
        RuleFor(query => query.SessionId).SessionId();
        this.Shows(query => query.Presentation);
    }
}

internal sealed class GetRecentlyViewedEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/recommendations/recently-viewed", (string? sessionId, string? locale, string? currency, PageLimit limit, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new GetRecentlyViewed(
                    dispatcher.Caller.Kind == CallerKind.Customer ? dispatcher.Caller.Id : null, sessionId, new Presentation(locale, currency), limit),
                Respond.Ok<Page<RecommendedItem>>(),
                ct))
        .AllowAnonymous()
        .ReadsFrom(ShoppersProjection.ProjectionName)
        .Returns<Page<RecommendedItem>>()
        .Refuses<ValidationFailed>()
        .WithSummary("List what the shopper viewed last");
}

internal sealed class GetRecentlyViewedHandler(Shoppers shoppers, ProductShelf shelf) : IRequestHandler<GetRecentlyViewed, Outcome<Page<RecommendedItem>>>
{
    public async Task<Outcome<Page<RecommendedItem>>> Handle(GetRecentlyViewed query, CancellationToken cancellationToken)
    {
        // Not cached: one index range for one person, who expects to see the last click.
        var views = await shoppers.ViewsOfAsync(Shoppers.NamesOf(query.CustomerId, query.SessionId), query.Limit.Value + ProductShelf.Spare, cancellationToken);
        return new Page<RecommendedItem>(await shelf.ItemsAsync(views, query.Limit.Value, query.Presentation, cancellationToken), null);
    }
}
