using System.Diagnostics;
using System.Globalization;
using System.Text;
using Commerce.Benchmarks.Harness;
using Commerce.Benchmarks.Orders;
using Spectre.Console;

namespace Commerce.Benchmarks.Growth;

/// <summary>
/// A long past, cheaply: some thousand real orders are placed through the API, then copied by SQL as often as it takes, with ids of their own, versions
/// and balances of their SKUs carried on, and every row that the originals have in the read models.
/// </summary>
public static class History
{
    private const int Connections = 64;
    private const long MsPerDay = 86_400_000;

    private const string Prepare = """
        create schema if not exists bench;
        create function bench.shifted(id uuid, ms bigint) returns uuid language sql immutable parallel safe as $$
            select (lpad(to_hex(('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint - ms), 12, '0') || substr(replace(id::text, '-', ''), 13))::uuid $$;
        create table bench.placed as
            select e.* from events.mt_events e where e.type = 'order_placed';
        create table bench.allocated as
            select e.*, (e.data #>> '{after,reserved}')::int as reserved,
                   count(*) over streams as times, max((e.data #>> '{after,reserved}')::int) over streams as total
              from events.mt_events e where e.type = 'stock_allocated' window streams as (partition by e.stream_id);
        create table bench.rows as select * from orders.orders;
        create table bench.lines as select * from orders.order_lines;
        create table bench.answers as select * from events.commerce_idempotency where key like 'template-%';
        analyze bench.placed, bench.allocated, bench.rows, bench.lines, bench.answers;
        """;

    // {0}: which copy. Each lies a day before the one after it.
    private static readonly CompositeFormat Copy = CompositeFormat.Parse("""
        set local session_replication_role = replica;
        set local synchronous_commit = off;
        insert into events.mt_streams (id, type, version, timestamp, created)
            select bench.shifted(stream_id, {1}), 'order', 1, timestamp - {0} * interval '1 day', timestamp - {0} * interval '1 day' from bench.placed;
        insert into events.mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers, user_name)
            select nextval('events.mt_events_sequence'), bench.shifted(id, {1}), stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id || '-{0}', headers, user_name
            from (
                select seq_id, id, bench.shifted(stream_id, {1}) as stream_id, 1 as version, jsonb_set(data, '{{number}}', to_jsonb((data ->> 'number') || '-{0}')) as data,
                       type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers, user_name from bench.placed
                union all
                select seq_id, id, stream_id, version + times * {0},
                       jsonb_set(jsonb_set(data, '{{orderId}}', to_jsonb(bench.shifted((data ->> 'orderId')::uuid, {1}))), '{{after,reserved}}', to_jsonb(reserved + total * {0})),
                       type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers, user_name from bench.allocated
                order by seq_id) e;
        insert into orders.orders (id, number, customer_id, access_hash, status, placed_at, version, document)
            select bench.shifted(id, {1}), number || '-{0}', customer_id, access_hash, status, placed_at - {0} * interval '1 day', version,
                   convert_to(replace(replace(convert_from(document, 'UTF8'), id::text, bench.shifted(id, {1})::text), number, number || '-{0}'), 'UTF8') from bench.rows;
        insert into orders.order_lines (sku, placed_at, order_id, quantity)
            select sku, placed_at - {0} * interval '1 day', bench.shifted(order_id, {1}), quantity from bench.lines;
        insert into events.commerce_idempotency (id, caller, key, request_hash, status, content_type, headers, body, causation_id)
            select md5(id::text || '-{0}')::uuid, caller, key || '-{0}', request_hash, status, content_type, headers, body, causation_id || '-{0}' from bench.answers;
        """);

    // {0}: how many copies there are.
    private static readonly CompositeFormat Finish = CompositeFormat.Parse("""
        update events.mt_streams s set version = s.version + a.times * {0} from (select distinct stream_id, times from bench.allocated) a where s.id = a.stream_id;
        update inventory.stock_levels l set version = l.version + a.times * {0}, reserved = l.reserved + a.total * {0}
          from (select distinct data ->> 'sku' as sku, times, total from bench.allocated) a where l.sku = a.sku;
        update events.commerce_progression set tx = (select max(commerce_tx) from events.mt_events), seq = (select max(seq_id) from events.mt_events);
        drop table bench.placed, bench.allocated, bench.rows, bench.lines, bench.answers;
        """);

    /// <summary>Fills a fresh database with products, stock and about so many events; no Host runs on it afterwards.</summary>
    public static async Task FillAsync(BenchOptions options, BenchDatabase database, int products, long events)
    {
        var watch = Stopwatch.StartNew();
        await using (var host = await HostProcess.StartAsync(options.Root, database.ConnectionString, null))
        {
            await OrderBench.SeedAsync(host, products);
            using var load = new HttpLoad(host.Port, Connections);
            // Every copy costs the same, so few large ones are as good as many small ones; small shops need few originals.
            var wanted = Math.Min(20_000, events / 8);
            var traffic = new OrderTraffic("template", Connections, products);
            while (traffic.Placed < wanted)
            {
                await load.RunAsync(TimeSpan.FromSeconds(1), traffic);
            }

            OrderBench.Require(load);
        }

        var before = await database.AskAsync("select count(*) from events.mt_events");
        await database.ExecuteAsync(Prepare);
        var each = await database.AskAsync("select (select count(*) from bench.placed) + (select count(*) from bench.allocated)");
        var copies = (int)Math.Max(0, (events - before + each - 1) / each);
        for (var copy = 1; copy <= copies; copy++)
        {
            await database.ExecuteAsync(string.Format(CultureInfo.InvariantCulture, Copy, copy, copy * MsPerDay));
        }

        await database.ExecuteAsync(string.Format(CultureInfo.InvariantCulture, Finish, copies));
        await database.ExecuteAsync("vacuum analyze");
        await database.ExecuteAsync("checkpoint");
        AnsiConsole.WriteLine($"  {await database.AskAsync("select count(*) from events.mt_events"):N0} events after {watch.Elapsed.TotalSeconds:N0} s");
    }
}
