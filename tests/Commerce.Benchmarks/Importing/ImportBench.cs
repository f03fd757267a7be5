using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.Benchmarks.Harness;
using Commerce.Benchmarks.Search;
using Npgsql;
using Spectre.Console;

namespace Commerce.Benchmarks.Importing;

/// <summary>
/// A synthetic catalogue is imported through the API until it is found by search, while shoppers search; in the middle the Host is killed and started again.
/// Beside it, a COPY of the read models' rows that came of it into equal tables with equal indexes.
/// </summary>
public static class ImportBench
{
    private const long MostMegabytes = 400;
    private const string SelectTables = """
        select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('catalog', 'recommendations', 'inventory') and c.relkind = 'r' and c.relname not in ('jobs', 'job_chunks', 'job_errors', 'search_queries') and c.relname not like '%schema%'
           and (select count(*) from pg_stat_user_tables t where t.relid = c.oid and t.n_tup_ins > 0) > 0
         order by 1
        """;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var folder = Path.Combine(options.Root, ".commerce", $"bench-import-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            var size = options.Products;
            var (products, first) = (Path.Combine(folder, "products.ndjson"), Path.Combine(folder, "first.ndjson"));
            await Catalogue.CliAsync(options.Root, "generate", "--products", size.ToString(CultureInfo.InvariantCulture), "--seed", "1", "--out", products);
            await File.WriteAllLinesAsync(first, File.ReadLines(products).Take(1));
            var compared = new Comparison($"import of {size:N0} synthetic products", 0.3, null);
            var settings = new List<object>();
            var reached = true;
            for (var round = 0; round < options.Rounds; round++)
            {
                await using var database = await BenchDatabase.StartAsync(options.Root);
                var postmaster = await database.ProcessIdAsync();
                var run = new ImportRun(options, database, postmaster);
                var commerce = await run.RunAsync(first, Path.Combine(folder, "categories.ndjson"), products);
                reached &= run.PeakMegabytes <= MostMegabytes;
                AnsiConsole.WriteLine($"  {run}");
                if (options.CommerceOnly)
                {
                    continue;
                }

                compared.Add(await CopyAsync(database, postmaster, folder, size), commerce);
                settings.Add(new { run.PeakMegabytes, run.KilledAfter, run.Searches, searchMs = run.SearchMs, database = await database.SettingsAsync() });
            }

            var code = options.CommerceOnly ? 0 : await Report.WriteAsync("import", [compared], new { catalogue = "synthetic", products = size, rounds = settings }, options.Json);
            AnsiConsole.WriteLine($"  memory of the Host at most {MostMegabytes} MB: {(reached ? "reached" : "MISSED")}");
            return reached ? code : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The yardstick: the rows are written to files first, so that only taking them in is measured.</summary>
    private static async Task<Round> CopyAsync(BenchDatabase database, int postmaster, string folder, int size)
    {
        var tables = new List<string>();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using (var list = new NpgsqlCommand(SelectTables, connection))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                tables.Add(reader.GetString(0));
            }
        }

        await database.ExecuteAsync("create schema bench");
        for (var i = 0; i < tables.Count; i++)
        {
            await database.ExecuteAsync($"create table bench.t{i} (like {tables[i]} including indexes including defaults including storage including generated)");
            await using var file = File.Create(Path.Combine(folder, $"t{i}"));
            await using var source = await connection.BeginRawBinaryCopyAsync($"copy {tables[i]} to stdout (format binary)");
            await source.CopyToAsync(file);
        }

        await database.ExecuteAsync("checkpoint");
        var before = Cpu.SecondsOf(postmaster);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < tables.Count; i++)
        {
            await using var file = File.OpenRead(Path.Combine(folder, $"t{i}"));
            await using var target = await connection.BeginRawBinaryCopyAsync($"copy bench.t{i} from stdin (format binary)");
            await file.CopyToAsync(target, 1 << 18);
        }

        return new Round(size, watch.Elapsed.TotalSeconds, [], new Dictionary<string, double> { ["postgres"] = Cpu.SecondsOf(postmaster) - before });
    }
}

