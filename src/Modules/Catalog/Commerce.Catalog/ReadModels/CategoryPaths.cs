using Commerce.EventStore;
using Npgsql;

namespace Commerce.Catalog.ReadModels;

/// <summary>The way from each category up to its root, and with it the products that hang below a category that moves.</summary>
internal sealed class CategoryPaths : IInlineProjection
{
    internal const string DropPaths = "delete from catalog.category_paths where category_id = any ($1::uuid[])";

    internal const string InsertPaths = """
        insert into catalog.category_paths (category_id, ancestor_id, depth)
        select * from unnest($1::uuid[], $2::uuid[], $3::integer[])
        """;

    // Products that hang directly on a category whose way up changed get all their rows anew.
    internal const string DropRehung = """
        delete from catalog.product_categories where product_id in
            (select product_id from catalog.product_categories where category_id = any ($1::uuid[]) and direct) and not direct
        """;

    internal const string InsertRehung = """
        insert into catalog.product_categories (category_id, product_id, direct)
        select distinct p.ancestor_id, d.product_id, false
          from catalog.product_categories m
          join catalog.product_categories d on d.product_id = m.product_id and d.direct
          join catalog.category_paths p on p.category_id = d.category_id and p.depth > 0
         where m.category_id = any ($1::uuid[]) and m.direct
        on conflict do nothing
        """;

    /// <inheritdoc />
    public string Name => "Catalog.CategoryPaths";

    /// <inheritdoc />
    public Type Aggregate => typeof(CategoryTree);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables => ["catalog.category_paths"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        foreach (var change in changes)
        {
            var tree = (CategoryTree)change.State;
            var children = tree.Places.ToLookup(pair => pair.Value.ParentId, pair => pair.Key);
            var named = change.Events.Select(e => e.Data).Select(data => data is CategoryPlaced placed ? placed.CategoryId : ((CategoryTakenOut)data).CategoryId).Distinct();
            var touched = named.SelectMany(id => Below(id, children)).Distinct().ToArray();
            var paths = touched.SelectMany(id => PathOf(id, tree)).ToList();
            ProductRows.Add(batch, DropPaths, touched);
            ProductRows.Add(batch, InsertPaths, paths.Select(p => p.Id).ToArray(), paths.Select(p => p.Ancestor).ToArray(), paths.Select(p => p.Depth).ToArray());
            ProductRows.Add(batch, DropRehung, touched);
            ProductRows.Add(batch, InsertRehung, touched);
        }
    }

    private static IEnumerable<Guid> Below(Guid id, ILookup<Guid?, Guid> children) => children[id].SelectMany(child => Below(child, children)).Prepend(id);

    private static IEnumerable<(Guid Id, Guid Ancestor, int Depth)> PathOf(Guid id, CategoryTree tree)
    {
        var depth = 0;
        for (Guid? at = id; at is { } ancestor && tree.Places.TryGetValue(ancestor, out var place); at = place.ParentId)
        {
            yield return (id, ancestor, depth++);
        }
    }
}
