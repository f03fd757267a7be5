using Commerce.EventStore;
using Commerce.EventStore.Subscriptions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests;

public sealed class StockFeedTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    private static readonly HashSet<string> Both = ["A", "B"];

    [Fact]
    public void The_ring_knows_what_it_has_forgotten()
    {
        var ring = new StockRing(4);
        ring.Restart(At(10));
        ring.After(At(9), Both).ShouldBeNull();
        ring.After(At(10), Both)!.Changes.ShouldBeEmpty();
        ring.Add([Change("A", 11), Change("B", 12), Change("C", 13)], At(15));
        ring.After(At(10), Both)!.Changes.Select(change => change.Position.Transaction).ShouldBe([11, 12]);
        ring.After(At(11), new HashSet<string> { "A" })!.Seen.ShouldBe(At(15), "there is nothing more of it up to where the feed has looked");
        ring.Add([Change("A", 16), Change("A", 17)], At(17));
        ring.After(At(10), Both).ShouldBeNull();
        ring.After(At(11), Both)!.Changes.Select(change => change.Position.Transaction).ShouldBe([12, 16, 17]);
        ring.After(At(20), Both)!.Seen.ShouldBe(At(20), "whoever read further elsewhere is not sent back");
    }

    [Fact]
    public async Task A_listener_that_falls_behind_the_ring_still_misses_nothing()
    {
        var services = fixture.Host.Services;
        await using var feed = new StockFeed(
            services.GetRequiredService<IEventStore>(),
            services.GetRequiredService<CommitSignal>(),
            services.GetRequiredService<IProjectionProgress>(),
            TimeProvider.System,
            NullLogger<StockFeed>.Instance,
            capacity: 3);
        var staff = fixture.Host.Client();
        var (sku, other) = (NewSku(), NewSku());
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var versions = new List<long>();
        var listening = Task.Run(async () =>
        {
            await foreach (var page in feed.ListenAsync(EventPosition.Start, new HashSet<string> { sku }, TimeSpan.FromSeconds(1), end.Token))
            {
                versions.AddRange(page.Changes.Select(change => change.Version));
                await Task.Delay(30, end.Token);
                if (versions.Count > 0 && versions[^1] == 40)
                {
                    break;
                }
            }
        });
        for (var i = 0; i < 20; i++)
        {
            await staff.ReceiveAsync(sku, 1);
            await staff.ReceiveAsync(other, 1);
            await staff.ReceiveAsync(sku, 1);
        }

        await listening;
        versions.ShouldBe(Enumerable.Range(1, 40).Select(v => (long)v));
    }

    [Fact]
    public async Task It_says_how_far_it_has_looked_when_nothing_happens()
    {
        var feed = fixture.Host.Services.GetRequiredService<StockFeed>();
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await foreach (var page in feed.ListenAsync(EventPosition.Start, new HashSet<string> { "NEVER" }, TimeSpan.FromMilliseconds(50), end.Token))
        {
            page.Changes.ShouldBeEmpty();
            page.Seen.ShouldBeGreaterThan(EventPosition.Start);
            break;
        }
    }

    private static EventPosition At(long transaction) => new(transaction, 0);

    private static StockChange Change(string sku, long transaction) => new(At(transaction), sku, 1, default, new StockBalance(1, 0, "inStock"));
}
