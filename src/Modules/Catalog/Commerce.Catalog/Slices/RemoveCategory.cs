using Commerce.Catalog.ReadModels;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff close a category that has nothing in it any more.</summary>
internal sealed record RemoveCategory(Guid Id, long? IfMatch) : IRequest<Outcome<Done>>;

internal sealed class RemoveCategoryEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/categories/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new RemoveCategory(id, dispatcher.IfMatch), Respond.NoContent<Done>(), cancellationToken))
        .RequireScope("catalog:write")
        .ReturnsNothing()
        .Refuses<ValidationFailed, CategoryUnknown, CategoryNotEmpty, StaleVersion>();
}

internal sealed class RemoveCategoryHandler(EventSession session, ProductLists products) : IRequestHandler<RemoveCategory, Outcome<Done>>
{
    public async Task<Outcome<Done>> Handle(RemoveCategory request, CancellationToken cancellationToken)
    {
        var holdsProducts = await products.AnyInAsync(request.Id, cancellationToken);
        return await session.DecideAsync(
            touches => touches.Stream<Category>(request.Id).Stream<CategoryTree>(CategoryTree.Id),
            scope => scope.Stream<Category>(request.Id)
                .OfKnown(request.IfMatch)
                .Then(stream => scope.Stream<CategoryTree>(CategoryTree.Id)
                    .Apply(tree => tree.TakeOut(request.Id))
                    .Then(_ => stream.Apply(category => category.Remove(holdsProducts))))
                .Map(_ => default(Done)),
            cancellationToken);
    }
}
