using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff put a product on sale.</summary>
internal sealed record PublishProduct(Guid Id, long? IfMatch) : IRequest<Outcome<ProductResponse>>;

internal sealed class PublishProductEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/products/{id:guid}/publish", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new PublishProduct(id, dispatcher.IfMatch), Respond.Ok<ProductResponse>(product => product.Version), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<ProductResponse>()
        .Refuses<ValidationFailed, ProductUnknown, NothingToSell, StaleVersion>();
}

internal sealed class PublishProductHandler(EventSession session, ProductPages pages) : IRequestHandler<PublishProduct, Outcome<ProductResponse>>
{
    public async Task<Outcome<ProductResponse>> Handle(PublishProduct request, CancellationToken cancellationToken)
    {
        var words = await pages.WordsOfAsync(request.Id, cancellationToken);
        return await session.DecideAsync<Product, ProductResponse>(
            request.Id,
            (stream, scope) => stream.OfKnown(request.IfMatch)
                .Then(known => known.Apply(product => product.Publish()))
                .Map(_ => ProductPages.Written(request.Id, stream, words, scope.Now)),
            cancellationToken);
    }
}
