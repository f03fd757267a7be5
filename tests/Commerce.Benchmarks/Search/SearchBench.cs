using System.Diagnostics;
using System.Globalization;
using Commerce.Benchmarks.Harness;
using Commerce.Benchmarks.Orders;
using Npgsql;
using Spectre.Console;

namespace Commerce.Benchmarks.Search;

/// <summary>
/// Searches in a small and in a large catalogue, with facets, each beside plain full text in PostgreSQL alone: the same texts, ranked, the first twenty.
/// The catalogues are synthetic, made by <c>./dev generate</c>.
/// </summary>
public static class SearchBench
{
    private const int Connections = 16;
    private const int Small = 10_000;
    private const double MostGrowth = 5;
    private const long MostMegabytes = 400;

    // As somebody would do it by hand: one weighted vector a product, an index on it, the rank of PostgreSQL.
    private const string FillYardstick = """
        create schema if not exists bench;
        create table bench.products (id uuid primary key, name text not null, words tsvector not null);
        insert into bench.products
        select id, d #>> '{translations,en,name}',
               setweight(to_tsvector('english', coalesce(d #>> '{translations,en,name}', '') || ' ' || coalesce(d #>> '{translations,ko,name}', '')), 'A')
               || setweight(to_tsvector('english', coalesce(d #>> '{translations,en,description}', '')), 'C')
          from (select id, document::jsonb as d from catalog.products) as p;
        create index on bench.products using gin (words);
        create table bench.queries (n integer primary key, words tsquery not null);
        insert into bench.queries select row_number() over (), plainto_tsquery('english', text) from unnest($1::text[]) as q (text);
        """;

    private const string Ask = """
        \set n random(1, :queries)
        select p.id, p.name, ts_rank(p.words, q.words) as rank from bench.queries q join bench.products p on p.words @@ q.words where q.n = :n order by rank desc limit 20;
        """;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var compared = new List<Comparison>();
        var percentiles = new List<double>();
        var settings = new List<object>();
        var reached = true;
        foreach (var size in new[] { Math.Min(Small, options.Products), options.Products }.Distinct())
        {
            await using var database = await BenchDatabase.StartAsync(options.Root);
            var postmaster = await database.ProcessIdAsync();
            await using var host = await HostProcess.StartAsync(options.Root, database.ConnectionString, null);
            var seconds = await ImportAsync(options, host, size);
            var importMegabytes = host.ResidentBytes >> 20;
            var queries = await SearchQueries.ReadAsync(database.ConnectionString);
            await FillAsync(database.ConnectionString, queries);

            using var load = new HttpLoad(host.Port, Connections);
            var traffic = new SearchTraffic(queries);
            var pgbench = new Pgbench(database.ConnectionString, Connections);
            IReadOnlyDictionary<string, double> Processes(string side, Func<double> cpu) => new Dictionary<string, double>
            {
                [side] = cpu(), ["postgres"] = Cpu.SecondsOf(postmaster), ["client"] = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds,
            };
            var rounds = new List<Round>();
            Task<Round> Commerce(TimeSpan time) => load.RunAsync(time, traffic, () => Processes("host", host.CpuSeconds));
            await OrderBench.WarmUpAsync(host.CpuSeconds, () => Commerce(TimeSpan.FromSeconds(2)), queries.Count * 2);
            if (options.CommerceOnly)
            {
                await Comparison.ShowAsync($"search {size:N0}", options.Rounds, () => Commerce(options.Duration));
                continue;
            }

            compared.Add(await new Comparison($"search in {size:N0} synthetic products", 0.5, null).RunAsync(
                options.Rounds,
                async () =>
                {
                    rounds.Add(await Commerce(options.Duration));
                    return rounds[^1];
                },
                () => pgbench.RunAsync(options.Duration, [(Ask, 1)], () => Processes("client", static () => 0), ("queries", queries.Count))));
            OrderBench.Require(load);
            var latencies = rounds.SelectMany(round => round.Latencies).Order().ToArray();
            percentiles.Add(latencies[(int)(latencies.Length * 0.99)]);
            var megabytes = host.ResidentBytes >> 20;
            reached &= megabytes <= MostMegabytes;
            AnsiConsole.WriteLine($"  {size:N0} products: imported and indexed at {size / seconds:N0}/s, Host {importMegabytes:N0} MB after it, {megabytes:N0} MB after the searches (goal {MostMegabytes} MB)");
            settings.Add(new { products = size, importedPerSecond = size / seconds, hostMegabytesAfterImport = importMegabytes, hostMegabytes = megabytes, database = await database.SettingsAsync() });
        }

        var growth = percentiles.Count == 2 ? percentiles[1] / percentiles[0] : 1;
        AnsiConsole.WriteLine($"  p99: {string.Join(" ms, ", percentiles.Select(p => p.ToString("N1", CultureInfo.InvariantCulture)))} ms; large {growth:N2} x small (goal {MostGrowth:N0}): {(growth <= MostGrowth ? "reached" : "MISSED")}");
        var code = await Report.WriteAsync("search", compared, new { catalogue = "synthetic", p99Growth = growth, sizes = settings }, options.Json);
        return reached && growth <= MostGrowth ? code : 1;
    }

    private static async Task<double> ImportAsync(BenchOptions options, HostProcess host, int size)
    {
        var folder = Path.Combine(options.Root, ".commerce", $"bench-catalogue-{Environment.ProcessId}-{size}");
        Directory.CreateDirectory(folder);
        try
        {
            var file = Path.Combine(folder, "products.ndjson");
            await CliAsync(options.Root, "generate", "--products", size.ToString(CultureInfo.InvariantCulture), "--seed", "1", "--out", file);
            var watch = Stopwatch.StartNew();
            await CliAsync(options.Root, "import", file, "--products", "--categories", Path.Combine(folder, "categories.ndjson"), "--url", host.Staff.BaseAddress!.ToString(), "--api-key", HostProcess.Key, "--patience", "60");
            for (var still = 0; still < 3; await Task.Delay(200))
            {
                using var answer = await host.Staff.GetAsync(new Uri("api/v1/search?limit=1", UriKind.Relative));
                still = answer.Headers.TryGetValues("X-Projection-Lag", out var lag) && lag.First().StartsWith("0;", StringComparison.Ordinal) ? still + 1 : 0;
            }

            return watch.Elapsed.TotalSeconds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CliAsync(string root, params string[] arguments)
    {
        var program = Path.Combine(root, "tools", "Commerce.Cli", "bin", "Release", "net10.0", "Commerce.Cli.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{arguments[0]} ended with {process.ExitCode}.");
        }
    }

    private static async Task FillAsync(string connectionString, IReadOnlyList<SearchQueries.Query> queries)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        var texts = queries.Select(query => query.Text).ToArray();
        foreach (var step in FillYardstick.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Append("vacuum analyze bench.products"))
        {
            await using var command = new NpgsqlCommand(step, connection) { CommandTimeout = 0 };
            if (step.Contains("$1", StringComparison.Ordinal))
            {
                command.Parameters.Add(new NpgsqlParameter { Value = texts });
            }

            await command.ExecuteNonQueryAsync();
        }
    }
}
