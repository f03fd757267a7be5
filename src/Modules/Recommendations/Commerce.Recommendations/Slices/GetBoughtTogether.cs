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

// On a product's page: what others put into the same order.

internal sealed record GetBoughtTogether(Guid ProductId, Presentation Presentation, PageLimit Limit) : IRequest<Outcome<Page<RecommendedItem>>>;

internal sealed class GetBoughtTogetherValidator : AbstractValidator<GetBoughtTogether>
{
    public GetBoughtTogetherValidator() => this.Shows(query => query.Presentation);
}

internal sealed class GetBoughtTogetherEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/recommendations/products/{id:guid}/bought-together", (Guid id, string? locale, string? currency, PageLimit limit, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new GetBoughtTogether(id, new Presentation(locale, currency), limit), Respond.Ok<Page<RecommendedItem>>(), ct))
        .AllowAnonymous()
        .ReadsFrom(BoughtTogetherProjection.ProjectionName)
        .Returns<Page<RecommendedItem>>()
        .Refuses<ValidationFailed, ProductNotFound>()
        .WithSummary("List what is bought together with a product");
}

internal sealed class GetBoughtTogetherHandler(RankedLists lists, ICompanions companions, ProductShelf shelf, CallContext call)
    : IRequestHandler<GetBoughtTogether, Outcome<Page<RecommendedItem>>>
{
    public async Task<Outcome<Page<RecommendedItem>>> Handle(GetBoughtTogether query, CancellationToken cancellationToken)
    {
        var ranked = await lists.GetAsync(
            $"bought-together:{query.ProductId}", companions.ReadsFrom, call, async token => RankedList.Of(await companions.OfAsync([new Seed(query.ProductId, 1)], PageLimit.Most + ProductShelf.Spare, token)), cancellationToken);
        var items = await shelf.ItemsAsync(ranked.Products, query.Limit.Value, query.Presentation, cancellationToken);
        return items.Count > 0 || await shelf.ShowsAsync(query.ProductId, cancellationToken)
            ? new Page<RecommendedItem>(items, null)
            : new ProductNotFound(query.ProductId);
    }
}
