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

/// <summary>A storefront opens a category's page: the category with everything below it.</summary>
internal sealed record GetCategory(string IdOrSlug, string? Locale) : IRequest<Outcome<CacheEntry>>;

internal sealed class GetCategoryEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/categories/{idOrSlug}", (string idOrSlug, string? locale, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new GetCategory(idOrSlug, locale), Respond.Cached("public, no-cache"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<CategoryResponse>()
        .Refuses<ValidationFailed, CategoryUnknown>();
}

internal sealed class GetCategoryHandler(CategoryShelf shelf, CallContext call) : IRequestHandler<GetCategory, Outcome<CacheEntry>>
{
    public async Task<Outcome<CacheEntry>> Handle(GetCategory request, CancellationToken cancellationToken)
    {
        if (ViewQuery.Fault(request.Locale, null) is { } fault)
        {
            return fault;
        }

        var map = await shelf.AllAsync(call, cancellationToken);
        return map.Find(request.IdOrSlug) is { } row ? Rendered.Of(CategoryResponse.Of(row, map, request.Locale), row.Version) : new CategoryUnknown();
    }
}
