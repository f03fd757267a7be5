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
        var sizes = new[] { Math.Min(Small, options.Products), options.Products }.Distinct().ToArray();
        foreach (var size in sizes)
        {
            // The long part first, so that a run of no seconds is one that only prepares.
            await (await Catalogue.OpenAsync(options, size)).DisposeAsync();
        }

        foreach (var size in options.Seconds == 0 ? [] : sizes)
        {
            await using var catalogue = await Catalogue.OpenAsync(options, size);
            var database = catalogue.Database;
            var queries = await SearchQueries.ReadAsync(database.ConnectionString);
            await FillAsync(database, queries);
            // Every search is searched for: that the texts come again and again is worth nothing.
            var (anew, megabytes) = await CompareAsync(options, database, size, queries, keeps: false, compared);
            percentiles.Add(anew);
            // The same with what a Host keeps of late results: after the warm-up it has the results of all texts, so this is the other end.
            var (kept, keptMegabytes) = await CompareAsync(options, database, size, queries, keeps: true, compared);
            reached &= Math.Max(megabytes, keptMegabytes) <= MostMegabytes;
            AnsiConsole.WriteLine($"  {size:N0} products: Host {Math.Max(megabytes, keptMegabytes):N0} MB after the searches (goal {MostMegabytes} MB)");
            settings.Add(new { products = size, hostMegabytes = Math.Max(megabytes, keptMegabytes), p99 = anew, p99Kept = kept, texts = queries.Count, database = await database.SettingsAsync() });
        }

        if (options.Seconds == 0)
        {
            return 0;
        }

        var growth = percentiles.Count == 2 ? percentiles[1] / percentiles[0] : 1;
        AnsiConsole.WriteLine($"  p99: {string.Join(" ms, ", percentiles.Select(p => p.ToString("N1", CultureInfo.InvariantCulture)))} ms; large {growth:N2} x small (goal {MostGrowth:N0}): {(growth <= MostGrowth ? "reached" : "MISSED")}");
        var code = await Report.WriteAsync("search", compared, new { catalogue = "synthetic", p99Growth = growth, sizes = settings }, options.Json);
        return reached && growth <= MostGrowth ? code : 1;
    }

    private static async Task<(double P99, long Megabytes)> CompareAsync(
        BenchOptions options, BenchDatabase database, int size, IReadOnlyList<SearchQueries.Query> queries, bool keeps, List<Comparison> compared)
    {
        var name = $"search in {size:N0} synthetic products, {(keeps ? "all results kept" : "each searched anew")}";
        var postmaster = await database.ProcessIdAsync();
        await using var host = await HostProcess.StartAsync(options.Root, database.ConnectionString, null, ("Catalog__KeepsResults", keeps ? "true" : "false"));
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
            await Comparison.ShowAsync(name, options.Rounds, async () =>
            {
                rounds.Add(await Commerce(options.Duration));
                return rounds[^1];
            });
        }
        else
        {
            compared.Add(await new Comparison(name, 0.5, null).RunAsync(
                options.Rounds,
                async () =>
                {
                    rounds.Add(await Commerce(options.Duration));
                    return rounds[^1];
                },
                () => pgbench.RunAsync(options.Duration, [(Ask, 1)], () => Processes("client", static () => 0), ("queries", queries.Count))));
        }

        OrderBench.Require(load);
        var latencies = rounds.SelectMany(round => round.Latencies).Order().ToArray();
        return (latencies[(int)(latencies.Length * 0.99)], host.ResidentBytes >> 20);
    }

    private static async Task FillAsync(BenchDatabase database, IReadOnlyList<SearchQueries.Query> queries)
    {
        if (await database.AskAsync("select count(*) from pg_class where oid = to_regclass('bench.queries')") > 0)
        {
            return;
        }

        await using var connection = new NpgsqlConnection(database.ConnectionString);
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
