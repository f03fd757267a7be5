using System.Text.Json;
using Commerce.Catalog.ReadModels;
using Commerce.EventStore;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Catalog.Search;

/// <summary>Writes one generation of the index, in the transaction of the events' checkpoint.</summary>
internal sealed class IndexWriter
{
    internal const string NextGeneration = """
        with state as (
            insert into search_state (epoch, generation, next_doc, next_segment, changed, unfolded) values (@epoch, 1, 0, 0, case when @changes then 1 else 0 end, @orders)
            on conflict (one) do update set
                generation = search_state.generation + 1,
                changed = case when @changes then search_state.generation + 1 else search_state.changed end,
                unfolded = search_state.unfolded + @orders
            returning generation, next_doc, next_segment, folded, unfolded),
        orders as (insert into search_orders (generation, product_ids, counts) select generation, @ids, @counts from state where @orders > 0)
        select generation, next_doc, next_segment, folded, unfolded from state
        """;

    internal const string SaveState = "update search_state set next_doc = @doc, next_segment = @segment";
    internal const string Bury = "update search_docs set dead = true, generation = @generation where product_id = any (@ids) and not dead";
    internal const string CopyDocs = "copy search_docs (doc, product_id, generation, availability, offers) from stdin (format binary)";
    internal const string CopyPostings = "copy search_postings (term, segment, df, body) from stdin (format binary)";
    internal const string InsertSegment = """
        insert into search_segments (id, generation, docs, doc_numbers, product_ids, lengths, facet_counts, facet_values)
        values (@Id, @generation, @Docs, @DocNumbers, @ProductIds, @Lengths, @FacetCounts, @FacetValues)
        """;

    internal const string CountTerms = """
        update search_terms t set df = t.df + u.df from unnest(@terms::text[], @dfs::int[]) as u (term, df) where t.term = u.term returning t.term
        """;

    internal const string CopyTerms = "copy search_terms (term, df) from stdin (format binary)";
    internal const string CopyTypos = "copy search_typos (key, term) from stdin (format binary)";
    internal const string InsertFacets = "insert into search_facets (field, value) select * from unnest(@fields::text[], @values::text[]) returning id, field, value";
    internal const string SelectFacets = "select f.id, f.field, f.value from search_facets f join unnest(@fields::text[], @values::text[]) as u (field, value) on f.field = u.field and f.value = u.value";
    internal const string Touch = """
        update search_docs d set availability = u.availability, offers = u.offers, generation = @generation
          from unnest(@ids::uuid[], @availabilities::smallint[], @offers::text[]) as u (id, availability, offers)
         where d.product_id = u.id and not d.dead
        """;

    internal const string FoldOrders = """
        insert into search_popularity as p (product_id, score)
        select u.id, sum(u.count) from search_orders o cross join unnest(o.product_ids, o.counts) as u (id, count) where o.generation > @folded group by u.id order by u.id
        on conflict (product_id) do update set score = p.score + excluded.score
        """;

    internal const string DropFolded = "delete from search_orders where generation <= @folded";
    internal const string SaveFolded = "update search_state set kept = folded, folded = generation, unfolded = 0";
    internal const string SelectCategories = "select c.id, c.translations from catalog.categories c where c.id = any (@ids)";
    internal const string SelectPaths = "select category_id, ancestor_id from catalog.category_paths where category_id = any (@ids)";

    /// <summary>Documents of one segment at the most as it is first written.</summary>
    internal const int SegmentDocs = 8192;

    // Products that are in memory at once.
    private const int ReadAtOnce = 500;

    /// <summary>Pages of orders that are counted at once: a popular product is written once for all of them.</summary>
    internal const int FoldAfter = 256;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly long _generation;
    private readonly Dictionary<(string Field, string Value), int> _facets = [];
    private readonly Dictionary<Guid, (string[] Names, Guid[] Paths)> _categories = [];
    private int _nextDoc;
    private int _nextSegment;

    private IndexWriter(NpgsqlConnection connection, NpgsqlTransaction transaction, long generation, int nextDoc, int nextSegment)
    {
        _connection = connection;
        _transaction = transaction;
        _generation = generation;
        _nextDoc = nextDoc;
        _nextSegment = nextSegment;
    }

