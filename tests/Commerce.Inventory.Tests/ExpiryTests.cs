using System.Net;
using Commerce.Inventory.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests;

/// <summary>Time passes only when the test says so.</summary>
public sealed class ExpiryTests
{
    [Fact]
    public async Task Units_are_free_the_instant_their_time_has_passed_and_the_sweep_only_records_it()
    {
        await using var database = await InventoryHost.DatabaseAsync();
        var clock = new StillClock(DateTimeOffset.UtcNow);
        await using var host = await InventoryHost.StartAsync(database.ConnectionString, clock);
        var sweep = host.Services.GetRequiredService<ExpirySweep>();
        await sweep.StopAsync(CancellationToken.None);
        var staff = host.Client();
        var levels = host.Services.GetRequiredService<IStockLevels>();
        var (sku, other) = (NewSku(), NewSku());
        await staff.ReceiveAsync(sku, 5);
        await staff.ReceiveAsync(other, 5);
        var reservation = await staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku, quantity = 5 }, new { sku = other, quantity = 1 } }, expiresInSeconds = 60 });
        (await levels.LevelsAsync([sku], CancellationToken.None))[sku].ShouldBe(new StockLevel(sku, 0, "outOfStock"));
        await staff.ReserveAsync(HttpStatusCode.Conflict, new { lines = new[] { new { sku, quantity = 1 } } });

        clock.Pass(TimeSpan.FromSeconds(60));

        (await staff.StockAsync(sku)).Levels().ShouldBe((5, 0, 5));
        (await staff.StockAsync(sku)).GetProperty("locations")[0].Int("reserved").ShouldBe(0);
        (await levels.LevelsAsync([sku], CancellationToken.None))[sku].ShouldBe(new StockLevel(sku, 5, "inStock"));
        (await staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/reservations/{reservation.Text("id")}")).Text("status").ShouldBe("expired");
        await staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"inventory/reservations/{reservation.Text("id")}/extend", new { });

        // Sold to somebody else with nothing swept.
        await staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku, quantity = 5 } }, expiresInSeconds = 600 });
        (await staff.StockAsync(sku)).Levels().ShouldBe((5, 5, 0));
        (await staff.StockAsync(other)).Levels().ShouldBe((5, 0, 5));

        (await sweep.SweepAsync(CancellationToken.None)).ShouldBe(1);
        (await sweep.SweepAsync(CancellationToken.None)).ShouldBe(0);
        (await staff.StockAsync(sku)).Levels().ShouldBe((5, 5, 0));
        var ledger = (await staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/{other}/movements")).GetProperty("items").EnumerateArray().First();
        (ledger.Text("kind"), ledger.Text("actor"), ledger.Int("balance")).ShouldBe(("reservationExpired", "system:expiry", 5));
    }

    [Fact]
    public async Task A_level_with_many_holds_is_right_at_every_instant()
    {
        await using var database = await InventoryHost.DatabaseAsync();
        var clock = new StillClock(DateTimeOffset.UtcNow);
        await using var host = await InventoryHost.StartAsync(database.ConnectionString, clock);
        var staff = host.Client();
        var levels = host.Services.GetRequiredService<IStockLevels>();
        var sku = NewSku();
        await staff.ReceiveAsync(sku, 40);
        for (var i = 1; i <= 40; i++)
        {
            await staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku, quantity = 1 } }, expiresInSeconds = i });
        }

        for (var passed = 0; passed <= 40; passed++)
        {
            (await levels.LevelsAsync([sku], CancellationToken.None))[sku].Available.ShouldBe(passed);
            clock.Pass(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task The_sweep_runs_by_itself()
    {
        await using var database = await InventoryHost.DatabaseAsync();
        await using var host = await InventoryHost.StartAsync(database.ConnectionString);
        var staff = host.Client();
        var sku = NewSku();
        await staff.ReceiveAsync(sku, 1);
        await staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku, quantity = 1 } }, expiresInSeconds = 1 });
        for (var i = 0; i < 100 && (await staff.StockAsync(sku)).Int("version") < 3; i++)
        {
            await Task.Delay(100);
        }

        (await staff.StockAsync(sku)).Int("version").ShouldBe(3);
    }

    /// <summary>A clock that tells the test's time but runs timers in real time, which the store's machinery needs.</summary>
    private sealed class StillClock(DateTimeOffset start) : TimeProvider
    {
        private readonly FakeTimeProvider _told = new(start);

        public void Pass(TimeSpan time) => _told.Advance(time);

        public override DateTimeOffset GetUtcNow() => _told.GetUtcNow();
    }
}
