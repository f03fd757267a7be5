using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>A shopper opens a product's page: by far the most frequent call of all, answered with ready bytes.</summary>
internal sealed record GetProduct(string IdOrSlug, string? Locale, string? Currency) : IRequest<Outcome<CacheEntry>>;

/// <summary>Staff open it: drafts and all prices too, always fresh.</summary>
internal sealed record GetProductForStaff(string IdOrSlug, string? Locale, string? Currency) : IRequest<Outcome<ProductResponse>>;

internal sealed class GetProductEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/products/{idOrSlug}", (string idOrSlug, string? locale, string? currency, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.Caller.Has("catalog:read")
                ? dispatcher.SendAsync(new GetProductForStaff(idOrSlug, locale, currency), Respond.Ok<ProductResponse>(product => product.Version), cancellationToken)
                : dispatcher.SendAsync(new GetProduct(idOrSlug, locale, currency), Respond.Cached("public, no-cache"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom("Catalog.WhenStockChanged")
        .Returns<ProductResponse>()
        .Refuses<ValidationFailed, ProductUnknown>();
}

internal sealed class GetProductHandler(ProductPages pages, CallContext call)
    : IRequestHandler<GetProduct, Outcome<CacheEntry>>, IRequestHandler<GetProductForStaff, Outcome<ProductResponse>>
{
    public async Task<Outcome<CacheEntry>> Handle(GetProduct request, CancellationToken cancellationToken)
    {
        if (ViewQuery.Fault(request.Locale, request.Currency) is { } fault)
        {
            return fault;
        }

        return await pages.IdOfAsync(request.IdOrSlug, call, cancellationToken) is { } id
            && await pages.ForShoppersAsync(id, request.Locale, request.Currency, call, cancellationToken) is { } page
            ? page
            : new ProductUnknown();
    }

    public async Task<Outcome<ProductResponse>> Handle(GetProductForStaff request, CancellationToken cancellationToken)
    {
        if (ViewQuery.Fault(request.Locale, request.Currency) is { } fault)
        {
            return fault;
        }

        return await pages.IdOfAsync(request.IdOrSlug, call, cancellationToken) is { } id
            && await pages.ForStaffAsync(id, request.Locale, request.Currency, cancellationToken) is { } product
            ? product
            : new ProductUnknown();
    }
}