    /// <summary>
    /// Begins the next generation with the orders of a page: one statement, and the only one of a page that has nothing else. The state's row is locked from
    /// here on, so two writers cannot meet.
    /// </summary>
    public static async Task<IndexWriter> OpenAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, SortedDictionary<Guid, int> ordered, bool changes, CancellationToken cancellationToken)
    {
        var orders = ordered.Count > 0 ? 1 : 0;
        var (generation, doc, segment, folded, unfolded) = await connection.QuerySingleAsync<(long Generation, int NextDoc, int NextSegment, long Folded, int Unfolded)>(new CommandDefinition(
            NextGeneration,
            new { epoch = Identifiers.Next(), changes, orders, ids = ordered.Keys.ToArray(), counts = ordered.Values.ToArray() },
            transaction,
            cancellationToken: cancellationToken));
        var writer = new IndexWriter(connection, transaction, generation, doc, segment);
        if (unfolded >= FoldAfter)
        {
            // What was folded before goes; what is folded now stays for hosts that have not seen it.
            await writer.ExecuteAsync(FoldOrders, new { folded }, cancellationToken);
            await writer.ExecuteAsync(DropFolded, new { folded }, cancellationToken);
            await writer.ExecuteAsync(SaveFolded, new { }, cancellationToken);
        }

        return writer;
    }

    /// <summary>Indexes products anew as one segment; those that are gone or not active leave the index.</summary>
    /// <param name="ids">At most <see cref="SegmentDocs"/>, ascending.</param>
    /// <param name="read">Reads some of them.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task IndexAsync(Guid[] ids, Func<Guid[], Task<List<IndexedProduct>>> read, CancellationToken cancellationToken)
    {
        await ExecuteAsync(Bury, new { ids, generation = _generation }, cancellationToken);
        var segment = new SegmentBuilder();
        var terms = new SegmentTerms();
        foreach (var some in ids.Chunk(ReadAtOnce))
        {
            var active = (await read(some)).Where(product => product.IsActive).OrderBy(product => product.Product.Id).ToList();
            if (active.Count > 0)
            {
                await AddProductsAsync(active, segment, terms, cancellationToken);
            }
        }

        if (segment.Count > 0)
        {
            var ordered = terms.Ordered();
            var id = await AddSegmentAsync(segment, cancellationToken);
            await AddPostingsAsync(id, terms.Encode(ordered), cancellationToken);
            await AddVocabularyAsync(ordered.FindAll(term => term.Term[0] > Grams.Initial), cancellationToken);
        }
    }

    private async Task AddProductsAsync(List<IndexedProduct> active, SegmentBuilder segment, SegmentTerms terms, CancellationToken cancellationToken)
    {
        await LearnCategoriesAsync(active.SelectMany(product => product.Product.CategoryIds), cancellationToken);
        var facets = active.ConvertAll(product => product.Facets(product.Product.CategoryIds.SelectMany(id => _categories[id].Paths).Distinct()).ToList());
        await LearnFacetsAsync([.. facets.SelectMany(of => of).Where(facet => !_facets.ContainsKey(facet)).Distinct()], cancellationToken);
        await CopyDocsAsync(active, _nextDoc, cancellationToken);
        for (var i = 0; i < active.Count; i++)
        {
            var product = active[i];
            var text = product.Text(product.Product.CategoryIds.SelectMany(id => _categories[id].Names));
            var place = segment.Add(_nextDoc++, product.Product.Id, text.Lengths, [.. facets[i].Select(facet => _facets[facet]).Order()]);
            foreach (var (term, counts) in text.Terms)
            {
                terms.Add(term, place, counts);
            }
        }
    }

    /// <summary>Prices and stock of products whose words stay.</summary>
    public Task TouchAsync(List<IndexedProduct> products, CancellationToken cancellationToken) => ExecuteAsync(
        Touch,
        new
        {
            generation = _generation,
            ids = products.Select(product => product.Product.Id).ToArray(),
            availabilities = products.Select(product => product.Availability).ToArray(),
            offers = products.Select(product => product.Offers).ToArray(),
        },
        cancellationToken);

    /// <summary>Joins small segments and keeps the state.</summary>
    public async Task MergeAsync(CancellationToken cancellationToken)
    {
        await new SegmentMerge(_connection, _transaction, this).RunAsync(cancellationToken);
        await ExecuteAsync(SaveState, new { doc = _nextDoc, segment = _nextSegment }, cancellationToken);
    }

    /// <summary>Adds the columns of a segment and says its number.</summary>
    internal async Task<int> AddSegmentAsync(SegmentBuilder segment, CancellationToken cancellationToken)
    {
        var row = segment.ToRow(_nextSegment++);
        await ExecuteAsync(
            InsertSegment, new { row.Id, generation = _generation, row.Docs, row.DocNumbers, row.ProductIds, row.Lengths, row.FacetCounts, row.FacetValues }, cancellationToken);
        return row.Id;
    }

    /// <summary>Adds postings of a segment, each written before the next is asked for.</summary>
    internal async Task AddPostingsAsync(int segment, IEnumerable<(string Term, int Df, ReadOnlyMemory<byte> Body)> postings, CancellationToken cancellationToken)
    {
        await using var copy = await _connection.BeginBinaryImportAsync(CopyPostings, cancellationToken);
        foreach (var (term, df, body) in postings)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(term, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(segment, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(df, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(body, NpgsqlDbType.Bytea, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private async Task CopyDocsAsync(List<IndexedProduct> products, int first, CancellationToken cancellationToken)
    {
        await using var copy = await _connection.BeginBinaryImportAsync(CopyDocs, cancellationToken);
        foreach (var product in products)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(first++, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(product.Product.Id, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(_generation, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(product.Availability, NpgsqlDbType.Smallint, cancellationToken);
            await copy.WriteAsync(product.Offers, NpgsqlDbType.Text, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    // Nobody takes a word out again, and one transaction at a time writes: what is not counted is new, and so are its rests.
    private async Task AddVocabularyAsync(List<(string Term, int Df)> terms, CancellationToken cancellationToken)
    {
        var known = (await _connection.QueryAsync<string>(new CommandDefinition(
            CountTerms, new { terms = terms.Select(term => term.Term).ToArray(), dfs = terms.Select(term => term.Df).ToArray() }, _transaction, cancellationToken: cancellationToken)))
            .ToHashSet(StringComparer.Ordinal);
        var fresh = terms.FindAll(term => !known.Contains(term.Term));
        await using (var copy = await _connection.BeginBinaryImportAsync(CopyTerms, cancellationToken))
        {
            foreach (var (term, df) in fresh)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(term, NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync(df, NpgsqlDbType.Integer, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        var typos = fresh.Where(term => Typos.Covers(term.Term)).SelectMany(term => Typos.Keys(term.Term).Select(key => (Key: key, term.Term))).ToList();
        typos.Sort(static (left, right) => left.Key.CompareTo(right.Key));
        await using (var copy = await _connection.BeginBinaryImportAsync(CopyTypos, cancellationToken))
        {
            foreach (var (key, term) in typos)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(key, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(term, NpgsqlDbType.Text, cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }
    }

    private async Task LearnFacetsAsync(List<(string Field, string Value)> unknown, CancellationToken cancellationToken)
    {
        if (unknown.Count == 0)
        {
            return;
        }

        await LearnAsync(SelectFacets, unknown);
        // Nobody else writes them: what is not there is new.
        if (unknown.FindAll(facet => !_facets.ContainsKey(facet)) is { Count: > 0 } missing)
        {
            await LearnAsync(InsertFacets, missing);
        }

        async Task LearnAsync(string statement, List<(string Field, string Value)> facets)
        {
            var parameters = new { fields = facets.Select(facet => facet.Field).ToArray(), values = facets.Select(facet => facet.Value).ToArray() };
            foreach (var (id, field, value) in await _connection.QueryAsync<(int Id, string Field, string Value)>(new CommandDefinition(statement, parameters, _transaction, cancellationToken: cancellationToken)))
            {
                _facets[(field, value)] = id;
            }
        }
    }

    private async Task LearnCategoriesAsync(IEnumerable<Guid> categories, CancellationToken cancellationToken)
    {
        var ids = categories.Where(id => !_categories.ContainsKey(id)).Distinct().ToArray();
        if (ids.Length == 0)
        {
            return;
        }

        var names = await _connection.QueryAsync<(Guid Id, string Translations)>(new CommandDefinition(SelectCategories, new { ids }, _transaction, cancellationToken: cancellationToken));
        var paths = await _connection.QueryAsync<(Guid Id, Guid Ancestor)>(new CommandDefinition(SelectPaths, new { ids }, _transaction, cancellationToken: cancellationToken));
        var namesById = names.ToLookup(row => row.Id, row => JsonSerializer.Deserialize(row.Translations, CategoryJson.Default.IReadOnlyDictionaryStringProductText)!.Values.Select(text => text.Name));
        var pathsById = paths.ToLookup(row => row.Id, row => row.Ancestor);
        foreach (var id in ids)
        {
            _categories[id] = ([.. namesById[id].SelectMany(of => of)], [.. pathsById[id]]);
        }
    }

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken) =>
        _connection.ExecuteAsync(new CommandDefinition(sql, parameters, _transaction, cancellationToken: cancellationToken));
}
