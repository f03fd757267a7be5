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

/// <summary>A form or a filter asks which attributes the products of a category have, inherited ones included.</summary>
internal sealed record ListAttributes(string IdOrSlug, string? Locale) : IRequest<Outcome<CacheEntry>>;

internal sealed class ListAttributesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/categories/{idOrSlug}/attributes", (string idOrSlug, string? locale, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ListAttributes(idOrSlug, locale), Respond.Cached("public, no-cache"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<AttributesResponse>()
        .Refuses<ValidationFailed, CategoryUnknown>();
}

internal sealed class ListAttributesHandler(CategoryShelf shelf, CallContext call) : IRequestHandler<ListAttributes, Outcome<CacheEntry>>
{
    public async Task<Outcome<CacheEntry>> Handle(ListAttributes request, CancellationToken cancellationToken)
    {
        if (ViewQuery.Fault(request.Locale, null) is { } fault)
        {
            return fault;
        }

        var map = await shelf.AllAsync(call, cancellationToken);
        return map.Find(request.IdOrSlug) is { } row
            ? Rendered.Of(new AttributesResponse([.. map.DefinitionsOf(row.Id).Select(found => AttributeResponse.Of(found.Definition, found.Category.Id, request.Locale))]))
            : new CategoryUnknown();
    }
}
