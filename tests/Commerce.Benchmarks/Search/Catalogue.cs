using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Commerce.Benchmarks.Harness;
using Npgsql;
using Spectre.Console;

namespace Commerce.Benchmarks.Search;

/// <summary>
/// A database with a synthetic catalogue, kept under <c>.commerce/</c> for the next run. The first products come through the API. Of a large catalogue the
/// others are written by SQL in sets: an event each, and the rows that the events would have made, in the form that the first ones have, which is compared.
/// Claims of slugs and SKUs are left out. The search index is made of all of them by the Host, as an operator has it rebuilt.
/// </summary>
public sealed class Catalogue : IAsyncDisposable
{
    private const int ThroughTheApi = 10_000;

    // What the kept database depends on.
    private static readonly string[] Sources =
    [
        "src/Modules/Catalog/Commerce.Catalog/Schema", "src/Modules/Catalog/Commerce.Catalog/Search/IndexedText.cs", "src/Modules/Catalog/Commerce.Catalog/Search/IndexedProduct.cs",
        "src/Modules/Catalog/Commerce.Catalog/Search/Words.cs", "tools/Commerce.Cli/Generate/SyntheticCatalogue.cs", "tests/Commerce.Benchmarks/Search/Catalogue.cs",
    ];

    private const string Stage = "create schema if not exists bench; drop table if exists bench.lines; create unlogged table bench.lines (n integer generated always as identity, line jsonb not null)";

    private const string Make = """
        drop table if exists bench.made;
        create unlogged table bench.made as
        select n, line, c.id as category, now() as at,
               (lpad(to_hex((extract(epoch from now()) * 1000)::bigint - 10000000 + n), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid as id,
               trim(both '-' from regexp_replace(lower(line #>> '{translations,en,name}'), '[^a-z0-9]+', '-', 'g')) || '-' || n as slug,
               jsonb_build_array(jsonb_build_object(
                   'sku', line #> '{variants,0,sku}', 'options', '{}'::jsonb, 'weightGrams', line #> '{variants,0,weightGrams}',
                   'prices', (select jsonb_agg(jsonb_build_object('currency', p ->> 'currency', 'amount', (p ->> 'amount')::numeric, 'minQuantity', 1) order by o)
                                from jsonb_array_elements(jsonb_build_array(line #> '{variants,0,price}') || (line #> '{variants,0,prices}')) with ordinality as x (p, o)))) as variants
          from bench.lines join catalog.categories c on c.slug = line #>> '{categories,0}';
        alter table bench.made add column document jsonb;
        update bench.made set document = jsonb_build_object(
            'id', id, 'version', 1, 'slug', slug, 'status', 'Active', 'translations', line -> 'translations', 'categoryIds', jsonb_build_array(category),
            'attributes', line -> 'attributes', 'images', line -> 'images', 'variants', variants, 'createdAt', at, 'updatedAt', at)
        """;

    // The first products are there already: theirs must be the same but for ids and times.
    private const string Differing = """
        select count(*) from bench.made m
          join catalog.variants v on v.sku = m.variants #>> '{0,sku}'
          join catalog.products p on p.id = v.product_id
         where (p.document::jsonb - '{id,slug,createdAt,updatedAt}'::text[]) <> (m.document - '{id,slug,createdAt,updatedAt}'::text[])
        """;

    private const string Write = """
        delete from bench.made m using catalog.variants v where v.sku = m.variants #>> '{0,sku}';
        insert into events.mt_streams (id, type, version, timestamp, created) select id, 'product', 1, at, at from bench.made;
        insert into events.mt_events (seq_id, id, stream_id, version, data, type, timestamp)
            select nextval('events.mt_events_sequence'), id, id, 1, (document - '{id,version,updatedAt}'::text[]) || '{"status":"active"}', 'product_created', at from bench.made order by n;
        insert into catalog.products (id, slug, status, version, sort_name, created_at, updated_at, document, brand)
            select id, slug, 'active', 1, left(lower(line #>> '{translations,en,name}'), 100), at, at, document::text, line #>> '{attributes,brand}' from bench.made;
        insert into catalog.slugs (slug, product_id) select slug, id from bench.made;
        insert into catalog.variants (sku, product_id, document)
            select variants #>> '{0,sku}', id, jsonb_build_object('productId', id, 'status', 'Active', 'prices', variants #> '{0,prices}',
                   'names', jsonb_build_object('en', line #> '{translations,en,name}', 'ko', line #> '{translations,ko,name}'))::text from bench.made;
        insert into catalog.offers (product_id, currency, amount)
            select id, p ->> 'currency', (p ->> 'amount')::numeric from bench.made, jsonb_array_elements(variants #> '{0,prices}') as p;
        insert into catalog.product_categories (category_id, product_id, direct)
            select p.ancestor_id, m.id, bool_or(p.depth = 0) from bench.made m join catalog.category_paths p on p.category_id = m.category group by p.ancestor_id, m.id;
        drop table bench.made, bench.lines;
        update events.commerce_progression set tx = (select max(commerce_tx) from events.mt_events), seq = (select max(seq_id) from events.mt_events);
        vacuum analyze catalog.products;
        vacuum analyze catalog.variants;
        vacuum analyze catalog.offers;
        vacuum analyze catalog.product_categories;
        vacuum analyze events.mt_events
        """;

    private readonly BenchDatabase _database;

    private Catalogue(BenchDatabase database) => _database = database;

    /// <summary>The database.</summary>
    public BenchDatabase Database => _database;

