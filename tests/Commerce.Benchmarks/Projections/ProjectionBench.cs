using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.Benchmarks.Growth;
using Commerce.Benchmarks.Harness;
using Commerce.Benchmarks.Orders;
using Npgsql;
using Spectre.Console;

namespace Commerce.Benchmarks.Projections;

/// <summary>How quickly all read models are made anew, beside a SELECT of all events and a COPY of all their rows; and how far they lag behind orders.</summary>
public static class ProjectionBench
{
    private const int Connections = 64;
    private const int Products = 10_000;
    private const double MostLagMs = 100;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var database = await BenchDatabase.StartAsync(options.Root);
        await History.FillAsync(options, database, Products, options.Events);
        var postmaster = await database.ProcessIdAsync();
        await using var host = await HostProcess.StartAsync(options.Root, database.ConnectionString, null);
        var events = await database.AskAsync("select count(*) from events.mt_events");
        var names = await NamesAsync(host);
        var taken = new Dictionary<string, double>();
        IReadOnlyDictionary<string, double> Processes() => new Dictionary<string, double>
        {
            ["host"] = host.CpuSeconds(), ["postgres"] = Cpu.SecondsOf(postmaster), ["client"] = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds,
        };
        async Task<Round> Measure(Func<Task> work)
        {
            var before = Processes();
            var watch = Stopwatch.StartNew();
            await work();
            return new Round(events, watch.Elapsed.TotalSeconds, [], Processes().ToDictionary(p => p.Key, p => p.Value - before[p.Key]));
        }

        var rebuild = await new Comparison($"projections: rebuild of all from {events:N0} events", 0.3, null)
            .RunAsync(options.Rounds, () => Measure(() => RebuildAllAsync(host, names, taken)), () => Measure(() => CopyAllAsync(database)));
        foreach (var (name, seconds) in taken)
        {
            AnsiConsole.WriteLine($"  {name}: {seconds:N1} s, {events / seconds:N0} events/s");
        }

