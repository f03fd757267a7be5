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

// On a product's page: others like it, and what they share.

internal sealed record GetSimilar(Guid ProductId, Presentation Presentation, PageLimit Limit) : IRequest<Outcome<Page<RecommendedItem>>>;

internal sealed class GetSimilarValidator : AbstractValidator<GetSimilar>
{
    public GetSimilarValidator() => this.Shows(query => query.Presentation);
}

internal sealed class GetSimilarEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/recommendations/products/{id:guid}/similar", (Guid id, string? locale, string? currency, PageLimit limit, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new GetSimilar(id, new Presentation(locale, currency), limit), Respond.Ok<Page<RecommendedItem>>(), ct))
        .AllowAnonymous()
        .ReadsFrom(SimilarProjection.ProjectionName)
        .Returns<Page<RecommendedItem>>()
        .Refuses<ValidationFailed, ProductNotFound>()
        .WithSummary("List products like a product");
}

internal sealed class GetSimilarHandler(RankedLists lists, SimilarProducts similar, ProductShelf shelf, CallContext call)
    : IRequestHandler<GetSimilar, Outcome<Page<RecommendedItem>>>
{
    private static readonly string[] Projections = [SimilarProjection.ProjectionName];

    public async Task<Outcome<Page<RecommendedItem>>> Handle(GetSimilar query, CancellationToken cancellationToken)
    {
        var ranked = await lists.GetAsync(
            $"similar:{query.ProductId}", Projections, call, async token => RankedList.Of(await similar.ToAsync(query.ProductId, PageLimit.Most + ProductShelf.Spare, token)), cancellationToken);
        var items = await shelf.ItemsAsync(ranked.Products, query.Limit.Value, query.Presentation, cancellationToken);
        return items.Count > 0 || await shelf.ShowsAsync(query.ProductId, cancellationToken)
            ? new Page<RecommendedItem>(items, null)
            : new ProductNotFound(query.ProductId);
    }
}
