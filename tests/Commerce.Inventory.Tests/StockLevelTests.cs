using System.Net;
using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Inventory.ReadModels;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests;

public sealed class StockLevelTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    private readonly HttpClient _staff = fixture.Host.Client();
    private readonly IStockLevels _levels = fixture.Host.Services.GetRequiredService<IStockLevels>();

    [Fact]
    public async Task Levels_are_right_after_every_write()
    {
        var (sku, never) = (NewSku(), NewSku());
        for (var units = 1; units <= 5; units++)
        {
            await _staff.ReceiveAsync(sku, 1);
            var levels = await _levels.LevelsAsync([sku, never, sku], CancellationToken.None);
            levels.Count.ShouldBe(2);
            levels[sku].ShouldBe(new StockLevel(sku, units, "inStock"));
            levels[never].ShouldBe(new StockLevel(never, 0, "outOfStock"));
        }

        await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/{sku}/settings", new { lowStockThreshold = 5 });
        (await _levels.LevelsAsync([sku], CancellationToken.None))[sku].Availability.ShouldBe("lowStock");
    }

    [Fact]
    public async Task A_sku_asked_for_before_its_first_receipt_is_there_right_after_it()
    {
        var sku = NewSku();
        (await _levels.LevelsAsync([sku], CancellationToken.None))[sku].Available.ShouldBe(0);
        await _staff.ReceiveAsync(sku, 2);
        (await _levels.LevelsAsync([sku], CancellationToken.None))[sku].Available.ShouldBe(2);
    }

    [Fact]
    public async Task Many_readers_at_once_share_statements()
    {
        var skus = Enumerable.Range(0, 60).Select(_ => NewSku()).ToList();
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/receipts", new { lines = skus.Select((sku, i) => new { sku, quantity = i + 1 }) });
        var reader = fixture.Host.Services.GetRequiredService<StockLevelReader>();
        var read = await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(_ => skus).Select(reader.ReadAsync));
        read.Select(level => level!.OnHand).ShouldBe(Enumerable.Range(0, 20).SelectMany(_ => Enumerable.Range(1, 60)));
    }

    [Fact]
    public void Every_change_of_stock_drops_its_key_and_is_announced()
    {
        var e = new RecordedEvent
        {
            Id = Guid.Empty, StreamId = Guid.Empty, Version = 1, Name = "stock_received", Timestamp = default,
            Data = new StockReceived("A", "main", 1, null, new StockBalance(3, 2, "inStock")),
        };
        var invalidation = new StockLevelInvalidation();
        invalidation.KeysFor(e).ShouldBe([StockLevels.Key("A")]);
        invalidation.KeysFor(e with { Data = new ReservationReleased() }).ShouldBeEmpty();
        var announcements = new Announcements();
        announcements.Announce(e).ShouldBe(new StockChangedAnnouncement("A", 1, "inStock"));
        announcements.Announce(e with { Data = new ReservationReleased() }).ShouldBeNull();
        // Running low says nothing of its own about the levels: the event before it did.
        announcements.Announced.SelectMany(announced => announced.Value).ShouldBe(invalidation.Handles, ignoreOrder: true);
        // Derived from the code: an event that is new must be in the list.
        typeof(IStockEvent).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IStockEvent))).ShouldBe(InventoryModule.StockEvents, ignoreOrder: true);
    }
}
