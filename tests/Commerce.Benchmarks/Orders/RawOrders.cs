using System.Globalization;
using System.Text;
using Commerce.Benchmarks.Harness;
using Npgsql;

namespace Commerce.Benchmarks.Orders;

/// <summary>
/// The yardstick of the order benchmarks: the same order as one raw-SQL transaction over plain tables, by pgbench. It takes the stock rows in one order of
/// ids, refuses to sell what is not there, prices from the table, and keeps order, lines, events and the answer under its key. All statements go out in
/// one pipeline, so a transaction is one round trip. What makes it quick is allowed; it has no foreign keys and no more indexes than it needs.
/// </summary>
public sealed class RawOrders(string connectionString)
{
    private const string Schema = """
        create schema bench;
        create table bench.stock (
            id integer primary key, sku text not null, name text not null, price numeric(12, 2) not null,
            available integer not null check (available >= 0), version bigint not null) with (fillfactor = 80);
        create table bench.orders (
            id bigint primary key, number text not null, email text, status text not null, total numeric(12, 2) not null, placed_at timestamptz not null, document jsonb not null);
        create table bench.order_lines (
            order_id bigint, stock_id integer, quantity integer not null, price numeric(12, 2) not null, primary key (order_id, stock_id));
        create table bench.events (
            seq bigint generated always as identity primary key, stream text not null, version bigint not null, type text not null, data jsonb not null, at timestamptz not null,
            unique (stream, version));
        create table bench.idempotency (
            key text primary key, request_hash bytea not null, status integer not null, body jsonb not null, at timestamptz not null);
        create sequence bench.order_ids;
        """;

    private const string Address = """{"name":"Kim Min-ji","line1":"12 Sejong-daero","city":"Seoul","postalCode":"04524","country":"KR"}""";

    /// <summary>The order of 1 to 3 lines, each as often.</summary>
    public static IReadOnlyList<(string Script, int Weight)> Uniform(bool pipelined) =>
        [(Order(1, pipelined, hot: false), 1), (Order(2, pipelined, hot: false), 1), (Order(3, pipelined, hot: false), 1)];

    /// <summary>Everybody buys the one SKU; every fifth transaction finds the answer of the one before under its key.</summary>
    public static IReadOnlyList<(string Script, int Weight)> Hot(bool pipelined) =>
        [(Order(1, pipelined, hot: true), 4), ("select status, body from bench.idempotency where key = :key;\n", 1)];

    public async Task CreateAsync(int products, int stock)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var create = source.CreateCommand(Schema);
        await create.ExecuteNonQueryAsync();
        var rows = new StringBuilder("insert into bench.stock values ");
        for (var number = 1; number <= products; number++)
        {
            rows.Append(CultureInfo.InvariantCulture, $"{(number > 1 ? "," : "")}({number}, '{Shop.Sku(number)}', 'Product {number} of the benchmark', {Shop.Cents(number) / 100m}, {stock}, 1)");
        }

        await using var fill = source.CreateCommand(rows.ToString());
        await fill.ExecuteNonQueryAsync();
        await using var vacuum = source.CreateCommand("vacuum analyze bench.stock");
        await vacuum.ExecuteNonQueryAsync();
    }

    /// <summary>Sets the stock of all SKUs.</summary>
    public async Task<long> SoldAsync(int product, int stock)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("select $2 - available from bench.stock where id = $1");
        command.Parameters.AddWithValue(product);
        command.Parameters.AddWithValue(stock);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private static string Order(int lines, bool pipelined, bool hot)
    {
        var wanted = string.Join(", ", Enumerable.Range(1, lines).Select(line => $"(:s{line}::int, :q::int)"));
        var ids = string.Join(", ", Enumerable.Range(1, lines).Select(line => $":s{line}"));
        var script = new StringBuilder();
        // Different SKUs: the second and third lie a third of the range behind the one before.
        script.AppendLine(hot ? "\\set s1 1" : "\\set s1 random(1, :products)");
        script.AppendLine(hot ? "\\set q 1" : "\\set q random(1, 3)");
        for (var line = 2; line <= lines; line++)
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"\\set s{line} (:s{line - 1} + random(0, :products / 3 - 1)) % :products + 1");
        }

        script.AppendLine("\\set key random(1, 9000000000000000000)");
        script.AppendLine(pipelined ? "\\startpipeline" : "");
        script.AppendLine("begin;");
        if (lines > 1)
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"select 1 from bench.stock where id in ({ids}) order by id for update;");
        }

        // The stock rows and their events in one statement: the version that an event gets is the one that its row got.
        script.AppendLine(CultureInfo.InvariantCulture, $$"""
            with wanted (id, quantity) as (values {{wanted}}),
            taken as (
                update bench.stock s set available = s.available - w.quantity, version = s.version + 1 from wanted w where s.id = w.id
                returning s.sku, s.version, s.available, w.quantity)
            insert into bench.events (stream, version, type, data, at)
            select 'stock-' || sku, version, 'stock_allocated',
                   jsonb_build_object('sku', sku, 'quantity', quantity, 'location', 'main', 'available', available, 'order', :key::text), now()
              from taken;
            """);
        script.AppendLine(CultureInfo.InvariantCulture, $$"""
            with wanted (id, quantity) as (values {{wanted}}),
            priced as (
                select sum(s.price * w.quantity) as total,
                       jsonb_agg(jsonb_build_object('sku', s.sku, 'name', s.name, 'quantity', w.quantity, 'unitPrice', s.price, 'total', s.price * w.quantity)) as lines
                  from bench.stock s join wanted w on w.id = s.id)
            insert into bench.orders
            select nextval('bench.order_ids'), 'N' || :key::text, 'kim@example.com', 'placed', total, now(),
                   jsonb_build_object('number', 'N' || :key::text, 'status', 'placed', 'lines', lines, 'total', total, 'email', 'kim@example.com',
                                      'shippingAddress', '{{Address}}'::jsonb, 'payment', 'pending')
              from priced;
            """);
        script.AppendLine(CultureInfo.InvariantCulture, $"""
            with wanted (id, quantity) as (values {wanted})
            insert into bench.order_lines select currval('bench.order_ids'), s.id, w.quantity, s.price from bench.stock s join wanted w on w.id = s.id;
            insert into bench.events (stream, version, type, data, at)
            select 'order-' || id, 1, 'order_placed', document, placed_at from bench.orders where id = currval('bench.order_ids');
            insert into bench.idempotency
            select :key::text, sha256(document::text::bytea), 201, document, now() from bench.orders where id = currval('bench.order_ids');
            commit;
            """);
        script.AppendLine(pipelined ? "\\endpipeline" : "");
        return script.ToString().Replace(":key::text", ":key", StringComparison.Ordinal).Replace(":key", ":key::text", StringComparison.Ordinal);
    }
}
