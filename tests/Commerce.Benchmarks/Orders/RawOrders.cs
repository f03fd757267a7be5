using System.Globalization;
using System.Text;
using Commerce.Benchmarks.Harness;
using Npgsql;

namespace Commerce.Benchmarks.Orders;

/// <summary>
/// The yardstick of the order benchmarks: the same order as one raw-SQL transaction over plain tables, by pgbench. It takes the stock rows in one order of
/// ids, refuses to sell what is not there, prices from the table, and keeps order, lines, events and the answer under its key. What makes it quick is
/// allowed: no foreign keys, no more indexes than it needs, and of the ways to send it the one that is the quickest on this machine.
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

    private const string Lines = "jsonb_agg(jsonb_build_object('sku', sku, 'name', name, 'quantity', quantity, 'unitPrice', price, 'total', price * quantity))";
    private const string Allocation = "jsonb_build_object('sku', sku, 'quantity', quantity, 'location', 'main', 'available', available, 'order', :key::text)";

    /// <summary>The order of 1 to 3 lines, each as often.</summary>
    public static IReadOnlyList<(string Script, int Weight)> Uniform(RawStyle style) =>
        [(Order(1, style, hot: false), 1), (Order(2, style, hot: false), 1), (Order(3, style, hot: false), 1)];

    /// <summary>Everybody buys the one SKU; every fifth transaction finds the answer of the one before under its key.</summary>
    public static IReadOnlyList<(string Script, int Weight)> Hot(RawStyle style) =>
        [(Order(1, style, hot: true), 4), ("select status, body from bench.idempotency where key = :key::text;\n", 1)];

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

    /// <summary>Units of a SKU that the yardstick sold.</summary>
    public async Task<long> SoldAsync(int product, int stock)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("select $2 - available from bench.stock where id = $1");
        command.Parameters.AddWithValue(product);
        command.Parameters.AddWithValue(stock);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private static string Order(int lines, RawStyle style, bool hot)
    {
        var script = new StringBuilder();
        // Different SKUs: the second and third lie up to a third of the range behind the one before.
        script.AppendLine(hot ? "\\set s1 1" : "\\set s1 random(1, :products)");
        script.AppendLine(hot ? "\\set q 1" : "\\set q random(1, 3)");
        for (var line = 2; line <= lines; line++)
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"\\set s{line} (:s{line - 1} + random(0, :products / 3 - 1)) % :products + 1");
        }

        script.AppendLine("\\set key random(1, 9000000000000000000)");
        script.Append(style switch
        {
            RawStyle.Single => Single(lines),
            RawStyle.Statements => Statements(lines),
            RawStyle.Pipeline => $"\\startpipeline\n{Statements(lines)}\\endpipeline\n",
            _ => throw new ArgumentOutOfRangeException(nameof(style)),
        });
        return script.ToString();
    }

    private static string Wanted(int lines) => string.Join(", ", Enumerable.Range(1, lines).Select(line => $"(:s{line}::int, :q::int)"));

    private static string Lock(int lines) =>
        $"select id from bench.stock where id in ({string.Join(", ", Enumerable.Range(1, lines).Select(line => $":s{line}"))}) order by id for update";

    /// <summary>The whole order as one statement, which is its own transaction: nothing is read twice, nothing waits for the client.</summary>
    private static string Single(int lines) => $$"""
        with wanted (id, quantity) as (values {{Wanted(lines)}}),
        {{(lines > 1 ? $"locked as materialized ({Lock(lines)})," : "")}}
        taken as (
            update bench.stock s set available = s.available - w.quantity, version = s.version + 1
              from wanted w {{(lines > 1 ? "join locked using (id)" : "")}} where s.id = w.id
            returning s.id, s.sku, s.name, s.price, s.version, s.available, w.quantity),
        placed as (
            insert into bench.orders
            select nextval('bench.order_ids'), 'N' || :key::text, 'kim@example.com', 'placed', sum(price * quantity), now(), {{Document("sum(price * quantity)", Lines)}}
              from taken
            returning id, document),
        lined as (insert into bench.order_lines select placed.id, taken.id, quantity, price from placed, taken),
        told as (
            insert into bench.events (stream, version, type, data, at)
            select 'order-' || id, 1, 'order_placed', document, now() from placed
            union all
            select 'stock-' || sku, version, 'stock_allocated', {{Allocation}}, now() from taken)
        insert into bench.idempotency select :key::text, sha256(document::text::bytea), 201, document, now() from placed;

        """;

    /// <summary>The same in the usual way, one statement for each table.</summary>
    private static string Statements(int lines) => $$"""
        begin;
        {{(lines > 1 ? Lock(lines) + ";" : "")}}
        with wanted (id, quantity) as (values {{Wanted(lines)}}),
        taken as (
            update bench.stock s set available = s.available - w.quantity, version = s.version + 1 from wanted w where s.id = w.id
            returning s.sku, s.version, s.available, w.quantity)
        insert into bench.events (stream, version, type, data, at) select 'stock-' || sku, version, 'stock_allocated', {{Allocation}}, now() from taken;
        with wanted (id, quantity) as (values {{Wanted(lines)}}),
        priced as (select s.sku, s.name, s.price, w.quantity from bench.stock s join wanted w on w.id = s.id)
        insert into bench.orders
        select nextval('bench.order_ids'), 'N' || :key::text, 'kim@example.com', 'placed', sum(price * quantity), now(), {{Document("sum(price * quantity)", Lines)}} from priced;
        with wanted (id, quantity) as (values {{Wanted(lines)}})
        insert into bench.order_lines select currval('bench.order_ids'), s.id, w.quantity, s.price from bench.stock s join wanted w on w.id = s.id;
        insert into bench.events (stream, version, type, data, at)
        select 'order-' || id, 1, 'order_placed', document, placed_at from bench.orders where id = (select currval('bench.order_ids'));
        insert into bench.idempotency
        select :key::text, sha256(document::text::bytea), 201, document, now() from bench.orders where id = (select currval('bench.order_ids'));
        commit;

        """;

    private static string Document(string total, string lines) =>
        $"jsonb_build_object('number', 'N' || :key::text, 'status', 'placed', 'lines', {lines}, 'total', {total}, 'email', 'kim@example.com', 'shippingAddress', '{Address}'::jsonb, 'payment', 'pending')";
}

/// <summary>How the raw order goes to the server.</summary>
public enum RawStyle
{
    /// <summary>One statement after the other, each a round trip.</summary>
    Statements,

    /// <summary>The same statements in one round trip.</summary>
    Pipeline,

    /// <summary>One statement for everything.</summary>
    Single,
}
