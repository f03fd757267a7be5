using System.Text.Json;
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

/// <summary>Staff change options, barcode, weight or the plain price of a variant by a JSON merge patch.</summary>
internal sealed record ReviseVariant(Guid Id, string Sku, JsonElement Patch, long? IfMatch) : IRequest<Outcome<ProductResponse>>;

internal sealed class ReviseVariantEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPatch("/products/{id:guid}/variants/{sku}", (Guid id, string sku, JsonElement body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ReviseVariant(id, sku, body, dispatcher.IfMatch), Respond.Ok<ProductResponse>(product => product.Version), cancellationToken))
        .Accepts<VariantRequest>("application/merge-patch+json", "application/json")
        .RequireScope("catalog:write")
        .Returns<ProductResponse>()
        .Refuses<ValidationFailed, ProductUnknown, VariantUnknown, StaleVersion>();
}

internal sealed class ReviseVariantHandler(EventSession session, ProductPages pages) : IRequestHandler<ReviseVariant, Outcome<ProductResponse>>
{
    public async Task<Outcome<ProductResponse>> Handle(ReviseVariant request, CancellationToken cancellationToken)
    {
        var read = VariantPatch.Read(request.Patch);
        if (!read.IsSuccess)
        {
            return read.Refusal;
        }

        var patch = read.Value;
        var words = await pages.WordsOfAsync(request.Id, cancellationToken);
        return await session.DecideAsync<Product, ProductResponse>(
            request.Id,
            (stream, scope) => stream.OfKnown(request.IfMatch)
                .Then(known => known.State.Known(request.Sku))
                .Then(patch.Over)
                .Then(variant => stream.Apply(product => product.ReviseVariant(variant)))
                .Map(_ => ProductPages.Written(request.Id, stream, words, scope.Now)),
            cancellationToken);
    }
}
