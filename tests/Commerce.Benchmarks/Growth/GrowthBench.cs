using System.Diagnostics;
using Commerce.Benchmarks.Harness;
using Commerce.Benchmarks.Orders;
using Spectre.Console;

namespace Commerce.Benchmarks.Growth;

/// <summary>Orders into a database with a long past, and into one with a short one, each with a Host of its own, in turns.</summary>
public static class GrowthBench
{
    private const int Connections = 64;
    private const int Products = 10_000;
    private const long Few = 100_000;
    private const long MostMegabytes = 400;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var small = await BenchDatabase.StartAsync(options.Root);
        await using var large = await BenchDatabase.StartAsync(options.Root);
        await History.FillAsync(options, small, Products, Few);
        await History.FillAsync(options, large, Products, options.Events);
        await using var young = await HostProcess.StartAsync(options.Root, small.ConnectionString, null);
        await using var old = await HostProcess.StartAsync(options.Root, large.ConnectionString, null);
        using var youngLoad = new HttpLoad(young.Port, Connections);
        using var oldLoad = new HttpLoad(old.Port, Connections);
        var rounds = 0;
        async Task<Round> Run(HostProcess host, BenchDatabase database, HttpLoad load, TimeSpan time)
        {
            var postmaster = await database.ProcessIdAsync();
            return await load.RunAsync(time, new OrderTraffic($"growth-{rounds++}", Connections, Products), () => new Dictionary<string, double>
            {
                ["host"] = host.CpuSeconds(), ["postgres"] = Cpu.SecondsOf(postmaster), ["client"] = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds,
            });
        }

        Task<Round> Old(TimeSpan time) => Run(old, large, oldLoad, time);
        Task<Round> Young(TimeSpan time) => Run(young, small, youngLoad, time);

        // The first orders of a Host read the streams that they touch: how much that is grows with the past.
        var cold = await Old(TimeSpan.FromSeconds(2));
        AnsiConsole.WriteLine($"  first 2 s of a Host on the large database: {cold.PerSecond:N0}/s, p99 {cold.Percentile(0.99):N0} ms");
        await OrderBench.WarmUpAsync(old.CpuSeconds, () => Old(TimeSpan.FromSeconds(2)), Products * 2);
        await OrderBench.WarmUpAsync(young.CpuSeconds, () => Young(TimeSpan.FromSeconds(2)), Products * 2);
        var comparison = await new Comparison($"growth: orders at {options.Events:N0} events, yardstick at {Few:N0}", 0.9, null)
            .RunAsync(options.Rounds, () => Old(options.Duration), () => Young(options.Duration));
        OrderBench.Require(youngLoad);
        OrderBench.Require(oldLoad);
        var megabytes = old.ResidentBytes >> 20;
        AnsiConsole.WriteLine($"  Host on the large database: {megabytes:N0} MB (goal {MostMegabytes} MB), on the small one {young.ResidentBytes >> 20:N0} MB");
        var code = await Report.WriteAsync("growth", [comparison], new
        {
            database = await large.SettingsAsync(),
            events = options.Events,
            hostMegabytes = megabytes,
            coldStart = new { cold.PerSecond, p99 = cold.Percentile(0.99) },
        }, options.Json);
        return megabytes <= MostMegabytes ? code : 1;
    }
}
