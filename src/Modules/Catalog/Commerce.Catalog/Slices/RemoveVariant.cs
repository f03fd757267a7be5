using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff stop selling a variant; its SKU is free again.</summary>
internal sealed record RemoveVariant(Guid Id, string Sku, long? IfMatch) : IRequest<Outcome<ProductResponse>>;

internal sealed class RemoveVariantEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/products/{id:guid}/variants/{sku}", (Guid id, string sku, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new RemoveVariant(id, sku, dispatcher.IfMatch), Respond.NoContent<ProductResponse>(product => product.Version), cancellationToken))
        .RequireScope("catalog:write")
        .ReturnsNothing()
        .Refuses<ValidationFailed, ProductUnknown, VariantUnknown, LastVariant, StaleVersion>();
}

internal sealed class RemoveVariantHandler(EventSession session) : IRequestHandler<RemoveVariant, Outcome<ProductResponse>>
{
    private static readonly Dictionary<string, string> NoWords = [];

    public Task<Outcome<ProductResponse>> Handle(RemoveVariant request, CancellationToken cancellationToken)
    {
        var claimId = SkuClaim.IdOf(request.Sku);
        return session.DecideAsync(
            touches => touches.Stream<Product>(request.Id).Stream<SkuClaim>(claimId),
            scope => scope.Stream<Product>(request.Id)
                .OfKnown(request.IfMatch)
                .Then(stream => stream.Apply(product => product.RemoveVariant(request.Sku))
                    .Then(_ => scope.Stream<SkuClaim>(claimId).Apply(claim => claim.Release(request.Sku)))
                    .Map(_ => ProductPages.Written(request.Id, stream, NoWords, scope.Now))),
            cancellationToken);
    }
}
