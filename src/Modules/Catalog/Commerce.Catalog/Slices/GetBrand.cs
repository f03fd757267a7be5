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

/// <summary>A storefront opens a brand's page; its products are listed by <c>GET /products?brand=</c>.</summary>
internal sealed record GetBrand(string Slug) : IRequest<Outcome<CacheEntry>>;

internal sealed class GetBrandEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/brands/{slug}", (string slug, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new GetBrand(slug), Respond.Cached("public, no-cache"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<BrandResponse>()
        .Refuses<BrandUnknown>();
}

internal sealed class GetBrandHandler(BrandShelf shelf, CallContext call) : IRequestHandler<GetBrand, Outcome<CacheEntry>>
{
    public async Task<Outcome<CacheEntry>> Handle(GetBrand request, CancellationToken cancellationToken) =>
        (await shelf.AllAsync(call, cancellationToken)).FirstOrDefault(brand => brand.Slug == request.Slug) is { } brand ? Rendered.Of(BrandResponse.Of(brand)) : new BrandUnknown();
}

/// <summary>There is no such brand.</summary>
[Problem(404, "brand-unknown", "There is no such brand")]
internal sealed record BrandUnknown() : Refusal("No product on sale is of a brand with this slug.");