        var (lag, rate) = await LagAsync(options, host);
        AnsiConsole.WriteLine($"  lag at {rate:N0} orders/s: {string.Join(", ", lag.Select(pair => $"{pair.Key} p50 {At(pair.Value, 0.5):N0} p99 {At(pair.Value, 0.99):N0} ms"))} (goal p99 {MostLagMs:N0} ms)");
        var code = await Report.WriteAsync("projections", [rebuild], new
        {
            database = await database.SettingsAsync(),
            events,
            seconds = taken,
            lagOrdersPerSecond = rate,
            lagMs = lag.ToDictionary(pair => pair.Key, pair => new { p50 = At(pair.Value, 0.5), p99 = At(pair.Value, 0.99), most = At(pair.Value, 1) }),
            hostMegabytes = host.ResidentBytes >> 20,
        }, options.Json);
        return lag.Values.All(ages => At(ages, 0.99) < MostLagMs) ? code : 1;
    }

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];

    private static async Task<List<string>> NamesAsync(HostProcess host) =>
        [.. (await StatusAsync(host)).Select(item => item.GetProperty("name").GetString()!)];

    private static async Task<JsonElement[]> StatusAsync(HostProcess host) =>
        [.. (await host.Staff.GetFromJsonAsync<JsonElement>(new Uri("api/v1/projections", UriKind.Relative))).GetProperty("items").EnumerateArray()];

    /// <summary>One read model after the other, as an operator asks for it.</summary>
    private static async Task RebuildAllAsync(HostProcess host, List<string> names, Dictionary<string, double> taken)
    {
        foreach (var name in names)
        {
            var watch = Stopwatch.StartNew();
            var done = Count(await host.LogAsync(), $"Rebuilt {name}\n");
            using var answer = await host.Staff.PostAsync(new Uri($"api/v1/projections/{name}/rebuild", UriKind.Relative), null);
            if (answer.StatusCode != HttpStatusCode.Accepted)
            {
                // A reaction keeps no read model: there is nothing to make anew.
                AnsiConsole.WriteLine($"  {name} is not rebuilt: {(int)answer.StatusCode}");
                continue;
            }

            var failed = false;
            while (!failed && Count(await host.LogAsync(), $"Rebuilt {name}\n") == done)
            {
                await Task.Delay(50);
                failed = (await host.LogAsync()).Contains($"Rebuilding {name} failed", StringComparison.Ordinal);
            }

            if (failed)
            {
                AnsiConsole.WriteLine($"  {name} is not rebuilt: it failed, see the Host's log");
            }
            else
            {
                taken[name] = watch.Elapsed.TotalSeconds;
            }
        }
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    /// <summary>The yardstick: every event over the wire once, and every row of the read models copied into an equal table with equal indexes.</summary>
    private static async Task CopyAllAsync(BenchDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var sink = new NpgsqlConnection(database.ConnectionString);
        await sink.OpenAsync();
        var bytes = 0L;
        await using (var select = new NpgsqlCommand("select seq_id, id, stream_id, version, data, type, timestamp, commerce_tx from events.mt_events order by commerce_tx, seq_id", connection) { CommandTimeout = 0 })
        await using (var reader = await select.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                bytes += reader.GetFieldValue<byte[]>(4).Length + reader.GetInt64(0) + reader.GetString(5).Length;
            }
        }

        var tables = new List<string>();
        await using (var list = new NpgsqlCommand("select format('%I.%I', schemaname, relname) from pg_stat_user_tables where schemaname in ('catalog', 'orders', 'inventory', 'recommendations') and n_live_tup > 0 and relname not in ('jobs', 'import_chunks')", connection))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                tables.Add(reader.GetString(0));
            }
        }

        var buffer = new byte[256 * 1024];
        foreach (var table in tables)
        {
            await database.ExecuteAsync($"drop table if exists bench.copied; create table bench.copied (like {table} including indexes including defaults including generated)");
            await using var source = await connection.BeginRawBinaryCopyAsync($"copy {table} to stdout (format binary)");
            await using var target = await sink.BeginRawBinaryCopyAsync("copy bench.copied from stdin (format binary)");
            int read;
            while ((read = await source.ReadAsync(buffer, CancellationToken.None)) > 0)
            {
                await target.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
            }
        }

        if (bytes == 0)
        {
            throw new InvalidOperationException("There are no events.");
        }
    }

    /// <summary>Orders at half of the rate that the Host can take, and meanwhile the age of the oldest event that each subscription has not handled.</summary>
    private static async Task<(SortedDictionary<string, List<double>> Lag, double Rate)> LagAsync(BenchOptions options, HostProcess host)
    {
        using var load = new HttpLoad(host.Port, Connections);
        var rounds = 0;
        Task<Round> Orders(TimeSpan time, double perSecond) => load.RunAsync(time, new OrderTraffic($"lag-{rounds++}", Connections, Products), null, perSecond);
        await OrderBench.WarmUpAsync(host.CpuSeconds, () => Orders(TimeSpan.FromSeconds(2), 0));
        var rate = (await Orders(options.Duration, 0)).PerSecond / 2;
        await Task.Delay(TimeSpan.FromSeconds(2));
        var ages = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
        var running = Orders(TimeSpan.FromSeconds(Math.Max(10, options.Seconds)), rate);
        while (!running.IsCompleted)
        {
            foreach (var item in (await StatusAsync(host)).Where(item => item.GetProperty("state").GetString() != "inline"))
            {
                var name = item.GetProperty("name").GetString()!;
                (ages.TryGetValue(name, out var own) ? own : ages[name] = []).Add(item.GetProperty("lagAgeMs").GetDouble());
            }

            await Task.Delay(BetweenLooks);
        }

        var achieved = await running;
        foreach (var own in ages.Values)
        {
            own.Sort();
        }

        OrderBench.Require(load);
        return (ages, achieved.PerSecond);
    }
}
