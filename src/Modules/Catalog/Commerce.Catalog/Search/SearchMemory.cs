using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Commerce.Catalog.Search;

/// <summary>
/// What this host remembers of the index: the columns of all segments, the values that change, and postings of late. Each query says which
/// generation it needs, so that what is remembered is never older than what is committed.
/// </summary>
internal sealed class SearchMemory(ModuleDatabase<CatalogDatabase> database, IOptions<CatalogOptions> options) : IDisposable
{
    internal const string SelectGeneration = "select epoch, generation, changed, folded, kept from catalog.search_state";
    internal const string SelectSynonyms = "select asked, words from catalog.search_synonyms order by id";
    internal const string SelectStopWords = "select word from catalog.search_stop_words";
    internal const string SelectThesaurus = "select version from catalog.search_thesaurus";
    internal const string SelectSegmentIds = "select id from catalog.search_segments order by id";
    internal const string SelectSegments = "select id, docs, doc_numbers, product_ids, lengths, facet_counts, facet_values from catalog.search_segments where id = any (@ids) order by id";
    internal const string SelectAllLive = """
        select d.doc, d.product_id, d.dead, d.availability, coalesce(p.score, 0) as popularity, d.offers
          from catalog.search_docs d left join catalog.search_popularity p on p.product_id = d.product_id where not d.dead order by d.doc
        """;

    internal const string SelectLive = """
        select d.doc, d.product_id, d.dead, d.availability, coalesce((select p.score from catalog.search_popularity p where p.product_id = d.product_id), 0) as popularity, d.offers
          from catalog.search_docs d where d.generation > @generation order by d.generation, d.doc
        """;

    internal const string SelectFacets = "select id, field from catalog.search_facets where id > @id order by id";

    // The picture is taken by the first statement after this one. A rebuild that puts new tables in place waits until the picture was read, or is over before it is
    // taken: one taken while it waits for the tables would show the new ones as they were before they were filled.
    private static readonly string HoldTables = $"lock table {string.Join(", ", SearchProjection.IndexTables)} in access share mode";

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly UncountedOrders _orders = new();
    private volatile SearchSnapshot _snapshot = SearchSnapshot.Empty;
    private volatile FacetNames _names = FacetNames.None;
    private volatile Thesaurus _thesaurus = Thesaurus.Empty;

    /// <summary>The postings of late.</summary>
    public PostingsCache Postings { get; } = new(options.Value.SearchPostingBytes);

    /// <summary>Facet values by number, at least those of the snapshot that was asked for before.</summary>
    public FacetNames Facets => _names;

    /// <summary>The index and what staff say of words, at least as of a state.</summary>
    public async Task<(SearchSnapshot Snapshot, Thesaurus Thesaurus)> NowAsync(SearchState state, CancellationToken cancellationToken)
    {
        var thesaurus = _thesaurus.Version >= state.Words ? _thesaurus : await ThesaurusAsync(cancellationToken);
        var known = _snapshot;
        return state.Epoch == Guid.Empty ? (SearchSnapshot.Empty, thesaurus)
            : known.Epoch == state.Epoch && known.Generation >= state.Generation ? (known, thesaurus)
            : (await CatchUpAsync(cancellationToken), thesaurus);
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    private async Task<Thesaurus> ThesaurusAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var version = await connection.ExecuteScalarAsync<long>(new CommandDefinition(SelectThesaurus, transaction: transaction, cancellationToken: cancellationToken));
        var synonyms = await connection.QueryAsync<SynonymRow>(new CommandDefinition(SelectSynonyms, transaction: transaction, cancellationToken: cancellationToken));
        var stops = await connection.QueryAsync<string>(new CommandDefinition(SelectStopWords, transaction: transaction, cancellationToken: cancellationToken));
        return _thesaurus = new Thesaurus(version, synonyms, stops);
    }

    private async Task<SearchSnapshot> CatchUpAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            // One picture of all tables, whatever is committed meanwhile.
            await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
            await connection.ExecuteAsync(new CommandDefinition(HoldTables, transaction: transaction, cancellationToken: cancellationToken));
            var now = await connection.QuerySingleAsync<IndexState>(new CommandDefinition(SelectGeneration, transaction: transaction, cancellationToken: cancellationToken));
            var known = _snapshot;
            if (known.Epoch == now.Epoch && known.Generation >= now.Generation)
            {
                return known;
            }

