using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff take a product from sale to work on it, or take its scheduled publication back; it is a draft again.</summary>
internal sealed record WithdrawProduct(Guid Id, long? IfMatch) : IRequest<Outcome<ProductResponse>>;

internal sealed class WithdrawProductEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/products/{id:guid}/withdraw", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new WithdrawProduct(id, dispatcher.IfMatch), Respond.Ok<ProductResponse>(product => product.Version), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<ProductResponse>()
        .Refuses<ValidationFailed, ProductUnknown, StaleVersion>();
}

internal sealed class WithdrawProductHandler(EventSession session, ProductPages pages) : IRequestHandler<WithdrawProduct, Outcome<ProductResponse>>
{
    public async Task<Outcome<ProductResponse>> Handle(WithdrawProduct request, CancellationToken cancellationToken)
    {
        var words = await pages.WordsOfAsync(request.Id, cancellationToken);
        return await session.DecideAsync<Product, ProductResponse>(
            request.Id,
            (stream, scope) => stream.OfKnown(request.IfMatch)
                .Then(known => known.Apply(product => product.Withdraw()))
                .Map(_ => ProductPages.Written(request.Id, stream, words, scope.Now)),
            cancellationToken);
    }
}
