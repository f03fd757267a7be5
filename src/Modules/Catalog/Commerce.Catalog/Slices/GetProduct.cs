using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
                : dispatcher.SendAsync(new GetProduct(idOrSlug, locale, currency), Respond.Cached(ReadyProduct.Shared), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom("Catalog.WhenStockChanged")
        .Returns<ProductResponse>()
        .Refuses<ValidationFailed, MovedPermanently, ProductUnknown>();
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

        if (await pages.IdOfAsync(request.IdOrSlug, call, cancellationToken) is not { } id
            || await pages.ForShoppersAsync(id, request.Locale, request.Currency, call, cancellationToken) is not { } page)
        {
            return new ProductUnknown();
        }

        return await MovedAsync(request.IdOrSlug, id, request.Locale, request.Currency, cancellationToken) is { } moved ? moved : page;
    }

    public async Task<Outcome<ProductResponse>> Handle(GetProductForStaff request, CancellationToken cancellationToken)
    {
        if (ViewQuery.Fault(request.Locale, request.Currency) is { } fault)
        {
            return fault;
        }

        if (await pages.IdOfAsync(request.IdOrSlug, call, cancellationToken) is not { } id
            || await pages.ForStaffAsync(id, request.Locale, request.Currency, cancellationToken) is not { } product)
        {
            return new ProductUnknown();
        }

        return await MovedAsync(request.IdOrSlug, id, request.Locale, request.Currency, cancellationToken) is { } moved ? moved : product;
    }

    // A link that was shared under a former slug leads on to the present one, and search engines learn it.
    private async ValueTask<MovedPermanently?> MovedAsync(string idOrSlug, Guid id, string? locale, string? currency, CancellationToken cancellationToken)
    {
        if (await pages.SuccessorAsync(idOrSlug, id, call, cancellationToken) is not { } slug)
        {
            return null;
        }

        var query = QueryString.Create(new Dictionary<string, string?> { ["locale"] = locale, ["currency"] = currency }.Where(pair => pair.Value is not null));
        return new MovedPermanently($"/api/v1/products/{Uri.EscapeDataString(slug)}{query}");
    }
}
