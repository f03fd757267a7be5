using Commerce.Catalog.Search;
using Commerce.EventStore;
using Npgsql;

namespace Commerce.Catalog.ReadModels;

/// <summary>Products as they are read: page documents, slugs, SKUs, price spans and categories, all in the transaction of the events.</summary>
internal sealed class ProductRows : IInlineProjection
{
    internal const string UpsertProducts = """
        insert into catalog.products (id, slug, status, version, sort_name, created_at, updated_at, document, publish_at, brand)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::text[], $9::timestamptz[], $10::text[])
        on conflict (id) do update set slug = excluded.slug, status = excluded.status, version = excluded.version, sort_name = excluded.sort_name,
            updated_at = excluded.updated_at, document = excluded.document, publish_at = excluded.publish_at, brand = excluded.brand
        """;

    internal const string InsertSlugs = """
        insert into catalog.slugs (slug, product_id, locale) select * from unnest($1::text[], $2::uuid[], $3::text[])
        on conflict (slug) do update set locale = excluded.locale where slugs.locale is distinct from excluded.locale
        """;

    internal const string DropVariants = "delete from catalog.variants where product_id = any ($1::uuid[]) and sku <> all ($2::text[])";

    internal const string UpsertVariants = """
        insert into catalog.variants (sku, product_id, document)
        select * from unnest($1::text[], $2::uuid[], $3::text[])
        on conflict (sku) do update set product_id = excluded.product_id, document = excluded.document
            where variants.document is distinct from excluded.document
        """;

    internal const string DropOffers = "delete from catalog.offers where product_id = any ($1::uuid[])";

    internal const string InsertOffers = """
        insert into catalog.offers (product_id, currency, amount, valid_from, valid_until)
        select product_id, currency, amount, coalesce(valid_from, '-infinity'), coalesce(valid_until, 'infinity')
          from unnest($1::uuid[], $2::text[], $3::numeric[], $4::timestamptz[], $5::timestamptz[]) as o (product_id, currency, amount, valid_from, valid_until)
        """;

    internal const string DropCategories = "delete from catalog.product_categories where product_id = any ($1::uuid[])";

    internal const string InsertCategories = """
        insert into catalog.product_categories (category_id, product_id, direct)
        select p.ancestor_id, u.product_id, bool_or(p.depth = 0)
          from unnest($1::uuid[], $2::uuid[]) as u (product_id, category_id)
          join catalog.category_paths p on p.category_id = u.category_id
         group by p.ancestor_id, u.product_id
        """;

    /// <inheritdoc />
    public string Name => "Catalog.Products";

    /// <inheritdoc />
    public Type Aggregate => typeof(Product);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables =>
        ["catalog.products", "catalog.slugs", "catalog.variants", "catalog.offers", "catalog.product_categories"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var products = changes.Select(change => ProductDocument.Of(change.StreamId, change.Version, (Product)change.State, change.Events[^1].Timestamp)).ToList();
        // What is new has no rows to be dropped: imports spare half of the statements.
        var known = changes.Where(change => change.Version > change.Events.Count).Select(change => change.StreamId).ToArray();

        Add(batch, UpsertProducts, products.Select(p => p.Id).ToArray(), Texts(products.Select(p => p.Slug)), Texts(products.Select(p => p.Status.Word())),
            products.Select(p => p.Version).ToArray(), Texts(products.Select(SortName)), Instants(products.Select(p => p.CreatedAt)),
            Instants(products.Select(p => p.UpdatedAt)), Texts(products.Select(p => p.ToJson())), Instants(products.Select(p => p.PublishAt)), products.Select(Brand).ToArray());
        var slugs = products.SelectMany(SlugsOf).ToList();
        Add(batch, InsertSlugs, Texts(slugs.Select(s => s.Slug)), slugs.Select(s => s.Id).ToArray(), slugs.Select(s => s.Locale).ToArray());

        var variants = products.SelectMany(p => p.Variants.Select(variant => (Product: p, Variant: variant))).OrderBy(v => v.Variant.Sku, StringComparer.Ordinal).ToList();
        var offers = products.SelectMany(p => PriceList.Spans(p.Variants).Select(span => (p.Id, Span: span))).ToList();
        var categories = products.SelectMany(p => p.CategoryIds.Select(category => (p.Id, Category: category))).ToList();
        if (known.Length > 0)
        {
            Add(batch, DropVariants, known, Texts(variants.Select(v => v.Variant.Sku)));
            Add(batch, DropOffers, known);
            Add(batch, DropCategories, known);
        }

        if (variants.Count > 0)
        {
            Add(batch, UpsertVariants, Texts(variants.Select(v => v.Variant.Sku)), variants.Select(v => v.Product.Id).ToArray(), Texts(variants.Select(v => Sku(v.Product, v.Variant))));
        }

        if (offers.Count > 0)
        {
            Add(batch, InsertOffers, offers.Select(o => o.Id).ToArray(), Texts(offers.Select(o => o.Span.Currency)), offers.Select(o => o.Span.Amount).ToArray(),
                Instants(offers.Select(o => o.Span.From)), Instants(offers.Select(o => o.Span.Until)));
        }

        if (categories.Count > 0)
        {
            Add(batch, InsertCategories, categories.Select(c => c.Id).ToArray(), categories.Select(c => c.Category).ToArray());
        }
    }

    /// <summary>The folded default name, cut to what an index entry may hold.</summary>
    internal static string SortName(ProductDocument product)
    {
        var name = Folding.Fold(Locales.Pick(product.Translations, null).Text.Name);
        return name.Length <= 100 ? name : name[..(char.IsHighSurrogate(name[99]) ? 99 : 100)];
    }

    // Each once, as what it means first: a statement cannot touch a row twice.
    private static IEnumerable<(string Slug, Guid Id, string? Locale)> SlugsOf(ProductDocument product) => product.Translations
        .Where(pair => pair.Value.Slug is not null)
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => (Slug: pair.Value.Slug!, product.Id, Locale: (string?)pair.Key))
        .Prepend((Slug: product.Slug, product.Id, Locale: null))
        .DistinctBy(slug => slug.Slug, StringComparer.Ordinal);

    private static string? Brand(ProductDocument product) => product.Attributes.GetValueOrDefault("brand") is { Length: > 0 } brand ? brand : null;

    internal static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            // With nulls among them Npgsql takes moments for local ones, so the type is said.
            command.Parameters.Add(value is DateTime?[] ? new NpgsqlParameter { Value = value, DataTypeName = "timestamp with time zone[]" } : new NpgsqlParameter { Value = value });
        }

        batch.BatchCommands.Add(command);
    }

    internal static string[] Texts(IEnumerable<string> values) => [.. values];

    internal static DateTime[] Instants(IEnumerable<DateTimeOffset> values) => [.. values.Select(value => value.UtcDateTime)];

    private static DateTime?[] Instants(IEnumerable<DateTimeOffset?> values) => [.. values.Select(value => value?.UtcDateTime)];

    private static string Sku(ProductDocument product, ProductVariant variant) => new SkuDocument(
        product.Id, product.Status, product.Translations.ToDictionary(pair => pair.Key, pair => pair.Value.Name), variant.Prices, product.PublishAt).ToJson();
}
