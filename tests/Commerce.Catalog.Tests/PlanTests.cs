using Commerce.Testing;
using Npgsql;

namespace Commerce.Catalog.Tests;

/// <summary>Every statement of the catalogue against tables so large that reading one whole is never the plan: whoever does it lost an index.</summary>
public sealed class PlanTests(PlanTests.LargeShop shop) : IClassFixture<PlanTests.LargeShop>
{
    // What reads a table whole by intent, and why that is bounded.
    private static readonly Dictionary<string, string> ReadsAll = new(StringComparer.Ordinal)
    {
        ["CategoryPaths.DropRehung"] = "a move of a category with its products, of which there may be many",
        ["SearchMemory.SelectAllLive"] = "once when a host starts",
        ["SearchMemory.SelectLive"] = "what is newer than a generation, which the planner cannot know to be little",
        ["SearchMemory.SelectFacets"] = "once when a host starts, then only what is newer",
        ["SearchWordRows.DropSynonyms"] = "at most 2,000 rows",
        ["ListSearchStatisticsHandler.Select"] = "sums up to 30 days of counted queries, for staff",
        ["SearchLog.SelectPast"] = "sums 7 days of counted queries, now and then",
    };

    private static readonly string[] LargeTables =
    [
        "products", "slugs", "variants", "offers", "product_categories", "availability", "search_docs", "search_postings", "search_terms", "search_typos", "search_facets",
        "search_popularity", "search_queries",
    ];

    [Fact]
    public async Task No_statement_reads_a_large_table_whole()
    {
        await using var connection = await shop.OpenAsync();
        var statements = SqlConstant.Of(typeof(CatalogModule).Assembly);
        statements.Count.ShouldBeGreaterThan(60);
        var names = statements.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        ReadsAll.Keys.ShouldBeSubsetOf(names);
        var found = new List<string>();
        foreach (var statement in statements.Where(statement => !ReadsAll.ContainsKey(NameOf(statement))))
        {
            var plan = await SqlConstant.PlanAsync(connection, statement.Text);
            if (ScansOf(plan).Count > 0)
            {
                found.Add($"{statement}\n{string.Join('\n', plan)}");
            }
        }

        found.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("select id from catalog.products where document = @document")]
    [InlineData("select doc from catalog.search_docs where offers = @offers")]
    public async Task A_statement_without_an_index_is_caught(string statement)
    {
        await using var connection = await shop.OpenAsync();
        ScansOf(await SqlConstant.PlanAsync(connection, statement)).ShouldNotBeEmpty();
    }

    private static string NameOf(SqlConstant statement) => $"{statement.Type.Name}.{statement.Name}";

    private static List<string> ScansOf(IReadOnlyList<string> plan) =>
        [.. plan.Where(line => line.Contains("Seq Scan on ", StringComparison.Ordinal) && LargeTables.Contains(line[(line.IndexOf("Seq Scan on ", StringComparison.Ordinal) + 12)..].Split(' ')[0]))];

    /// <summary>A catalogue of 50,000 products, made of rows alone.</summary>
    public sealed class LargeShop : ShopFixture
    {
        private const string Fill = """
            create temp table ids as select gen_random_uuid() as id, n from generate_series(1, 50000) as n;
            insert into products select id, 'slug-' || n, case when n % 20 = 0 then 'draft' else 'active' end, 1, 'name ' || n, now(), now(), '{}' from ids;
            insert into slugs select 'slug-' || n, id from ids;
            insert into variants select 'sku-' || n, id, '{}' from ids;
            insert into offers (product_id, currency, amount) select id, 'USD', n from ids;
            insert into product_categories (category_id, product_id, direct) select md5((n % 200 + level * 1000)::text)::uuid, id, level = 0 from ids, generate_series(0, 1) as level;
            insert into availability select 'sku-' || n, 'inStock' from ids;
            insert into search_docs (doc, product_id, generation, availability, offers) select n, id, n / 1000, 0, '' from ids;
            insert into search_postings (term, segment, df, body) select 'term-' || n / 4, n % 4, 1, '' from ids;
            insert into search_terms select 'term-' || n, n % 100 from ids;
            insert into search_typos select n, 'term-' || n from ids;
            insert into search_facets (field, value) select 'attr.model', 'value-' || n from ids;
            insert into search_popularity select id, n % 50 from ids where n % 2 = 0;
            insert into search_queries select current_date - (n % 30), 'query ' || n, 1, 0, now() from ids;
            analyze;
            """;

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await using var connection = await OpenAsync();
            await using var fill = new NpgsqlCommand(Fill, connection) { CommandTimeout = 300 };
            await fill.ExecuteNonQueryAsync();
        }

        public async Task<NpgsqlConnection> OpenAsync()
        {
            var connection = new NpgsqlConnection(Database.ConnectionString);
            await connection.OpenAsync();
            await using var path = new NpgsqlCommand("set search_path = catalog, public", connection);
            await path.ExecuteNonQueryAsync();
            return connection;
        }
    }
}
