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

/// <summary>A storefront draws its page of brands.</summary>
internal sealed record ListBrands(PageLimit Limit, string? Cursor) : IRequest<Outcome<CacheEntry>>;

internal sealed class ListBrandsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/brands", (PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ListBrands(limit, cursor), Respond.Cached("public, no-cache"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<Page<BrandResponse>>()
        .Refuses<ValidationFailed>();
}

internal sealed class ListBrandsHandler(BrandShelf shelf, CallContext call) : IRequestHandler<ListBrands, Outcome<CacheEntry>>
{
    public async Task<Outcome<CacheEntry>> Handle(ListBrands request, CancellationToken cancellationToken)
    {
        var after = "";
        if (request.Cursor is not null && !Cursor.TryDecode(request.Cursor, out after))
        {
            return Cursor.Malformed;
        }

        var brands = await shelf.AllAsync(call, cancellationToken);
        var rows = brands.Where(brand => string.CompareOrdinal(brand.Slug, after) > 0).Take(request.Limit.PlusOne).Select(BrandResponse.Of).ToList();
        return Rendered.Of(Page<BrandResponse>.Cut(rows, request.Limit, brand => Cursor.Encode(brand.Slug)));
    }
}
