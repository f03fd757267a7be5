using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Commerce.Benchmarks.Harness;
using Commerce.Benchmarks.Orders;
using Commerce.Testing;
using Spectre.Console;

namespace Commerce.Benchmarks.Mix;

/// <summary>
/// A marketplace's day in one minute: checkouts, dashboards, new prices, replaced products and deliveries at once. There is no yardstick but correctness: every caller holds its
/// answers against what it was told before, and at the end <c>verify</c> proves the whole database. Throughput and memory are reported.
/// </summary>
public static class MixBench
{
    private const int Callers = 64;
    private const int Products = 10_000;
    private const long MostMegabytes = 400;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var database = await BenchDatabase.StartAsync(options.Root);
        await using var redis = await TestRedis.StartAsync();
        var results = new List<object>();
        var violations = new List<string>();
        var most = 0L;
        await using (var host = await HostProcess.StartAsync(options.Root, database.ConnectionString, redis.ConnectionString))
        {
            await OrderBench.SeedAsync(host, Products);
            var products = await ProductIdsAsync(database);
            var postmaster = await database.ProcessIdAsync();
            using var watching = new CancellationTokenSource();
            var memory = WatchAsync(host, watching.Token);
            foreach (var isSkewed in (bool[])[false, true])
            {
                var name = isSkewed ? "zipf" : "uniform";
                using var callers = new MixTraffic(host.Port, Callers, products, isSkewed);
                await Load.RunAsync(Callers, Min(WarmUp, options.Duration), callers.ActAsync);
                callers.Forget();
                var round = await Load.RunAsync(Callers, options.Duration, callers.ActAsync, () => new Dictionary<string, double>
                {
                    ["host"] = host.CpuSeconds(), ["postgres"] = Cpu.SecondsOf(postmaster), ["client"] = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds,
                });
                violations.AddRange(callers.Violations);
                results.Add(Tell(name, round, callers));
            }

            await watching.CancelAsync();
            most = await memory;
        }

        var sound = await VerifyAsync(options.Root, database.ConnectionString);
        foreach (var violation in violations.Take(20))
        {
            AnsiConsole.WriteLine($"  VIOLATION {violation}");
        }

        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mix: {violations.Count} violations, verify {(sound ? "sound" : "NOT SOUND")}, Host at most {most} MB (goal {MostMegabytes} MB)"));
        if (options.Json is { } file)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
            {
                bench = "mix", callers = Callers, products = Products, results, violations, sound, hostMegabytes = most, database = await database.SettingsAsync(),
            }));
        }

        return violations.Count == 0 && sound && most <= MostMegabytes ? 0 : 1;
    }

    private static object Tell(string name, Round round, MixTraffic traffic)
    {
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {name}: {round.PerSecond:N0} actions/s ({string.Join(", ", traffic.Done.Select(pair => $"{pair.Key} {pair.Value / round.Seconds:N0}"))}), p50 {round.Percentile(0.5):N1} p95 {round.Percentile(0.95):N1} p99 {round.Percentile(0.99):N1} ms, CPU µs per action: {string.Join(", ", round.CpuSeconds.Select(cpu => $"{cpu.Key} {cpu.Value * 1e6 / Math.Max(1, round.Done):N0}"))}"));
        return new
        {
            name,
            perSecond = round.PerSecond,
            actions = traffic.Done,
            milliseconds = new { p50 = round.Percentile(0.5), p95 = round.Percentile(0.95), p99 = round.Percentile(0.99), p999 = round.Percentile(0.999) },
            cpuSecondsPerOperation = round.CpuSeconds.ToDictionary(cpu => cpu.Key, cpu => cpu.Value / Math.Max(1, round.Done)),
        };
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static async Task<long> WatchAsync(HostProcess host, CancellationToken end)
    {
        var most = 0L;
        while (!end.IsCancellationRequested)
        {
            most = Math.Max(most, host.ResidentBytes >> 20);
            await Task.Delay(BetweenLooks, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return most;
    }

    private static async Task<Guid[]> ProductIdsAsync(BenchDatabase database)
    {
        await using var connection = new Npgsql.NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(
            "select distinct on (sku) sku, stream_id from (select v ->> 'sku' as sku, stream_id from events.mt_events, jsonb_path_query(data, '$.**.variants[*]') v where type = 'product_created') p", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new Guid[Products + 1];
        while (await reader.ReadAsync())
        {
            ids[int.Parse(reader.GetString(0).AsSpan("bench-".Length), CultureInfo.InvariantCulture)] = reader.GetGuid(1);
        }

        return ids.Skip(1).Contains(Guid.Empty) ? throw new InvalidOperationException("Not every product has an id.") : ids;
    }

    /// <summary>Atomic checkouts, stock that is promised once, events in order and without doubles, read models that agree: what <c>verify</c> states.</summary>
    private static async Task<bool> VerifyAsync(string root, string connection)
    {
        var program = Path.Combine(root, "src", "Host", "Commerce.Host", "bin", "Release", "net10.0", "Commerce.Host.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, "verify", "--connection", connection]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var told = await output + await errors;
        foreach (var line in told.Split('\n').Where(line => process.ExitCode != 0 || line.Contains("replayed", StringComparison.Ordinal) || line.StartsWith("Sound", StringComparison.Ordinal)))
        {
            AnsiConsole.WriteLine("  " + line.TrimEnd());
        }

        return process.ExitCode == 0;
    }
}