    /// <summary>Starts the database that a run before this one kept, or fills one.</summary>
    public static async Task<Catalogue> OpenAsync(BenchOptions options, int size)
    {
        var print = Fingerprint(options.Root);
        var folder = Path.Combine(options.Root, ".commerce", $"bench-search-{size}");
        if (Directory.Exists(folder) && (!File.Exists(Path.Combine(folder, "filled.txt")) || await File.ReadAllTextAsync(Path.Combine(folder, "filled.txt")) != print))
        {
            Directory.Delete(folder, recursive: true);
        }

        var isFilled = Directory.Exists(folder);
        var catalogue = new Catalogue(await BenchDatabase.KeepAsync(Path.Combine(folder, "cluster")));
        if (!isFilled)
        {
            var watch = Stopwatch.StartNew();
            await catalogue.FillAsync(options.Root, size);
            await File.WriteAllTextAsync(Path.Combine(folder, "filled.txt"), print);
            AnsiConsole.WriteLine($"  {size:N0} synthetic products written and indexed in {watch.Elapsed.TotalSeconds:N0} s, kept in {folder}");
        }

        return catalogue;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static string Fingerprint(string root)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var source in Sources.Select(source => Path.Combine(root, source)))
        {
            foreach (var file in Directory.Exists(source) ? Directory.GetFiles(source).Order(StringComparer.Ordinal).ToArray() : [source])
            {
                hash.AppendData(File.ReadAllBytes(file));
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private async Task FillAsync(string root, int size)
    {
        var folder = Path.Combine(root, ".commerce", $"bench-catalogue-{Environment.ProcessId}-{size}");
        Directory.CreateDirectory(folder);
        try
        {
            var file = Path.Combine(folder, "products.ndjson");
            await CliAsync(root, "generate", "--products", size.ToString(CultureInfo.InvariantCulture), "--seed", "1", "--out", file);
            await using (var host = await HostProcess.StartAsync(root, _database.ConnectionString, null))
            {
                var watch = Stopwatch.StartNew();
                var first = Path.Combine(folder, "first.ndjson");
                await File.WriteAllLinesAsync(first, File.ReadLines(file).Take(Math.Min(size, ThroughTheApi)));
                await CliAsync(root, "import", first, "--products", "--categories", Path.Combine(folder, "categories.ndjson"), "--url", host.Staff.BaseAddress!.ToString(), "--api-key", HostProcess.Key, "--patience", "60");
                await SettleAsync(host);
                AnsiConsole.WriteLine($"  the first {Math.Min(size, ThroughTheApi):N0} through the API at {Math.Min(size, ThroughTheApi) / watch.Elapsed.TotalSeconds:N0}/s, indexed; Host {host.ResidentBytes >> 20:N0} MB after it");
            }

            if (size > ThroughTheApi)
            {
                await WriteAsync(file);
                await using var host = await HostProcess.StartAsync(root, _database.ConnectionString, null);
                await RebuildAsync(host, size);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await _database.ExecuteAsync("vacuum analyze");
        await _database.ExecuteAsync("checkpoint");
    }

    private async Task WriteAsync(string file)
    {
        var watch = Stopwatch.StartNew();
        await _database.ExecuteAsync(Stage);
        await using (var connection = new NpgsqlConnection(_database.ConnectionString))
        {
            await connection.OpenAsync();
            // JSON has neither of these characters, so lines are taken as they are.
            await using var copy = await connection.BeginTextImportAsync("copy bench.lines (line) from stdin (format csv, quote e'\\x01', delimiter e'\\x02')");
            foreach (var line in File.ReadLines(file))
            {
                await copy.WriteAsync(line);
                await copy.WriteAsync('\n');
            }
        }

        await StepsAsync(Make);
        if (await _database.AskAsync(Differing) is > 0 and var differing)
        {
            throw new InvalidOperationException($"{differing} products are written otherwise than the API writes them.");
        }

        await StepsAsync(Write);
        AnsiConsole.WriteLine($"  the others in sets by SQL, events and rows, in {watch.Elapsed.TotalSeconds:N0} s");
    }

    private async Task StepsAsync(string script)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        foreach (var step in script.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Prepend("set synchronous_commit = off").Prepend("set work_mem = '256MB'"))
        {
            await using var command = new NpgsqlCommand(step, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task RebuildAsync(HostProcess host, int size)
    {
        var watch = Stopwatch.StartNew();
        using (var answer = await host.Staff.PostAsync(new Uri("api/v1/projections/Catalog.Search/rebuild", UriKind.Relative), null))
        {
            if (answer.StatusCode != HttpStatusCode.Accepted)
            {
                throw new InvalidOperationException($"The index is not rebuilt: {(int)answer.StatusCode}");
            }
        }

        for (var told = ""; !told.Contains("Rebuilt Catalog.Search\n", StringComparison.Ordinal); told = await host.LogAsync())
        {
            if (told.Contains("Rebuilding Catalog.Search failed", StringComparison.Ordinal))
            {
                throw new InvalidOperationException(told);
            }

            await Task.Delay(500);
        }

        AnsiConsole.WriteLine($"  the index rebuilt by the Host at {size / watch.Elapsed.TotalSeconds:N0}/s, Host {host.ResidentBytes >> 20:N0} MB after it");
    }

    private static async Task SettleAsync(HostProcess host)
    {
        for (var still = 0; still < 3; await Task.Delay(200))
        {
            using var answer = await host.Staff.GetAsync(new Uri("api/v1/search?limit=1", UriKind.Relative));
            still = answer.Headers.TryGetValues("X-Projection-Lag", out var lag) && lag.First().StartsWith("0;", StringComparison.Ordinal) ? still + 1 : 0;
        }
    }

    /// <summary>Runs a command of ./dev to its end.</summary>
    internal static async Task CliAsync(string root, params string[] arguments)
    {
        var program = Path.Combine(root, "tools", "Commerce.Cli", "bin", "Release", "net10.0", "Commerce.Cli.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{arguments[0]} ended with {process.ExitCode}.");
        }
    }
}