/// <summary>One import with a kill in the middle, and what was seen meanwhile.</summary>
internal sealed class ImportRun(BenchOptions options, BenchDatabase database, int postmaster)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);
    private static readonly string[] Asked = ["pro", "classic steel", "카메라", "travel blue", "cotton", "red studio", "dv71"];

    private readonly List<double> _searchMs = [];
    private HostProcess? _host;

    /// <summary>What the Host held at the most, before and after the kill.</summary>
    public long PeakMegabytes { get; private set; }

    /// <summary>Rows that were done when it was killed.</summary>
    public long KilledAfter { get; private set; }

    public int Searches => _searchMs.Count;

    public object SearchMs => new { p50 = SearchAt(0.5), p99 = SearchAt(0.99), most = SearchAt(1) };

    public override string ToString() =>
        $"peak memory of the Host {PeakMegabytes:N0} MB, killed after {KilledAfter:N0} rows, {Searches:N0} searches meanwhile: p50 {SearchAt(0.5):N0}, p99 {SearchAt(0.99):N0}, most {SearchAt(1):N0} ms";

    public async Task<Round> RunAsync(string first, string categories, string products)
    {
        _host = await HostProcess.StartAsync(options.Root, database.ConnectionString, null);
        try
        {
            await Catalogue.CliAsync(options.Root, "import", first, "--products", "--categories", categories, "--url", _host.Staff.BaseAddress!.ToString(), "--api-key", HostProcess.Key);
            var (cpu, watch) = (Processes(), Stopwatch.StartNew());
            var job = await UploadAsync(products);
            AnsiConsole.WriteLine($"  {options.Products:N0} rows received after {watch.Elapsed.TotalSeconds:N1} s");
            using var ended = new CancellationTokenSource();
            var searches = SearchAsync(ended.Token);
            await UntilAsync(job, processed => processed >= options.Products / 2);
            var hostCpu = _host.CpuSeconds() - cpu["host"];
            KilledAfter = (await StateAsync(job)).GetProperty("processed").GetInt64();
            watch.Stop();
            AnsiConsole.WriteLine($"  killed after {watch.Elapsed.TotalSeconds:N1} s, {_host.PeakBytes >> 20} MB");
            PeakMegabytes = _host.PeakBytes >> 20;
            var again = _host;
            _host = null;
            await again.KillAsync();
            _host = await HostProcess.StartAsync(options.Root, database.ConnectionString, null);
            watch.Start();
            await UntilAsync(job, _ => false);
            AnsiConsole.WriteLine($"  all rows done after {watch.Elapsed.TotalSeconds:N1} s");
            await UntilIndexedAsync();
            watch.Stop();
            await ended.CancelAsync();
            await searches;
            PeakMegabytes = Math.Max(PeakMegabytes, _host.PeakBytes >> 20);
            var spent = Processes();
            await CheckAsync(job);
            return new Round(options.Products, watch.Elapsed.TotalSeconds, [], new Dictionary<string, double>
            {
                ["host"] = hostCpu + spent["host"], ["postgres"] = spent["postgres"] - cpu["postgres"],
            });
        }
        finally
        {
            await (_host?.DisposeAsync() ?? default);
        }
    }

    private double SearchAt(double share)
    {
        lock (_searchMs)
        {
            var sorted = _searchMs.Order().ToList();
            return sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
        }
    }

    private Dictionary<string, double> Processes() => new() { ["host"] = _host!.CpuSeconds(), ["postgres"] = Cpu.SecondsOf(postmaster) };

    private async Task<string> UploadAsync(string file)
    {
        await using var rows = File.OpenRead(file);
        using var content = new StreamContent(rows, 1 << 18);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var accepted = await _host!.Staff.PostAsync(new Uri("api/v1/products/import", UriKind.Relative), content);
        return accepted.StatusCode == HttpStatusCode.Accepted
            ? (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("jobId").GetString()!
            : throw new InvalidOperationException($"The upload was answered {(int)accepted.StatusCode}.");
    }

    private Task<JsonElement> StateAsync(string job) => _host!.Staff.GetFromJsonAsync<JsonElement>(new Uri($"api/v1/jobs/{job}", UriKind.Relative));

    private async Task UntilAsync(string job, Func<long, bool> enough)
    {
        for (var at = Stopwatch.StartNew(); ; await Task.Delay(BetweenLooks))
        {
            var state = await StateAsync(job);
            var processed = state.GetProperty("processed").GetInt64();
            if (at.Elapsed > TimeSpan.FromSeconds(10))
            {
                at.Restart();
                AnsiConsole.WriteLine($"  {processed:N0} rows, {_host!.ResidentBytes >> 20} MB, lag of search {await LagAsync()}");
            }

            if (state.GetProperty("status").GetString() == "completed" || enough(processed))
            {
                return;
            }

            if (state.GetProperty("status").GetString() is not ("queued" or "running"))
            {
                throw new InvalidOperationException($"The import failed: {state}");
            }
        }
    }

    private async Task UntilIndexedAsync()
    {
        for (var (still, at) = (0, Stopwatch.StartNew()); still < 3; await Task.Delay(BetweenLooks))
        {
            var lag = await LagAsync();
            still = lag.StartsWith("0;", StringComparison.Ordinal) ? still + 1 : 0;
            if (at.Elapsed > TimeSpan.FromSeconds(10))
            {
                at.Restart();
                AnsiConsole.WriteLine($"  {_host!.ResidentBytes >> 20} MB, lag of search {lag}");
            }
        }
    }

    private async Task<string> LagAsync()
    {
        using var answer = await _host!.Staff.GetAsync(new Uri("api/v1/search?limit=1", UriKind.Relative));
        return answer.Headers.TryGetValues("X-Projection-Lag", out var lag) ? lag.First() : "unknown";
    }

    /// <summary>Somebody searches all the while; only while no Host runs may nobody answer.</summary>
    private async Task SearchAsync(CancellationToken cancellationToken)
    {
        for (var number = 0; !cancellationToken.IsCancellationRequested; number++)
        {
            if (_host is { } host)
            {
                var watch = Stopwatch.StartNew();
                try
                {
                    using var answer = await host.Staff.GetAsync(new Uri("api/v1/search?q=" + Uri.EscapeDataString(Asked[number % Asked.Length]), UriKind.Relative), CancellationToken.None);
                    if (answer.StatusCode != HttpStatusCode.OK)
                    {
                        throw new InvalidOperationException($"A search was answered {(int)answer.StatusCode} in the middle of the import.");
                    }

                    lock (_searchMs)
                    {
                        _searchMs.Add(watch.Elapsed.TotalMilliseconds);
                    }
                }
                catch (Exception fault) when (fault is HttpRequestException or ObjectDisposedException or OperationCanceledException && _host != host)
                {
                    // It was killed.
                }
            }

            await Task.Delay(BetweenLooks, CancellationToken.None);
        }
    }

    /// <summary>Complete and without doubles, in the events and in what is read.</summary>
    private async Task CheckAsync(string job)
    {
        var state = await StateAsync(job);
        var told = (Processed: state.GetProperty("processed").GetInt64(), Failed: state.GetProperty("failed").GetInt64());
        var size = (long)options.Products;
        foreach (var (what, sql) in new[]
        {
            ("products", "select count(*) from catalog.products"),
            ("SKUs", "select count(*) from catalog.variants"),
            ("products of SKUs", "select count(distinct product_id) from catalog.variants"),
            ("slugs", "select count(distinct product_id) from catalog.slugs"),
            ("created", "select count(*) from events.mt_events where type = 'product_created'"),
            ("claimed", "select count(*) from events.mt_events where type = 'sku_claimed'"),
            ("searched", "select count(*) from catalog.search_docs where not dead"),
            ("found", "select count(distinct product_id) from catalog.search_docs where not dead"),
        })
        {
            if (await database.AskAsync(sql) is var count && count != size)
            {
                throw new InvalidOperationException($"There are {count:N0} {what} of {size:N0} products.");
            }
        }

        if (told != (size, 0))
        {
            throw new InvalidOperationException($"The job tells of {told.Processed:N0} rows, {told.Failed:N0} failed, of {size:N0}.");
        }
    }
}
