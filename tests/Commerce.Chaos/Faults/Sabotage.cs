using Commerce.Chaos.Load;
using Commerce.Chaos.Servers;

namespace Commerce.Chaos.Faults;

/// <summary>Plants by SQL what the shop itself must never do, so that a run shows that it would have been found.</summary>
internal static class Sabotage
{
    public const string Oversell = "oversell";
    public const string LostEvent = "lost-event";
    public const string DoubleApply = "double-apply";

    public static readonly string[] Kinds = [Oversell, LostEvent, DoubleApply];

    // Consistent in itself, so that nothing but the missing units gives it away.
    private const string Allocate = """
        with stock as (
            select s.id, s.version, e.data -> 'after' as after
              from events.mt_streams s join events.mt_events e on e.stream_id = s.id and e.version = s.version
             where s.id = (select stream_id from events.mt_events where type = 'stock_received' and data ->> 'sku' = $1 limit 1)
               for update of s),
        moved as (update events.mt_streams s set version = s.version + 1 from stock where s.id = stock.id)
        insert into events.mt_events (seq_id, id, stream_id, version, type, data)
        select nextval('events.mt_events_sequence'), gen_random_uuid(), id, version + 1, 'stock_allocated', jsonb_build_object(
               'sku', $1::text, 'orderId', gen_random_uuid(), 'backordered', 0,
               'picks', jsonb_build_array(jsonb_build_object('location', 'main', 'quantity', (after ->> 'onHand')::int + 1000)),
               'after', jsonb_build_object('onHand', (after ->> 'onHand')::int, 'reserved', (after ->> 'reserved')::int + (after ->> 'onHand')::int + 1000, 'availability', 'outOfStock'))
          from stock
        returning stream_id::text || ' version ' || version
        """;

    private const string Repeat = """
        with stock as (
            select s.id, s.version from events.mt_streams s
             where s.id = (select stream_id from events.mt_events where type = 'stock_received' and data ->> 'sku' = $1 limit 1)
               for update),
        moved as (update events.mt_streams s set version = s.version + 1 from stock where s.id = stock.id)
        insert into events.mt_events (seq_id, id, stream_id, version, type, data, mt_dotnet_type, correlation_id, causation_id, user_name)
        select nextval('events.mt_events_sequence'), gen_random_uuid(), e.stream_id, stock.version + 1, e.type, e.data, e.mt_dotnet_type, e.correlation_id, e.causation_id, e.user_name
          from stock, lateral (select * from events.mt_events m where m.stream_id = stock.id and m.type = 'stock_allocated' order by m.version desc limit 1) e
        returning stream_id::text || ' version ' || version
        """;

    private const string Lose = """
        with gone as (delete from events.mt_events where stream_id = $1 returning stream_id, version),
             stream as (delete from events.mt_streams where id = $1)
        select stream_id::text || ' version ' || version from gone
        """;

    /// <summary>Plants it, as soon as the database lets us.</summary>
    /// <returns>What was done.</returns>
    public static async Task<string> PlantAsync(string kind, ChaosDatabase database, Journal journal, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                object target = kind == LostEvent ? journal.Orders.First(order => order.Cancelled is null).Id : ShopLoad.Hot(0);
                var sql = kind switch { Oversell => Allocate, DoubleApply => Repeat, _ => Lose };
                if (await database.QueryAsync(sql, reader => reader.GetString(0), cancellationToken, target) is [var done, ..])
                {
                    journal.Write("sabotage", new { kind, done });
                    return done;
                }
            }
            catch (Exception away) when (away is Npgsql.NpgsqlException or InvalidOperationException)
            {
                // The storm goes on around us.
            }

            await Task.Delay(200, cancellationToken);
        }
    }
}
