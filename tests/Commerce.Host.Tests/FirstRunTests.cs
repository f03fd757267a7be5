using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using Commerce.EventStore;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Host.Tests;

/// <summary>The Host as a newcomer starts it: nothing configured, an empty folder, real Kestrel and its own PostgreSQL.</summary>
public sealed class FirstRunTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _root = Path.Combine("/tmp", "commerce-first-run-" + Identifiers.Next().ToString("N"));
    private readonly string? _before = Environment.GetEnvironmentVariable("COMMERCE_ROOT");

    public FirstRunTests()
    {
        var repository = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(repository.FullName, "Commerce.sln")))
        {
            repository = repository.Parent!;
        }

        Directory.CreateDirectory(_root);
        Directory.CreateSymbolicLink(Path.Combine(_root, "tools"), Path.Combine(repository.FullName, "tools"));
        TakeSample(Path.Combine(repository.FullName, "samples"), Path.Combine(_root, "samples"));
        Environment.SetEnvironmentVariable("COMMERCE_ROOT", _root);
    }

    private string Folder => Path.Combine(_root, "data");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("COMMERCE_ROOT", _before);

        // A Host that ends writes into the folder until the end of Main, which nobody here can await: what it wrote meanwhile goes with the next round.
        SpinWait.SpinUntil(IsGone, Patience).ShouldBeTrue($"{_root} is still being written to.");
    }

    private bool IsGone()
    {
        try
        {
            Directory.Delete(_root, recursive: true);
        }
        catch (IOException)
        {
        }

        return !Directory.Exists(_root);
    }

    [Fact]
    public async Task The_first_start_makes_everything_and_the_second_finds_it()
    {
        string key;
        long events;
        await using (var first = new NewcomersHost(Folder))
        {
            using var client = first.Open();
            key = File.ReadAllText(Path.Combine(Folder, "bootstrap-api-key")).Trim();
            await UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(Folder, "address"))));
            new Uri(File.ReadAllText(Path.Combine(Folder, "address")).Trim()).Port.ShouldBe(client.BaseAddress!.Port);
            File.ReadAllText(Path.Combine(_root, ".commerce", "address")).Trim().ShouldNotBeEmpty();

            // The shop answers while the sample is still coming in, and has it in the end.
            (await client.GetAsync("/health/ready")).IsSuccessStatusCode.ShouldBeTrue();
            await UntilAsync(async () => await ItemsAsync(client, "/api/v1/products?limit=5") == 5 && !File.Exists(Path.Combine(Folder, "sample-unfinished")));
            await UntilAsync(async () => await ItemsAsync(client, "/api/v1/search?q=toshbia&limit=5") > 0);
            client.DefaultRequestHeaders.Add("X-Api-Key", key);
            (await client.GetAsync("/api/v1/projections")).IsSuccessStatusCode.ShouldBeTrue();
            events = await SettledCountAsync(first);
        }

        // The factory does not wait for the end of Main, which stops the database.
        await UntilAsync(() => Task.FromResult(IsFree(Path.Combine(Folder, "postgres", "lock"))));
        var started = Stopwatch.GetTimestamp();
        await using var second = new NewcomersHost(Folder);
        using var again = second.Open();
        (await again.GetAsync("/health/live")).IsSuccessStatusCode.ShouldBeTrue();
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(30));
        again.DefaultRequestHeaders.Add("X-Api-Key", key);
        (await again.GetAsync("/api/v1/projections")).IsSuccessStatusCode.ShouldBeTrue("The key of the first start still opens the shop.");
        (await SettledCountAsync(second)).ShouldBe(events, "The sample is loaded once.");
        await second.DisposeAsync();
        await UntilAsync(() => Task.FromResult(IsFree(Path.Combine(Folder, "postgres", "lock"))));
    }

    /// <summary>The first shelf of the real sample: all of it would take longer than everything else here.</summary>
    private static void TakeSample(string from, string to)
    {
        const int products = 60;
        Directory.CreateDirectory(to);
        File.Copy(Path.Combine(from, "categories.ndjson"), Path.Combine(to, "categories.ndjson"));
        File.WriteAllLines(Path.Combine(to, "stock.csv"), File.ReadLines(Path.Combine(from, "stock.csv")).Take(products));
        using var all = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(from, "products.ndjson.gz")), CompressionMode.Decompress));
        using var some = new StreamWriter(new GZipStream(File.Create(Path.Combine(to, "products.ndjson.gz")), CompressionLevel.Fastest));
        for (var i = 0; i < products && all.ReadLine() is { } line; i++)
        {
            some.WriteLine(line);
        }
    }

    private static bool IsFree(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<int> ItemsAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        using var page = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return page.RootElement.GetProperty("items").GetArrayLength();
    }

    /// <summary>How many events there are when every reaction has been had.</summary>
    private static async Task<long> SettledCountAsync(NewcomersHost host)
    {
        var progress = host.Services.GetRequiredService<IProjectionProgress>();
        var last = -1L;
        await UntilAsync(async () =>
        {
            var before = last;
            last = await CountAsync(host);
            await Task.Delay(300);
            return last == before && progress.All.All(projection => projection.Lag.Events == 0);
        });
        return last;
    }

    private static async Task<long> CountAsync(NewcomersHost host)
    {
        var (position, count) = (EventPosition.Start, 0L);
        while (true)
        {
            var page = await host.Services.GetRequiredService<IEventStore>().ReadAllAsync(position, null, 10_000, CancellationToken.None);
            (position, count) = (page.Next, count + page.Events.Count);
            if (page.AtHead)
            {
                return count;
            }
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Patience);
            await Task.Delay(100);
        }
    }

    private sealed class NewcomersHost : WebApplicationFactory<Program>
    {
        private readonly string _folder;

        public NewcomersHost(string folder)
        {
            _folder = folder;
            UseKestrel(0);
        }

        public HttpClient Open()
        {
            StartServer();
            return CreateClient();
        }

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("data", _folder);
            builder.UseSetting("port", "0");
        }
    }
}
