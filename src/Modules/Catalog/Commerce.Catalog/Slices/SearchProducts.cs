using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Search;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Commerce.Catalog.Slices;

/// <summary>A shopper looks for something.</summary>
internal sealed record SearchProducts(IQueryCollection Parameters, string Address, PageLimit Limit, bool IsStaff) : IRequest<Outcome<CacheEntry>>;

internal sealed class SearchProductsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/search", (
            HttpRequest request, PageLimit limit, string? q, string? locale, string? category, string? minPrice, string? maxPrice, string? currency, string? inStock, string? sort, string? cursor, string? explain,
            Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new SearchProducts(request.Query, request.QueryString.Value ?? "", limit, dispatcher.Caller.Has("catalog:read")), Respond.Cached("public, no-cache"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom("Catalog.Search", "Catalog.WhenStockChanged")
        .Returns<SearchResponse>()
        .Refuses<ValidationFailed, Forbidden>();
}

internal sealed class SearchProductsHandler(SearchEngine engine, SearchResults results, SearchLog log, ItemShelf shelf, CategoryShelf categories, CallContext call, IOptions<CatalogOptions> options)
    : IRequestHandler<SearchProducts, Outcome<CacheEntry>>
{
    // No category has this id, so nothing is found in one that nobody knows.
    private static readonly Guid Nowhere = ProductLists.Last;

    public async Task<Outcome<CacheEntry>> Handle(SearchProducts request, CancellationToken cancellationToken)
    {
        var read = SearchParameters.Read(request.Parameters, request.Limit, options.Value.Currency);
        if (!read.IsSuccess)
        {
            return read.Refusal;
        }

        var parameters = read.Value;
        var map = await categories.AllAsync(call, cancellationToken);
        if (parameters.Query.Explains && !request.IsStaff)
        {
            return new Forbidden();
        }

        var query = parameters.Query with { Categories = [.. parameters.Categories.Select(category => map.Find(category)?.Id ?? Nowhere)] };
        var found = await FindAsync(query, parameters, map, request.Address, cancellationToken);
        var result = found.Result;
        if (query is { After: null, Explains: false })
        {
            log.Note(query.Text, result.Total == 0 && !query.IsNarrowed);
        }

        var shelved = await shelf.FindAsync(found.Products, parameters.Locale, parameters.Currency, call, cancellationToken);
        return query.Explains ? Explained(found, shelved) : SearchPage.Of(Shown(result, shelved), found.Behind);
    }

    private async Task<FoundPage> FindAsync(SearchQuery query, SearchParameters parameters, CategoryMap map, string address, CancellationToken cancellationToken)
    {
        var state = call.Required is null ? await engine.RecentStateAsync(cancellationToken) : await engine.StateAsync(cancellationToken);
        // Which category a slug in the address means may change.
        var key = query.Explains ? "" : map.Tag + address;
        if (key.Length > 0 && results.Find(key, state) is { } known)
        {
            return known;
        }

        var result = await engine.SearchAsync(query, state, cancellationToken);
        var products = new Guid[result.Hits.Count];
        for (var i = 0; i < products.Length; i++)
        {
            products[i] = result.Hits[i].Product;
        }

        var page = new FoundPage(result, products, SearchPage.Behind(Response(parameters, result, []), result.Facets, map, parameters.Locale));
        if (key.Length > 0)
        {
            results.Keep(key, page, query.Sort == "popular" || string.IsNullOrWhiteSpace(query.Text));
        }

        return page;
    }

    private static List<(ShelvedItem Item, double Score)> Shown(SearchResult result, IReadOnlyList<ShelvedItem?> shelved)
    {
        var shown = new List<(ShelvedItem, double)>(shelved.Count);
        for (var i = 0; i < shelved.Count; i++)
        {
            if (shelved[i] is { } item)
            {
                shown.Add((item, result.Hits[i].Score));
            }
        }

        return shown;
    }

    private static CacheEntry Explained(FoundPage found, IReadOnlyList<ShelvedItem?> shelved)
    {
        var items = shelved.Zip(found.Result.Hits)
            .Where(pair => pair.First is not null)
            .Select(pair => SearchPage.Explained(pair.First!, pair.Second.Score, SearchTexts.Of(found.Result.Explanations?[pair.Second.Product])));
        return SearchPage.Of([.. items], found.Behind);
    }

    private static SearchResponse Response(SearchParameters parameters, SearchResult result, IReadOnlyList<SearchItem> items) => new(
        items,
        [],
        result.Next is { } next ? Cursor.Encode(parameters.Query.Sort, next.Key, next.Product) : null,
        result.Total,
        result.IsApproximate,
        result.Corrected);
}
