using Commerce.Catalog.ReadModels;
using Commerce.EventStore;
using Commerce.Orders.Contracts;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Search;

/// <summary>
/// Keeps the search index current. Products whose words changed are indexed anew from their page documents; changes of price and stock touch one small row
/// each, orders one row for a whole page of events. Statements name their own tables without schema, so that a rebuild can fill copies.
/// </summary>
internal sealed class SearchProjection : ISubscription
{
    internal const string SelectProducts = """
        select p.document, (
            select json_object_agg(w.sku, w.word)
              from (select v.sku, (select a.word from catalog.availability a where a.sku = v.sku) as word from catalog.variants v where v.product_id = p.id) as w
             where w.word is not null) as words
          from catalog.products p where p.id = any (@ids)
        """;

    internal const string SelectProductsOfCategories = "select distinct product_id from catalog.product_categories where category_id = any (@ids)";

    internal const string SelectProductsOfSkus = "select distinct product_id from catalog.variants where sku = any (@skus)";

    /// <summary>Of these only the product is needed, which is read as it stands.</summary>
    internal static HashSet<Type> OfProducts { get; } =
    [
        typeof(ProductCreated), typeof(ProductRevised), typeof(ProductPublished), typeof(PublicationScheduled), typeof(ProductWithdrawn), typeof(ProductArchived),
        typeof(VariantAdded), typeof(VariantRevised), typeof(VariantRemoved),
    ];

    /// <inheritdoc />
    public string Name => "Catalog.Search";

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Bodiless => OfProducts;

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles { get; } =
    [
        .. OfProducts, typeof(PricesSet), typeof(SkuAvailabilityChanged), typeof(CategoryRevised), typeof(OrderPlacedAnnouncement),
    ];

    /// <inheritdoc />
    public string Role => "commerce_catalog";

    /// <inheritdoc />
    public IReadOnlyList<string> Tables => IndexTables;

    /// <summary>The tables of the index.</summary>
    internal static IReadOnlyList<string> IndexTables { get; } =
    [
        "catalog.search_state", "catalog.search_docs", "catalog.search_segments", "catalog.search_postings", "catalog.search_terms", "catalog.search_typos",
        "catalog.search_facets", "catalog.search_popularity", "catalog.search_orders",
    ];

    /// <summary>Segments, document numbers and the vocabulary depend on the pages that the index was fed in; what is found, and with which price and stock, does not.</summary>
    public IReadOnlyList<string> Compared =>
    [
        "select product_id, availability, offers from catalog.search_docs where not dead",
        """
        select product_id, sum(score) from (
            select product_id, score from catalog.search_popularity
            union all
            select u.id, u.count from catalog.search_orders o cross join unnest(o.product_ids, o.counts) as u (id, count) where o.generation > (select folded from catalog.search_state)
        ) as orders group by product_id
        """,
    ];

    /// <inheritdoc />
    public async Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);
        var work = new IndexWork(page);
        if (work.Categories.Count > 0)
        {
            work.Reworded.UnionWith(await connection.QueryAsync<Guid>(
                new CommandDefinition(SelectProductsOfCategories, new { ids = work.Categories.ToArray() }, transaction, cancellationToken: cancellationToken)));
        }

        if (work.Skus.Count > 0)
        {
            work.Touched.UnionWith(await connection.QueryAsync<Guid>(
                new CommandDefinition(SelectProductsOfSkus, new { skus = work.Skus.ToArray() }, transaction, cancellationToken: cancellationToken)));
        }

        var changes = work.Reworded.Count + work.Touched.Count > 0;
        if (!changes && work.Ordered.Count == 0)
        {
            return;
        }

        var writer = await IndexWriter.OpenAsync(connection, transaction, work.Ordered, changes, cancellationToken);
        if (!changes)
        {
            return;
        }

        foreach (var ids in work.Reworded.Chunk(IndexWriter.SegmentDocs))
        {
            await writer.IndexAsync(ids, ReadAsync, cancellationToken);
        }

        foreach (var ids in work.Touched.Except(work.Reworded).Chunk(1000))
        {
            await writer.TouchAsync(await ReadAsync(ids), cancellationToken);
        }

        await writer.MergeAsync(cancellationToken);

        async Task<List<IndexedProduct>> ReadAsync(Guid[] ids)
        {
            var rows = await connection.QueryAsync<(string Document, string? Words)>(new CommandDefinition(SelectProducts, new { ids }, transaction, cancellationToken: cancellationToken));
            return [.. rows.Select(row => new IndexedProduct(ProductDocument.Parse(row.Document), row.Words))];
        }
    }
}

/// <summary>What a page of events asks of the index.</summary>
internal sealed class IndexWork
{
    public IndexWork(IReadOnlyList<Delivered> page)
    {
        foreach (var delivered in page)
        {
            if (SearchProjection.OfProducts.Contains(delivered.Kind))
            {
                Reworded.Add(delivered.Event.StreamId);
                continue;
            }

            switch (delivered.Message)
            {
                case OrderPlacedAnnouncement order:
                    foreach (var line in order.Lines)
                    {
                        Ordered[line.ProductId] = Ordered.GetValueOrDefault(line.ProductId) + 1;
                    }

                    break;
                case SkuAvailabilityChanged availability:
                    Skus.Add(availability.Sku);
                    break;
                case PricesSet:
                    Touched.Add(delivered.Event.StreamId);
                    break;
                case CategoryRevised:
                    Categories.Add(delivered.Event.StreamId);
                    break;
            }
        }
    }

    /// <summary>Products whose words, attributes or status changed.</summary>
    public SortedSet<Guid> Reworded { get; } = [];

    /// <summary>Products whose prices or stock changed.</summary>
    public SortedSet<Guid> Touched { get; } = [];

    /// <summary>Categories that have other names or parents.</summary>
    public SortedSet<Guid> Categories { get; } = [];

    /// <summary>SKUs with another word for their stock.</summary>
    public SortedSet<string> Skus { get; } = new(StringComparer.Ordinal);

    /// <summary>Orders by product.</summary>
    public SortedDictionary<Guid, int> Ordered { get; } = [];
}
