using Dapper;
using Npgsql;

namespace Commerce.Catalog.Search;

/// <summary>Orders of late that <c>search_popularity</c> does not count yet: what they add to the popularity of each product. Used by one caller at a time.</summary>
internal sealed class UncountedOrders
{
    internal const string Select = """
        select o.generation, u.id, u.count from catalog.search_orders o cross join unnest(o.product_ids, o.counts) as u (id, count) where o.generation > @after
        """;

    private readonly Dictionary<Guid, int> _orders = [];
    private long _folded;

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        _orders.Clear();
        _folded = 0;
    }

    /// <summary>The orders of a product beyond those that are counted.</summary>
    public int Of(Guid product) => _orders.GetValueOrDefault(product);

    /// <summary>Takes over what came since a snapshot, and adds it to the documents that the snapshot has.</summary>
    public async Task CatchUpAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IndexState now, SearchSnapshot known, CancellationToken cancellationToken)
    {
        var after = known.Generation;
        if (_folded != now.Folded)
        {
            _orders.Clear();
            _folded = now.Folded;
            after = known.Generation == 0 ? _folded : Math.Min(after, _folded);
        }

        foreach (var (generation, product, count) in await connection.QueryAsync<(long, Guid, int)>(new CommandDefinition(Select, new { after }, transaction, cancellationToken: cancellationToken)))
        {
            if (generation > now.Folded)
            {
                _orders[product] = _orders.GetValueOrDefault(product) + count;
            }

            if (generation > known.Generation && known.DocumentOf(product) is { } document)
            {
                known.Live.AddPopularity(document, count);
            }
        }
    }
}
