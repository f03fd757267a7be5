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

/// <summary>A product page shows what stands beside the product, as a list shows it; what is not on sale is left out.</summary>
internal sealed record ListRelations(string IdOrSlug, string? Locale, string? Currency) : IRequest<Outcome<CacheEntry>>;

/// <summary>Products beside a product, by kind: <c>related</c>, <c>accessories</c>, <c>upsell</c>.</summary>
internal sealed record RelationsResponse(Guid ProductId, IReadOnlyDictionary<string, IReadOnlyList<ProductListItem>> Relations);

internal sealed class ListRelationsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/products/{idOrSlug}/relations", (string idOrSlug, string? locale, string? currency, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ListRelations(idOrSlug, locale, currency), Respond.Cached("public, no-cache"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom("Catalog.WhenStockChanged")
        .Returns<RelationsResponse>()
        .Refuses<ValidationFailed, ProductUnknown>();
}

internal sealed class ListRelationsHandler(ProductPages pages, ProductCards cards, ListCache lists, CallContext call) : IRequestHandler<ListRelations, Outcome<CacheEntry>>
{
    public async Task<Outcome<CacheEntry>> Handle(ListRelations request, CancellationToken cancellationToken)
    {
        if (ViewQuery.Fault(request.Locale, request.Currency) is { } fault)
        {
            return fault;
        }

        return await pages.IdOfAsync(request.IdOrSlug, call, cancellationToken) is { } id
            && await lists.GetAsync($"relations:{id:N}:{request.Locale}:{request.Currency}", call, token => FillAsync(id, request, token), cancellationToken) is { } list
            ? list
            : new ProductUnknown();
    }

    private async ValueTask<RelationsResponse?> FillAsync(Guid id, ListRelations request, CancellationToken cancellationToken)
    {
        if (await pages.RelationsAsync(id, cancellationToken) is not { } relations)
        {
            return null;
        }

        var items = (await cards.ItemsAsync([.. relations.Values.SelectMany(ids => ids).Distinct()], new ProductQuery(request.Locale, request.Currency, ActiveOnly: true), cancellationToken))
            .ToDictionary(item => item.Id);
        return new RelationsResponse(id, relations.ToDictionary(pair => pair.Key, IReadOnlyList<ProductListItem> (pair) => [.. pair.Value.Where(items.ContainsKey).Select(other => items[other])]));
    }
}
