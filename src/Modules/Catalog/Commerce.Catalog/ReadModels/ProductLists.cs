using Commerce.ReadModels;
using Dapper;

namespace Commerce.Catalog.ReadModels;

/// <summary>
/// Which products a list shows, page by page. Every statement walks an index from the cursor on and stops at the limit; what the items look like is read
/// for these few alone.
/// </summary>
internal sealed class ProductLists(ModuleDatabase<CatalogDatabase> database, TimeProvider time)
{
    // What a list may show, whose it is, and where it goes on, as parts: each list is one statement of them.
    private static readonly string Visible = "p.visible_from <= @now and p.visible_from < 'infinity'";
    private static readonly string Held = "p.status = any (@statuses) and p.visible_from > @now";
    private static readonly string InCategory = " and exists (select 1 from catalog.product_categories c where c.category_id = @category and c.product_id = p.id)";
    private static readonly string OfBrand = " and p.brand = any (@brands)";
    private static readonly string OfferNow = "o.currency = @currency and o.valid_from <= @now and o.valid_until > @now";
    private static readonly string Places = "select p.id, null::numeric as amount, null as name from catalog.products p where ";
    private static readonly string PlacesInCategory = "select p.id, null::numeric as amount, null as name from catalog.product_categories c join catalog.products p on p.id = c.product_id where c.category_id = @category and ";
    private static readonly string Named = "select p.id, null::numeric as amount, p.sort_name as name from catalog.products p where ";
    private static readonly string Priced = "select p.id, o.amount, null as name from catalog.offers o join catalog.products p on p.id = o.product_id where " + OfferNow + " and ";
    private static readonly string Unpriced = " and not exists (select 1 from catalog.offers o where o.product_id = p.id and " + OfferNow + ")";

    internal const string AnyIn = "select exists (select 1 from catalog.product_categories where category_id = @category and direct)";

    /// <summary>The largest id: before the first of a descending list.</summary>
    public static readonly Guid Last = new("ffffffff-ffff-ffff-ffff-ffffffffffff");

    private static readonly string[] Orders = ["newest", "name", "price", "-price", Rest];

    // Products without a price in the currency stand last in either direction.
    private const string Rest = "unpriced";

    /// <summary>Every statement that a list can become.</summary>
    internal static IEnumerable<string> Statements =>
        from order in Orders
        from shown in new bool?[] { true, false, null }
        from category in new[] { true, false }
        from brand in new[] { true, false }
        select Statement(order, shown, category, brand);

    /// <summary>The places of the next products of a list.</summary>
    public async Task<IReadOnlyList<ListPlace>> PageAsync(ListRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var descends = request.Sort == "-price";
        var after = request.After;
        var places = new List<ListPlace>();
        if (request.Sort is "newest" or "name")
        {
            await ReadAsync(request.Sort, after?.Id ?? (request.Sort == "name" ? Guid.Empty : Last), 0m);
            return places;
        }

        if (after is null || after.Amount is not null)
        {
            await ReadAsync(request.Sort, after?.Id ?? (descends ? Last : Guid.Empty), after?.Amount ?? (descends ? decimal.MaxValue : -1m));
            after = null;
        }

        if (places.Count < request.Limit)
        {
            await ReadAsync(Rest, after?.Id ?? Last, 0m);
        }

        return places;

        async Task ReadAsync(string order, Guid id, decimal amount) => places.AddRange(await connection.QueryAsync<ListPlace>(new CommandDefinition(
            Statement(order, request.Shown, request.Category is not null, request.Brands is not null),
            new
            {
                statuses = request.Statuses,
                id,
                amount,
                name = after?.Name ?? "",
                category = request.Category,
                brands = request.Brands,
                currency = request.Currency,
                now = time.GetUtcNow(),
                limit = request.Limit - places.Count,
            },
            cancellationToken: cancellationToken)));
    }

    private static string Statement(string order, bool? shown, bool category, bool brand)
    {
        var filter = shown switch
        {
            true => Visible,
            false => Held,
            null => "true",
        } + (brand ? OfBrand : "");
        return order switch
        {
            "name" => Named + filter + (category ? InCategory : "") + " and (p.sort_name, p.id) > (@name, @id) order by p.sort_name, p.id limit @limit",
            "price" => Priced + filter + (category ? InCategory : "") + " and (o.amount, o.product_id) > (@amount, @id) order by o.amount, o.product_id limit @limit",
            "-price" => Priced + filter + (category ? InCategory : "") + " and (o.amount, o.product_id) < (@amount, @id) order by o.amount desc, o.product_id desc limit @limit",
            _ => (category ? PlacesInCategory : Places) + filter + (order == Rest ? Unpriced : "")
                + (category ? " and c.product_id < @id order by c.product_id desc limit @limit" : " and p.id < @id order by p.id desc limit @limit"),
        };
    }

    /// <summary>Whether products hang directly on a category.</summary>
    public async Task<bool> AnyInAsync(Guid category, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(AnyIn, new { category }, cancellationToken: cancellationToken));
    }
}

/// <summary>A place in a list: the product and the sort key it stands by.</summary>
internal sealed record ListPlace(Guid Id, decimal? Amount, string? Name);

/// <summary>What list, in which order, from where on.</summary>
/// <param name="Shown">True for what shoppers see now, false for what is held back in one of the statuses, null for everything.</param>
/// <param name="Statuses">Of what is held back.</param>
/// <param name="Category">Only below this category, or null.</param>
/// <param name="Brands">Only of these brands, or null.</param>
/// <param name="Sort"><c>newest</c>, <c>name</c>, <c>price</c> or <c>-price</c>.</param>
/// <param name="Currency">The currency of the prices to sort by.</param>
/// <param name="After">The last place of the page before, or null.</param>
/// <param name="Limit">How many.</param>
internal sealed record ListRequest(bool? Shown, string[] Statuses, Guid? Category, string[]? Brands, string Sort, string Currency, ListPlace? After, int Limit);
