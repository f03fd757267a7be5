using System.Text.Json;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff rename or move a category by a JSON merge patch; what is below it moves along.</summary>
internal sealed record ReviseCategory(Guid Id, JsonElement Patch, long? IfMatch) : IRequest<Outcome<CategoryResponse>>;

internal sealed class ReviseCategoryEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPatch("/categories/{id:guid}", (Guid id, JsonElement body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ReviseCategory(id, body, dispatcher.IfMatch), Respond.Ok<CategoryResponse>(category => category.Version), cancellationToken))
        .Accepts<CategoryRequest>("application/merge-patch+json", "application/json")
        .RequireScope("catalog:write")
        .Returns<CategoryResponse>()
        .Refuses<ValidationFailed, CategoryUnknown, CategorySlugTaken, CategoryCircle, CategoryTooDeep, StaleVersion>();
}

internal sealed class ReviseCategoryHandler(EventSession session) : IRequestHandler<ReviseCategory, Outcome<CategoryResponse>>
{
    public Task<Outcome<CategoryResponse>> Handle(ReviseCategory request, CancellationToken cancellationToken) => session.DecideAsync(
        touches => touches.Stream<Category>(request.Id).Stream<CategoryTree>(CategoryTree.Id),
        scope => scope.Stream<Category>(request.Id)
            .OfKnown(request.IfMatch)
            .Then(stream => CategoryReading.Merge(stream.State.Content, request.Patch)
                .Then(content => scope.Stream<CategoryTree>(CategoryTree.Id)
                    .Apply(tree => tree.Place(request.Id, content.ParentId, content.Slug))
                    .Then(_ => stream.Apply(category => category.Revise(content))))
                .Map(category => CategoryResponse.Of(request.Id, stream.Version, category))),
        cancellationToken);
}