            if (known.Epoch != now.Epoch || known.Generation < now.Kept)
            {
                // Another index, or orders were counted that this host has not seen.
                _names = known.Epoch == now.Epoch ? _names : FacetNames.None;
                known = SearchSnapshot.Empty with { Live = new LiveColumns() };
                _orders.Clear();
                Postings.Clear();
            }

            var segments = await SegmentsAsync(connection, transaction, known, cancellationToken);
            await _orders.CatchUpAsync(connection, transaction, now, known, cancellationToken);
            var live = known.Generation == 0
                ? connection.QueryUnbufferedAsync<LiveRow>(SelectAllLive, transaction: transaction)
                : connection.QueryUnbufferedAsync<LiveRow>(SelectLive, new { generation = known.Generation }, transaction);
            await foreach (var row in live.WithCancellation(cancellationToken))
            {
                known.Live.Apply(row with { Popularity = row.Popularity + _orders.Of(row.ProductId) });
                if (row.Dead)
                {
                    Bury(segments, row.Doc);
                }
            }

            foreach (var segment in segments.Except(known.Segments))
            {
                BuryAbsent(segment, known.Live);
            }

            await ReadFacetsAsync(connection, transaction, cancellationToken);
            Postings.Keep(segments);
            var sameSegments = segments.Count == known.Segments.Count && segments.SequenceEqual(known.Segments);
            return _snapshot = sameSegments
                ? known with { Epoch = now.Epoch, Generation = now.Generation, Changed = now.Changed }
                : new SearchSnapshot(now.Epoch, now.Generation, segments, known.Live, SearchStatistics.Of(segments), new KnownWords()) { Changed = now.Changed };
        }
        finally
        {
            _gate.Release();
        }
    }

    private static async Task<List<Segment>> SegmentsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, SearchSnapshot known, CancellationToken cancellationToken)
    {
        var ids = (await connection.QueryAsync<int>(new CommandDefinition(SelectSegmentIds, transaction: transaction, cancellationToken: cancellationToken))).AsList();
        var byId = known.Segments.ToDictionary(segment => segment.Id);
        var fresh = ids.Where(id => !byId.ContainsKey(id)).ToArray();
        if (fresh.Length > 0)
        {
            // One after the other: all at once they would be twice what is kept.
            await foreach (var row in connection.QueryUnbufferedAsync<SegmentRow>(SelectSegments, new { ids = fresh }, transaction).WithCancellation(cancellationToken))
            {
                byId[row.Id] = Segment.Read(row);
            }
        }

        return [.. ids.Select(id => byId[id])];
    }

    private async Task ReadFacetsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        _names = await _names.WithAsync(connection.QueryUnbufferedAsync<(int Id, string Field)>(SelectFacets, new { id = _names.Last }, transaction), cancellationToken);
    }

    private static void Bury(List<Segment> segments, int document)
    {
        foreach (var segment in segments)
        {
            if (segment.PlaceOf(document) is >= 0 and var place)
            {
                segment.Living.Bury(place);
            }
        }
    }

    private static void BuryAbsent(Segment segment, LiveColumns live)
    {
        for (var place = 0; place < segment.Count; place++)
        {
            if (!live.Lives(segment.DocumentOf(place)))
            {
                segment.Living.Bury(place);
            }
        }
    }
}

/// <summary>What a search stands on.</summary>
/// <param name="Epoch">The index; the empty one while there is none.</param>
/// <param name="Generation">Its last change.</param>
/// <param name="Changed">Its last change that was more than orders.</param>
/// <param name="Words">The version of what staff say of words.</param>
internal readonly record struct SearchState(Guid Epoch, long Generation, long Changed, long Words);

/// <summary>The row of <c>search_state</c>, as catching up needs it.</summary>
internal readonly record struct IndexState(Guid Epoch, long Generation, long Changed, long Folded, long Kept);
