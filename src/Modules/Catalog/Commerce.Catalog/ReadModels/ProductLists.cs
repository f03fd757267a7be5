using Commerce.ReadModels;
using Dapper;

namespace Commerce.Catalog.ReadModels;

/// <summary>
/// Which products a list shows, page by page. Every statement walks an index from the cursor on and stops at the limit; what the items look like is read
/// for these few alone.
/// </summary>
internal sealed class ProductLists(ModuleDatabase<CatalogDatabase> database, TimeProvider time)
{
    private const string InCategory = " and exists (select 1 from catalog.product_categories c where c.category_id = @category and c.product_id = p.id)";
    private const string OfferNow = "o.currency = @currency and o.valid_from <= @now and o.valid_until > @now";
    private const string Priced = "select p.id, o.amount, null as name from catalog.offers o join catalog.products p on p.id = o.product_id and p.status = any (@statuses) where " + OfferNow;

    internal const string Newest = "select p.id, null::numeric as amount, null as name from catalog.products p where p.status = any (@statuses) and p.id < @id order by p.id desc limit @limit";

    internal const string NewestInCategory = """
        select p.id, null::numeric as amount, null as name from catalog.product_categories c join catalog.products p on p.id = c.product_id and p.status = any (@statuses)
         where c.category_id = @category and c.product_id < @id order by c.product_id desc limit @limit
        """;

    internal const string ByName = """
        select p.id, null::numeric as amount, p.sort_name as name from catalog.products p
         where p.status = any (@statuses) and (p.sort_name, p.id) > (@name, @id) order by p.sort_name, p.id limit @limit
        """;

    internal const string ByNameInCategory = """
        select p.id, null::numeric as amount, p.sort_name as name from catalog.products p
         where p.status = any (@statuses) and (p.sort_name, p.id) > (@name, @id)
        """ + InCategory + " order by p.sort_name, p.id limit @limit";

    internal const string Cheapest = Priced + " and (o.amount, o.product_id) > (@amount, @id) order by o.amount, o.product_id limit @limit";
    internal const string CheapestInCategory = Priced + " and (o.amount, o.product_id) > (@amount, @id)" + InCategory + " order by o.amount, o.product_id limit @limit";
    internal const string Dearest = Priced + " and (o.amount, o.product_id) < (@amount, @id) order by o.amount desc, o.product_id desc limit @limit";
    internal const string DearestInCategory = Priced + " and (o.amount, o.product_id) < (@amount, @id)" + InCategory + " order by o.amount desc, o.product_id desc limit @limit";

    // Products without a price in the currency stand last in either direction.
    internal const string Unpriced = """
        select p.id, null::numeric as amount, null as name from catalog.products p
         where p.status = any (@statuses) and p.id < @id and not exists (select 1 from catalog.offers o where o.product_id = p.id and
        """ + " " + OfferNow + ") order by p.id desc limit @limit";

    internal const string UnpricedInCategory = """
        select p.id, null::numeric as amount, null as name from catalog.product_categories c join catalog.products p on p.id = c.product_id and p.status = any (@statuses)
         where c.category_id = @category and c.product_id < @id and not exists (select 1 from catalog.offers o where o.product_id = p.id and
        """ + " " + OfferNow + ") order by c.product_id desc limit @limit";

    internal const string AnyIn = "select exists (select 1 from catalog.product_categories where category_id = @category and direct)";

    /// <summary>The largest id: before the first of a descending list.</summary>
    public static readonly Guid Last = new("ffffffff-ffff-ffff-ffff-ffffffffffff");

    /// <summary>The places of the next products of a list.</summary>
    public async Task<IReadOnlyList<ListPlace>> PageAsync(ListRequest request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var descends = request.Sort == "-price";
        var after = request.After;
        var places = new List<ListPlace>();
        if (request.Sort is "newest" or "name")
        {
            var sql = (request.Sort, request.Category) switch
            {
                ("name", null) => ByName,
                ("name", _) => ByNameInCategory,
                (_, null) => Newest,
                _ => NewestInCategory,
            };
            await ReadAsync(sql, after?.Id ?? (request.Sort == "name" ? Guid.Empty : Last), 0m);
            return places;
        }

        if (after is null || after.Amount is not null)
        {
            var sql = (descends, request.Category) switch
            {
                (false, null) => Cheapest,
                (false, _) => CheapestInCategory,
                (true, null) => Dearest,
                (true, _) => DearestInCategory,
            };
            await ReadAsync(sql, after?.Id ?? (descends ? Last : Guid.Empty), after?.Amount ?? (descends ? decimal.MaxValue : -1m));
            after = null;
        }

        if (places.Count < request.Limit)
        {
            await ReadAsync(request.Category is null ? Unpriced : UnpricedInCategory, after?.Id ?? Last, 0m);
        }

        return places;

        async Task ReadAsync(string sql, Guid id, decimal amount) => places.AddRange(await connection.QueryAsync<ListPlace>(new CommandDefinition(
            sql,
            new
            {
                statuses = request.Statuses,
                id,
                amount,
                name = after?.Name ?? "",
                category = request.Category,
                currency = request.Currency,
                now = time.GetUtcNow(),
                limit = request.Limit - places.Count,
            },
            cancellationToken: cancellationToken)));
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
internal sealed record ListRequest(string[] Statuses, Guid? Category, string Sort, string Currency, ListPlace? After, int Limit);
