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

/// <summary>A storefront draws its menu: the tree, top categories page by page, each with everything below it.</summary>
internal sealed record ListCategories(string? Locale, PageLimit Limit, string? Cursor) : IRequest<Outcome<CacheEntry>>;

internal sealed class ListCategoriesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/categories", (string? locale, PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ListCategories(locale, limit, cursor), Respond.Cached("public, no-cache"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<Page<CategoryResponse>>()
        .Refuses<ValidationFailed>();
}

internal sealed class ListCategoriesHandler(CategoryShelf shelf, CallContext call) : IRequestHandler<ListCategories, Outcome<CacheEntry>>
{
    public async Task<Outcome<CacheEntry>> Handle(ListCategories request, CancellationToken cancellationToken)
    {
        if (ViewQuery.Fault(request.Locale, null) is { } fault)
        {
            return fault;
        }

        var (position, slug) = (-1, "");
        if (request.Cursor is not null && !Cursor.TryDecode(request.Cursor, out position, out slug))
        {
            return Cursor.Malformed;
        }

        var map = await shelf.AllAsync(call, cancellationToken);
        var rows = map.Roots
            .Where(row => request.Cursor is null || row.Position > position || (row.Position == position && string.CompareOrdinal(row.Slug, slug) > 0))
            .Take(request.Limit.PlusOne)
            .Select(row => CategoryResponse.Of(row, map, request.Locale))
            .ToList();
        return Rendered.Of(Page<CategoryResponse>.Cut(rows, request.Limit, row => Cursor.Encode(row.Position, row.Slug)));
    }
}
