using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff take a product out of the shop; its page is gone for shoppers, its slug and SKUs stay taken.</summary>
internal sealed record ArchiveProduct(Guid Id, long? IfMatch) : IRequest<Outcome<ProductResponse>>;

internal sealed class ArchiveProductEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/products/{id:guid}/archive", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ArchiveProduct(id, dispatcher.IfMatch), Respond.Ok<ProductResponse>(product => product.Version), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<ProductResponse>()
        .Refuses<ValidationFailed, ProductUnknown, StaleVersion>();
}

internal sealed class ArchiveProductHandler(EventSession session, ProductPages pages) : IRequestHandler<ArchiveProduct, Outcome<ProductResponse>>
{
    public async Task<Outcome<ProductResponse>> Handle(ArchiveProduct request, CancellationToken cancellationToken)
    {
        var words = await pages.WordsOfAsync(request.Id, cancellationToken);
        return await session.DecideAsync<Product, ProductResponse>(
            request.Id,
            (stream, scope) => stream.OfKnown(request.IfMatch)
                .Then(known => known.Apply(product => product.Archive()))
                .Map(_ => ProductPages.Written(request.Id, stream, words, scope.Now)),
            cancellationToken);
    }
}
