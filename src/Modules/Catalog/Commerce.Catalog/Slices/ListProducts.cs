using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Commerce.Catalog.Slices;

/// <summary>A storefront lists a category, or staff look through what there is.</summary>
internal sealed record ListProducts(
    string? Category, string? Brand, string? Status, string[]? Ids, string? Sort, string? Locale, string? Currency, PageLimit Limit, string? Cursor, Caller Caller) : IRequest<Outcome<CacheEntry>>;

internal sealed class ListProductsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/products", (
            string? category, string? brand, string? status, [FromQuery] string[]? ids, string? sort, string? locale, string? currency, PageLimit limit, string? cursor,
            Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ListProducts(category, brand, status, ids, sort, locale, currency, limit, cursor, dispatcher.Caller),
            Respond.Cached(dispatcher.Caller.Has("catalog:read") ? Respond.Private : "public, no-cache"),
            cancellationToken))
        .AllowAnonymous()
        .ReadsFrom("Catalog.WhenStockChanged")
        .Returns<Page<ProductListItem>>()
        .Refuses<ValidationFailed, Forbidden>();
}

internal sealed class ListProductsHandler(
    ProductLists lists, ProductCards cards, CategoryShelf categories, BrandShelf brands, ListCache pages, CallContext call, IOptions<CatalogOptions> options)
    : IRequestHandler<ListProducts, Outcome<CacheEntry>>
{
    private static readonly string[] Nobody = [];

    public async Task<Outcome<CacheEntry>> Handle(ListProducts request, CancellationToken cancellationToken)
    {
        var read = Read(request, options.Value.Currency);
        if (!read.IsSuccess)
        {
            return read.Refusal;
        }

        var (list, ids) = read.Value;
        if (request.Category is not null)
        {
            var map = await categories.AllAsync(call, cancellationToken);
            list = list with { Category = map.Find(request.Category)?.Id ?? ProductLists.Last };
        }

        if (request.Brand is not null)
        {
            var all = await brands.AllAsync(call, cancellationToken);
            list = list with { Brands = all.FirstOrDefault(brand => brand.Slug == request.Brand)?.Names ?? Nobody };
        }

        var key = $"{list.Category:N}:{request.Brand}:{list.Sort}:{list.Currency}:{list.Limit}:{request.Cursor}:{request.Locale}:{request.Currency}:{string.Join(',', ids ?? [])}";
        return list.Shown == true && !request.Caller.Has("catalog:read")
            ? (await pages.GetAsync(key, call, token => PageAsync(request, list, ids, token), cancellationToken))!
            : Rendered.Of((await PageAsync(request, list, ids, cancellationToken))!);
    }

    private async ValueTask<Page<ProductListItem>?> PageAsync(ListProducts request, ListRequest list, List<Guid>? ids, CancellationToken cancellationToken)
    {
        var query = new ProductQuery(request.Locale, request.Currency, ActiveOnly: list.Shown == true);
        if (ids is not null)
        {
            var named = (await cards.ItemsAsync(ids, query, cancellationToken)).Where(item => list.Shown is null || list.Statuses.Contains(item.Status)).ToDictionary(item => item.Id);
            return new Page<ProductListItem>([.. ids.Where(named.ContainsKey).Select(id => named[id])], null);
        }

        var page = Page<ListPlace>.Cut(
            await lists.PageAsync(list, cancellationToken), request.Limit, place => Cursor.Encode(list.Sort, place.Id, place.Amount, place.Name ?? ""));
        var items = (await cards.ItemsAsync([.. page.Items.Select(place => place.Id)], query, cancellationToken)).ToDictionary(item => item.Id);
        return new Page<ProductListItem>([.. page.Items.Where(place => items.ContainsKey(place.Id)).Select(place => items[place.Id])], page.NextCursor);
    }

    private static Outcome<(ListRequest List, List<Guid>? Ids)> Read(ListProducts request, string defaultCurrency)
    {
        var findings = new Findings();
        ViewQuery.Check(request.Locale, request.Currency, findings);
        var sort = request.Sort ?? "newest";
        findings.Check(sort is "newest" or "price" or "-price" or "name", "sort", "newest, price, -price or name.");
        findings.Check(request.Status is null or "all" || ProductStatusWords.Parse(request.Status) is not null, "status", "draft, active, archived or all.");
        var ids = ReadIds(request.Ids, findings);
        if (findings.Any)
        {
            return findings.Failure();
        }

        var staff = request.Caller.Has("catalog:read");
        if (!staff && request.Status is not (null or "active"))
        {
            return new Forbidden();
        }

        ListPlace? after = null;
        if (request.Cursor is not null)
        {
            if (!Cursor.TryDecode<string, Guid, decimal?, string>(request.Cursor, out var sorted, out var id, out var amount, out var name) || sorted != sort)
            {
                return Cursor.Malformed;
            }

            after = new ListPlace(id, amount, name);
        }

        var status = staff ? request.Status ?? "all" : "active";
        bool? shown = status switch
        {
            "active" => true,
            "all" => null,
            _ => false,
        };
        return (new ListRequest(shown, [status], null, null, sort, request.Currency ?? defaultCurrency, after, request.Limit.PlusOne), ids);
    }

    private static List<Guid>? ReadIds(string[]? texts, Findings findings)
    {
        if (texts is not { Length: > 0 })
        {
            return null;
        }

        var ids = new List<Guid>();
        foreach (var text in texts.SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            findings.Check(Guid.TryParse(text, out var id), "ids", "UUIDs, parted by commas.");
            ids.Add(id);
        }

        findings.Check(ids.Count <= PageLimit.Most, "ids", $"At most {PageLimit.Most} ids.");
        return [.. ids.Distinct()];
    }
}
