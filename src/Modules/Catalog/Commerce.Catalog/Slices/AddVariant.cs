using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff add one more size, colour or the like to a product.</summary>
internal sealed record AddVariant(Guid Id, VariantRequest Variant, long? IfMatch) : IRequest<Outcome<ProductResponse>>;

internal sealed class AddVariantEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/products/{id:guid}/variants", (Guid id, VariantRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new AddVariant(id, body, dispatcher.IfMatch), Respond.Created<ProductResponse>(product => $"/api/v1/products/{product.Id}", product => product.Version), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<ProductResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, ProductUnknown, SkuTaken, TooManyVariants, StaleVersion>();
}

internal sealed class AddVariantHandler(EventSession session, ProductPages pages) : IRequestHandler<AddVariant, Outcome<ProductResponse>>
{
    public async Task<Outcome<ProductResponse>> Handle(AddVariant request, CancellationToken cancellationToken)
    {
        var read = ProductReading.ReadVariant(request.Variant);
        if (!read.IsSuccess)
        {
            return read.Refusal;
        }

        var variant = read.Value;
        var claimId = SkuClaim.IdOf(variant.Sku);
        var words = await pages.WordsOfAsync(request.Id, cancellationToken);
        return await session.DecideAsync(
            touches => touches.Stream<Product>(request.Id).Stream<SkuClaim>(claimId),
            scope => scope.Stream<Product>(request.Id)
                .OfKnown(request.IfMatch)
                .Then(stream => stream.Apply(product => product.AddVariant(variant))
                    .Then(_ => scope.Stream<SkuClaim>(claimId).Apply(claim => claim.Take(variant.Sku, request.Id)))
                    .Map(_ => ProductPages.Written(request.Id, stream, words, scope.Now))),
            cancellationToken);
    }
}
