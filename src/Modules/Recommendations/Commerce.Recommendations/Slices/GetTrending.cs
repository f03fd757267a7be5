using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Recommendations.ReadModels;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Recommendations.Slices;

// On the front page or a category's: what many buy and look at now.

internal sealed record GetTrending(string? Category, Presentation Presentation, PageLimit Limit) : IRequest<Outcome<Page<RecommendedItem>>>;

internal sealed class GetTrendingValidator : AbstractValidator<GetTrending>
{
    public GetTrendingValidator()
    {
        RuleFor(query => query.Category).Must(category => category is null or { Length: >= 1 and <= 200 }).WithMessage("A category's id or slug.");
        this.Shows(query => query.Presentation);
    }
}

internal sealed class GetTrendingEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/recommendations/trending", (string? category, string? locale, string? currency, PageLimit limit, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new GetTrending(category, new Presentation(locale, currency), limit), Respond.Ok<Page<RecommendedItem>>(), ct))
        .AllowAnonymous()
        .ReadsFrom(TrendingProjection.ProjectionName, SimilarProjection.ProjectionName)
        .Returns<Page<RecommendedItem>>()
        .Refuses<ValidationFailed>()
        .WithSummary("List what is trending, in the shop or in a category");
}

internal sealed class GetTrendingHandler(TrendingLists trending, ICategoryBranches categories, ProductShelf shelf, CallContext call)
    : IRequestHandler<GetTrending, Outcome<Page<RecommendedItem>>>
{
    public async Task<Outcome<Page<RecommendedItem>>> Handle(GetTrending query, CancellationToken cancellationToken)
    {
        var branch = query.Category is null ? null : await categories.IdsAsync(query.Category, cancellationToken);
        // A category that nobody knows has nothing in it, as it has in the lists of the catalogue.
        var ranked = branch is { Count: 0 } ? [] : await trending.GetAsync(branch, call, cancellationToken);
        return new Page<RecommendedItem>(await shelf.ItemsAsync(ranked, query.Limit.Value, query.Presentation, cancellationToken), null);
    }
}
