using System.Diagnostics;
using Commerce.Benchmarks.Harness;
using Commerce.Testing;
using Npgsql;
using Spectre.Console;

namespace Commerce.Benchmarks.Orders;

/// <summary><c>orders</c>: uniform over 10,000 SKUs. <c>hot-sku</c>: everybody buys the same one.</summary>
public static class OrderBench
{
    private const int Connections = 64;
    private const int Products = 10_000;
    private const int Plenty = 1_000_000;
    private const int LastUnits = 5_000;
    private const int MostTrialSeconds = 5;
    private const int RefusalsWanted = 2_000;
    private const int MostWarmUpRounds = 30;
    private const int SettledRounds = 5;
    private const double StillFalling = 0.97;

    private const string LevelsOffTheLedger = """
        select count(*) from inventory.stock_levels l
          left join (
            select distinct on (stream_id) data ->> 'sku' as sku, version, (data #>> '{after,onHand}')::int as on_hand, (data #>> '{after,reserved}')::int as reserved
              from events.mt_events where data ? 'after' order by stream_id, version desc) e using (sku)
         where e.sku is null or (l.on_hand, l.reserved) <> (e.on_hand, e.reserved) or l.version < e.version
        """;

    public static async Task<int> RunAsync(BenchOptions options, bool hot)
    {
        var bench = hot ? "hot-sku" : "orders";
        var (root, rounds, seconds) = (options.Root, options.Rounds, options.Seconds);
        await using var database = await BenchDatabase.StartAsync(root);
        var postmaster = await database.ProcessIdAsync();
        await using var redis = await TestRedis.StartAsync();
        await using var host = await HostProcess.StartAsync(root, database.ConnectionString, redis.ConnectionString);
        await SeedAsync(host, Products);
        var raw = new RawOrders(database.ConnectionString);
        await raw.CreateAsync(Products, Plenty);
        var pgbench = new Pgbench(database.ConnectionString, Connections);
        using var load = new HttpLoad(host.Port, Connections);

        IReadOnlyDictionary<string, double> WithHost() => new Dictionary<string, double>
        {
            ["host"] = host.CpuSeconds(), ["postgres"] = Cpu.SecondsOf(postmaster), ["client"] = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds,
        };
        IReadOnlyDictionary<string, double> WithoutHost() => new Dictionary<string, double> { ["postgres"] = Cpu.SecondsOf(postmaster) };

        var traffics = new List<OrderTraffic>();
        OrderTraffic Traffic()
        {
            var name = $"{bench}-{traffics.Count}";
            traffics.Add(hot ? new HotTraffic(name, Connections, 1, Plenty) : new OrderTraffic(name, Connections, Products));
            return traffics[^1];
        }

        Task<Round> Commerce(int duration) => load.RunAsync(TimeSpan.FromSeconds(duration), Traffic(), WithHost);
        Task<Round> Yardstick(int duration, RawStyle style) =>
            pgbench.RunAsync(TimeSpan.FromSeconds(duration), hot ? RawOrders.Hot(style) : RawOrders.Uniform(style), WithoutHost, ("products", Products), ("key", 0));

        // The Host's code is compiled for what it does only after it has done it for a while. The raw order is tried in every style that it can be sent
        // in; the quickest on this machine is the yardstick.
        await WarmUpAsync(host.CpuSeconds, () => Commerce(2));
        if (options.CommerceOnly)
        {
            await Comparison.ShowAsync(bench, rounds, () => Commerce(seconds));
            return 0;
        }

        var tried = new Dictionary<RawStyle, double>();
        foreach (var style in Enum.GetValues<RawStyle>())
        {
            tried[style] = (await Yardstick(Math.Min(MostTrialSeconds, seconds), style)).PerSecond;
        }

        var best = tried.MaxBy(pair => pair.Value).Key;
        AnsiConsole.WriteLine($"  the raw order: {string.Join(", ", tried.Select(pair => $"{pair.Key} {pair.Value:N0}/s"))}");

        var comparison = await new Comparison(bench, hot ? 12 : 2.5, hot ? 25 : 5)
            .RunAsync(rounds, () => Commerce(seconds), () => Yardstick(seconds, best));
        if (hot)
        {
            await SellOutAsync(host, load);
        }

        Require(load);
        await CheckAsync(host, database, traffics);
        AnsiConsole.WriteLine($"  checked: {traffics.Sum(t => t.Placed):N0} orders placed, {traffics.Sum(t => t.Units):N0} units sold, the same in orders, stock and ledger");
        return await Report.WriteAsync(bench, [comparison], new { database = await database.SettingsAsync(), rawOrder = tried.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value), hostMegabytes = host.ResidentBytes >> 20 }, options.Json);
    }

    /// <summary>Until the compiler has settled: CPU for each operation no longer falls; and at least so many operations, which fill the memory of streams.</summary>
    internal static async Task WarmUpAsync(Func<double> cpu, Func<Task<Round>> load, long least = 0)
    {
        var best = double.MaxValue;
        var total = 0L;
        for (var (round, settled) = (0, 0); round < MostWarmUpRounds && (settled < SettledRounds || total < least); round++)
        {
            var before = cpu();
            var done = (await load()).Done;
            total += done;
            var cost = (cpu() - before) / Math.Max(1, done);
            settled = cost > best * StillFalling ? settled + 1 : 0;
            best = Math.Min(best, cost);
        }
    }

    /// <summary>A shop with so many products, all of them in stock.</summary>
    internal static async Task SeedAsync(HostProcess host, int products)
    {
        var watch = Stopwatch.StartNew();
        await Shop.ImportAsync(host, products);
        await Shop.ReceiveAsync(host, Enumerable.Range(1, products), Plenty);
        AnsiConsole.WriteLine($"  {products:N0} products with stock after {watch.Elapsed.TotalSeconds:N0} s");
    }

    /// <summary>Any answer that was not right makes the figures worthless.</summary>
    internal static void Require(HttpLoad load)
    {
        if (load.Wrong.Count > 0)
        {
            throw new InvalidOperationException(string.Join("\n", load.Wrong.Select(w => $"{w.Value.Count:N0} wrong answers with status {w.Key}, the first:\n{w.Value.First}")));
        }
    }

    /// <summary>The last units of a SKU: exactly as many orders as units, and a refusal for everybody after.</summary>
    private static async Task SellOutAsync(HostProcess host, HttpLoad load)
    {
        const int product = Products + 1;
        await Shop.ImportAsync(host, product);
        await Shop.ReceiveAsync(host, [product], LastUnits);
        var traffic = new HotTraffic("sell-out", Connections, product, LastUnits) { RefusalsWanted = RefusalsWanted };
        await load.RunAsync(TimeSpan.FromMinutes(1), traffic);
        var (onHand, reserved, available) = await Shop.StockAsync(host, Shop.Sku(product));
        if (traffic.Placed != LastUnits || reserved != LastUnits || onHand != LastUnits || available != 0)
        {
            throw new InvalidOperationException($"{LastUnits} units were there, {traffic.Placed} orders were placed, the inventory says {reserved} are promised.");
        }

        AnsiConsole.WriteLine($"  sold out: {traffic.Placed:N0} orders for {LastUnits:N0} units, {traffic.Refused:N0} refused, {traffic.Replayed:N0} repeats answered as before");
    }

    /// <summary>What the clients were told is what stands in the database, to the unit.</summary>
    private static async Task CheckAsync(HostProcess host, BenchDatabase database, List<OrderTraffic> traffics)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        async Task<long> AskAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
        }

        var lastUnits = await AskAsync($"select coalesce(sum(quantity), 0) from orders.order_lines where sku = '{Shop.Sku(Products + 1)}'");
        var units = traffics.Sum(traffic => traffic.Units) + lastUnits;
        var expected = new (string What, long Found, long Wanted)[]
        {
            ("orders", await AskAsync("select count(*) from orders.orders"), traffics.Sum(traffic => traffic.Placed) + lastUnits),
            ("order lines", await AskAsync("select count(*) from orders.order_lines"), traffics.Sum(traffic => traffic.Lines) + lastUnits),
            ("units in orders", await AskAsync("select coalesce(sum(quantity), 0) from orders.order_lines"), units),
            ("units promised", await AskAsync("select sum(reserved) from inventory.stock_levels"), units),
            ("units in the ledger", await AskAsync("select sum((pick ->> 'quantity')::int) from events.mt_events, jsonb_array_elements(data -> 'picks') as pick where type = 'stock_allocated'"), units),
            ("levels that differ from their ledger", await AskAsync(LevelsOffTheLedger), 0),
        };
        if (expected.Where(check => check.Found != check.Wanted).ToList() is { Count: > 0 } wrong)
        {
            throw new InvalidOperationException(string.Join("; ", wrong.Select(check => $"{check.What}: {check.Found}, not {check.Wanted}")));
        }
    }
}
