using System.CommandLine;
using Commerce.Benchmarks.EventStore;
using Commerce.Benchmarks.Growth;
using Commerce.Benchmarks.Harness;
using Commerce.Benchmarks.Importing;
using Commerce.Benchmarks.Mix;
using Commerce.Benchmarks.Orders;
using Commerce.Benchmarks.Projections;
using Commerce.Benchmarks.Reads;
using Commerce.Benchmarks.Search;
using Commerce.Benchmarks.Verification;

// A yardstick server is this program, too.
if (args is [ChildServer.Verb, .. var served])
{
    return await BareKestrel.RunAsync(served);
}

var name = new Argument<string>("name") { Description = "event-store, orders, hot-sku, reads, search, import, projections, growth, mix, verify" };
var json = new Option<string?>("--json") { Description = "Write both sides, the ratios, the percentiles and the settings to this file." };
var rounds = new Option<int>("--rounds") { Description = "Rounds of each side.", DefaultValueFactory = _ => 3 };
var seconds = new Option<int>("--seconds") { Description = "Seconds of each round.", DefaultValueFactory = _ => 8 };
var alone = new Option<bool>("--commerce-only") { Description = "Run no yardstick, to look at Commerce with a profiler." };
var events = new Option<long>("--events") { Description = "Events of the large database of growth, projections and verify.", DefaultValueFactory = _ => 1_000_000 };
var products = new Option<int>("--products") { Description = "Products of import, and of the large catalogue of search.", DefaultValueFactory = _ => 1_000_000 };
var only = new Option<string?>("--only") { Description = "One part of reads: warm, redis, cold or stampede." };
var command = new RootCommand("Measures Commerce against its yardsticks, in turns on the same machine.") { name, json, rounds, seconds, alone, events, products, only };
var root = Environment.GetEnvironmentVariable("COMMERCE_ROOT") ?? Directory.GetCurrentDirectory();
command.SetAction(async (parsed, _) =>
{
    var options = new BenchOptions(root, parsed.GetValue(rounds), parsed.GetValue(seconds), parsed.GetValue(json), parsed.GetValue(alone), parsed.GetValue(events)) { Products = parsed.GetValue(products), Only = parsed.GetValue(only) };
    return parsed.GetValue(name) switch
    {
        "event-store" => await EventStoreBench.RunAsync(options),
        "orders" => await OrderBench.RunAsync(options, hot: false),
        "hot-sku" => await OrderBench.RunAsync(options, hot: true),
        "reads" => await ReadBench.RunAsync(options),
        "search" => await SearchBench.RunAsync(options),
        "import" => await ImportBench.RunAsync(options),
        "projections" => await ProjectionBench.RunAsync(options),
        "growth" => await GrowthBench.RunAsync(options),
        "mix" => await MixBench.RunAsync(options),
        "verify" => await VerifyBench.RunAsync(options),
        var other => throw new ArgumentException($"There is no benchmark '{other}'."),
    };
});
return await command.Parse(args).InvokeAsync();
