using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests.Slices;

/// <summary>A thousand browsers watch a flash sale over real sockets; their connections break at random and they come back with the last id they saw.</summary>
public sealed class FlashSaleStreamTests
{
    private const int Listeners = 1000;
    private const int Sales = 120;
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task A_thousand_listeners_dropped_and_resumed_miss_nothing_and_see_nothing_twice()
    {
        await using var database = await InventoryHost.DatabaseAsync();
        await using var host = await InventoryHost.StartAsync(database.ConnectionString, sockets: true);
        var staff = host.Client();
        string[] skus = [NewSku(), NewSku(), NewSku()];
        foreach (var sku in skus)
        {
            await staff.ReceiveAsync(sku, Sales);
        }

        using var time = new CancellationTokenSource(Most);
        // The last version of each SKU is known beforehand: one receipt and one event for each sale of it.
        var last = 1 + (Sales / skus.Length);
        var watching = new CountdownEvent(Listeners);
        var listeners = Enumerable.Range(0, Listeners).Select(i => WatchAsync(host, skus[i % skus.Length], i, last, watching, time.Token)).ToArray();
        await Task.Run(() => watching.Wait(time.Token), time.Token);
        await Parallel.ForEachAsync(Enumerable.Range(0, Sales), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = time.Token }, async (i, _) =>
        {
            var question = new AllocateStock(Identifiers.Next(), [new StockLine(skus[i % skus.Length], 1)]);
            (await host.DecideAsync<StockAnswer>(touches => touches.Question(question), scope => scope.Ask<AllocateStock, StockAnswer>(question))).Value.Done.ShouldBeTrue();
        });

        var watched = await Task.WhenAll(listeners);

        foreach (var (versions, _) in watched)
        {
            versions.ShouldBe(Enumerable.Range(versions[0], last - versions[0] + 1));
            versions[0].ShouldBe(1);
        }

        watched.Sum(listener => listener.Drops).ShouldBeGreaterThan(Listeners);
    }

    private static async Task<(List<int> Versions, int Drops)> WatchAsync(InventoryHost host, string sku, int seed, int last, CountdownEvent watching, CancellationToken token)
    {
        using var client = host.Client(null);
        // Chance decides where connections break; the same chance every time.
        var random = new Random(seed);
        var versions = new List<int>();
        string? lastId = null;
        var drops = 0;
        while (versions.Count == 0 || versions[^1] < last)
        {
            await using var stream = await StockStreamReader.OpenAsync(client, [sku], lastId, token);
            var until = versions.Count + random.Next(1, 20);
            while ((versions.Count == 0 || versions[^1] < last) && versions.Count < until)
            {
                var change = await stream.NextAsync(token);
                if (versions.Count == 0)
                {
                    watching.Signal();
                }

                versions.Add((int)change.Version);
                lastId = change.Id ?? lastId;
            }

            drops++;
        }

        return (versions, drops - 1);
    }
}
