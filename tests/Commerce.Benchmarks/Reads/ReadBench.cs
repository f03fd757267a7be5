using System.Diagnostics;
using Commerce.Benchmarks.Harness;
using Commerce.Benchmarks.Orders;
using Commerce.Testing;
using Npgsql;
using Spectre.Console;
using StackExchange.Redis;

namespace Commerce.Benchmarks.Reads;

/// <summary>Product pages from memory, from Redis and from the database, each beside a bare Kestrel that does only that; and the stampede on expired keys.</summary>
public static class ReadBench
{
    private const int Connections = 64;
    private const int Products = 10_000;
    private const int StampedeKeys = 50;
    private const int StampedeSize = 1_000;
    private const int ShortLife = 2;

    // Statistics of a session that went idle are there after ten seconds at the latest.
    private static readonly TimeSpan StatisticsDelay = TimeSpan.FromSeconds(11);

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var database = await BenchDatabase.StartAsync(options.Root);
        var postmaster = await database.ProcessIdAsync();
        await using var redis = await TestRedis.StartAsync();
        List<(Guid Id, byte[] Body)> pages;
        await using (var seeding = await HostProcess.StartAsync(options.Root, database.ConnectionString, null))
        {
            await OrderBench.SeedAsync(seeding, Products);
            // The catalogue hears of the stock a moment later; the pages are to stand still.
            await Task.Delay(TimeSpan.FromSeconds(3));
            pages = await PagesAsync(seeding, database.ConnectionString);
        }

        var file = Path.Combine(Path.GetTempPath(), $"commerce-bench-pages-{Environment.ProcessId}");
        Pages.Write(file, pages);
        try
        {
            await FillYardsticksAsync(pages, database.ConnectionString, redis.ConnectionString);
            var compared = new List<Comparison>();
            foreach (var (name, goal, kind, source, settings) in new (string, double, string, string, (string, string)[])[]
            {
                ("reads warm", 0.85, "memory", file, []),
                ("reads redis", 0.85, "redis", redis.ConnectionString, [("Cache__Memory", "false")]),
                ("reads cold", 0.80, "postgres", database.ConnectionString, [("Cache__Enabled", "false")]),
            })
            {
                if (options.Only is { } only && !name.EndsWith(only, StringComparison.Ordinal))
                {
                    continue;
                }

                await using var host = await HostProcess.StartAsync(options.Root, database.ConnectionString, redis.ConnectionString, settings);
                await using var child = await ChildServer.StartAsync(kind, source);
                using var commerce = new HttpLoad(host.Port, Connections);
                using var yardstick = new HttpLoad(child.Port, Connections);
                var traffic = new ReadTraffic(pages, Connections);
                IReadOnlyDictionary<string, double> Processes(string side, Func<double> cpu) => new Dictionary<string, double>
                {
                    [side] = cpu(), ["postgres"] = Cpu.SecondsOf(postmaster), ["client"] = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds,
                };
                Task<Round> Commerce(TimeSpan time) => commerce.RunAsync(time, traffic, () => Processes("host", host.CpuSeconds));
                Task<Round> Yardstick(TimeSpan time) => yardstick.RunAsync(time, traffic, () => Processes("kestrel", child.CpuSeconds));
                await OrderBench.WarmUpAsync(host.CpuSeconds, () => Commerce(TimeSpan.FromSeconds(2)));
                if (options.CommerceOnly)
                {
                    await Comparison.ShowAsync(name, options.Rounds, () => Commerce(options.Duration));
                    continue;
                }

                await OrderBench.WarmUpAsync(child.CpuSeconds, () => Yardstick(TimeSpan.FromSeconds(2)));
                compared.Add(await new Comparison(name, goal, null).RunAsync(options.Rounds, () => Commerce(options.Duration), () => Yardstick(options.Duration)));
                OrderBench.Require(commerce);
                OrderBench.Require(yardstick);
            }

            if (options.Only is not null and not "stampede")
            {
                return await Report.WriteAsync("reads", compared, new { database = await database.SettingsAsync() }, options.Json);
            }

            var queries = await StampedeAsync(options, database.ConnectionString, redis.ConnectionString, pages);
            AnsiConsole.WriteLine($"  stampede: {StampedeSize:N0} requests at once for each of {StampedeKeys} expired keys made {queries:N0} queries (goal {StampedeKeys}): {(queries <= StampedeKeys ? "reached" : "MISSED")}");
            var code = await Report.WriteAsync("reads", compared, new { database = await database.SettingsAsync(), stampede = new { keys = StampedeKeys, requests = StampedeSize, queries } }, options.Json);
            return queries <= StampedeKeys ? code : 1;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<long> StampedeAsync(BenchOptions options, string postgres, string redis, List<(Guid Id, byte[] Body)> pages)
    {
        await using var host = await HostProcess.StartAsync(options.Root, postgres, redis, ("Catalog__PageSeconds", ShortLife.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        using var load = new HttpLoad(host.Port, StampedeSize);
        using var guest = new HttpClient { BaseAddress = host.Staff.BaseAddress };
        foreach (var page in pages.Take(StampedeKeys))
        {
            using var _ = await guest.GetAsync(new Uri($"api/v1/products/{page.Id:D}", UriKind.Relative));
        }

        await Task.Delay(StatisticsDelay);
        var before = await ScansAsync(postgres);
        foreach (var page in pages.Take(StampedeKeys))
        {
            await load.RunAsync(TimeSpan.FromSeconds(30), new StampedeTraffic(page, StampedeSize));
        }

        OrderBench.Require(load);
        await Task.Delay(StatisticsDelay);
        return await ScansAsync(postgres) - before;
    }

    /// <summary>How often anybody looked into the table of products: once for each page that was made.</summary>
    private static async Task<long> ScansAsync(string postgres)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select seq_scan + coalesce(idx_scan, 0) from pg_stat_user_tables where schemaname = 'catalog' and relname = 'products'", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<List<(Guid Id, byte[] Body)>> PagesAsync(HostProcess host, string postgres)
    {
        var ids = new List<Guid>();
        await using (var connection = new NpgsqlConnection(postgres))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("select id from catalog.products order by md5(id::text)", connection);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                ids.Add(reader.GetGuid(0));
            }
        }

        using var guest = new HttpClient { BaseAddress = host.Staff.BaseAddress };
        var pages = new List<(Guid, byte[])>(ids.Count);
        foreach (var id in ids)
        {
            pages.Add((id, await guest.GetByteArrayAsync(new Uri($"api/v1/products/{id:D}", UriKind.Relative))));
        }

        return pages;
    }

    private static async Task FillYardsticksAsync(List<(Guid Id, byte[] Body)> pages, string postgres, string redis)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        await using (var create = new NpgsqlCommand("create schema if not exists bench; create table bench.pages (id uuid primary key, body bytea not null)", connection))
        {
            await create.ExecuteNonQueryAsync();
        }

        await using (var fill = new NpgsqlCommand("insert into bench.pages select * from unnest($1, $2)", connection)
        {
            Parameters = { new() { Value = pages.ConvertAll(page => page.Id).ToArray() }, new() { Value = pages.ConvertAll(page => page.Body).ToArray() } },
        })
        {
            await fill.ExecuteNonQueryAsync();
        }

        await using (var analyze = new NpgsqlCommand("vacuum analyze bench.pages", connection))
        {
            await analyze.ExecuteNonQueryAsync();
        }

        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis);
        var cache = multiplexer.GetDatabase();
        await Task.WhenAll(pages.Select(page => cache.StringSetAsync(page.Id.ToString("D"), page.Body)));
    }
}
