using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff replace all prices of a variant, scheduled ones included.</summary>
internal sealed record SetPrices(Guid Id, string Sku, PriceListRequest Prices, long? IfMatch) : IRequest<Outcome<ProductResponse>>;

internal sealed class SetPricesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/products/{id:guid}/variants/{sku}/prices", (Guid id, string sku, PriceListRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new SetPrices(id, sku, body, dispatcher.IfMatch), Respond.Ok<ProductResponse>(product => product.Version), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<ProductResponse>()
        .Refuses<ValidationFailed, ProductUnknown, VariantUnknown, StaleVersion>();
}

internal sealed class SetPricesHandler(EventSession session, ProductPages pages) : IRequestHandler<SetPrices, Outcome<ProductResponse>>
{
    public async Task<Outcome<ProductResponse>> Handle(SetPrices request, CancellationToken cancellationToken)
    {
        var read = ProductReading.ReadPrices(request.Prices.Prices);
        if (!read.IsSuccess)
        {
            return read.Refusal;
        }

        var words = await pages.WordsOfAsync(request.Id, cancellationToken);
        return await session.DecideAsync<Product, ProductResponse>(
            request.Id,
            (stream, scope) => stream.OfKnown(request.IfMatch)
                .Then(known => known.Apply(product => product.SetPrices(request.Sku, read.Value)))
                .Map(_ => ProductPages.Written(request.Id, stream, words, scope.Now)),
            cancellationToken);
    }
}
