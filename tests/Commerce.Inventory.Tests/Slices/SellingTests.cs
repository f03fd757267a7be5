using System.Net;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Inventory.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests.Slices;

/// <summary>What orders take: reservations that become theirs, units that are not there yet, and from where.</summary>
public sealed class SellingTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    private readonly HttpClient _staff = fixture.Host.Client();

    [Fact]
    public async Task An_order_takes_the_units_of_a_reservation_and_the_rest_is_free_again()
    {
        var (a, b, c) = (NewSku(), NewSku(), NewSku());
        foreach (var sku in new[] { a, b, c })
        {
            await _staff.ReceiveAsync(sku, 5);
        }

        var made = await _staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku = a, quantity = 5 }, new { sku = b, quantity = 3 }, new { sku = c, quantity = 1 } } });
        var held = (await fixture.Host.Services.GetRequiredService<IReservations>().FindAsync(made.GetProperty("id").GetGuid(), CancellationToken.None))!;
        var order = Identifiers.Next();

        // a as held, of b one more than held, of c nothing.
        (await AskAsync(new AllocateStock(Identifiers.Next(), [new StockLine(a, 1)]))).Done.ShouldBeFalse();
        (await AskAsync(new AllocateStock(order, [new StockLine(a, 6)], null, held))).Shortages.ShouldBe([new StockShortage(a, 6, 5)]);
        (await AskAsync(new AllocateStock(order, [new StockLine(a, 5), new StockLine(b, 4)], null, held))).Done.ShouldBeTrue();

        (await _staff.StockAsync(a)).Levels().ShouldBe((5, 5, 0));
        (await _staff.StockAsync(b)).Levels().ShouldBe((5, 4, 1));
        (await _staff.StockAsync(c)).Levels().ShouldBe((5, 0, 5));
        var reservation = await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/reservations/{held.ReservationId}");
        (reservation.Text("status"), reservation.GetProperty("orderId").GetGuid()).ShouldBe(("converted", order));
        (await AskAsync(new AllocateStock(Identifiers.Next(), [new StockLine(c, 1)], null, held))).ReservationStatus.ShouldBe("converted");
        (await _staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"inventory/reservations/{held.ReservationId}/extend", new { })).Text("reservationStatus").ShouldBe("converted");

        // The order gives back what it took, held before or not.
        (await AskAsync(new ReleaseStock(order, [new StockLine(a, 5), new StockLine(b, 4)]))).Done.ShouldBeTrue();
        (await _staff.StockAsync(b)).Levels().ShouldBe((5, 0, 5));
        var kinds = (await LedgerAsync(a)).Select(line => (line.Text("kind"), line.Text("cause"), line.Int("balance")));
        kinds.ShouldBe([("released", "order", 5), ("reservationConverted", "order", 0), ("reserved", "cart", 0), ("received", "user", 5)]);
        (await fixture.Host.Services.GetRequiredService<IReservations>().FindAsync(Identifiers.Next(), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task Back_orders_are_filled_in_turn_by_the_next_receipt_and_only_then_sent()
    {
        var sku = NewSku();
        await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/{sku}/settings", new { backorderLimit = 10 });
        var (first, second, third) = (Identifiers.Next(), Identifiers.Next(), Identifiers.Next());
        foreach (var order in new[] { first, second, third })
        {
            (await AskAsync(new AllocateStock(order, [new StockLine(sku, 3)]))).Done.ShouldBeTrue();
        }

        (await AskAsync(new AllocateStock(Identifiers.Next(), [new StockLine(sku, 2)]))).Shortages.ShouldBe([new StockShortage(sku, 2, 1)]);
        // The second gives one back; it stays where it is in line.
        (await AskAsync(new ReleaseStock(second, [new StockLine(sku, 1)]))).Done.ShouldBeTrue();
        await _staff.ReceiveAsync(sku, 4);

        (await SendAsync(third, sku, 3)).Shortages.ShouldBe([new StockShortage(sku, 3, 0)]);
        (await SendAsync(second, sku, 2)).Shortages.ShouldBe([new StockShortage(sku, 2, 1)]);
        (await SendAsync(first, sku, 3)).Done.ShouldBeTrue();
        (await SendAsync(second, sku, 1, owed: 2)).Done.ShouldBeTrue();
        var stock = await _staff.StockAsync(sku);
        (stock.Int("onHand"), stock.Int("backordered"), stock.Text("availability")).ShouldBe((0, 4, "backorder"));
        await _staff.ReceiveAsync(sku, 6);
        (await SendAsync(third, sku, 3)).Done.ShouldBeTrue();
        (await _staff.StockAsync(sku)).Levels().ShouldBe((3, 1, 2));
    }

    [Fact]
    public async Task A_sku_is_sold_before_its_release_and_shown_as_such()
    {
        await using var database = await InventoryHost.DatabaseAsync();
        var clock = new MovedClock();
        await using var host = await InventoryHost.StartAsync(database.ConnectionString, clock);
        var staff = host.Client();
        var sweep = host.Services.GetRequiredService<ExpirySweep>();
        await sweep.StopAsync(CancellationToken.None);
        var (sku, release) = (NewSku(), clock.GetUtcNow().AddDays(3));
        var shown = await staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/{sku}/preorder", new { releaseAt = release, limit = 5 });
        (shown.Text("availability"), shown.GetProperty("preorder").Int("limit")).ShouldBe(("backorder", 5));
        var levels = host.Services.GetRequiredService<IStockLevels>();
        (await levels.LevelsAsync([sku], CancellationToken.None))[sku].ReleaseAt!.Value.ShouldBe(release, TimeSpan.FromMilliseconds(1));
        var order = Identifiers.Next();
        (await AskAsync(host, new AllocateStock(order, [new StockLine(sku, 4)]))).Done.ShouldBeTrue();
        (await AskAsync(host, new AllocateStock(Identifiers.Next(), [new StockLine(sku, 2)]))).Shortages.ShouldBe([new StockShortage(sku, 2, 1)]);

        clock.Pass(TimeSpan.FromDays(3));

        // From its instant on, with nothing swept.
        (await AskAsync(host, new AllocateStock(Identifiers.Next(), [new StockLine(sku, 1)]))).Shortages.ShouldBe([new StockShortage(sku, 1, 0)]);
        var released = await staff.StockAsync(sku);
        (released.Text("availability"), released.GetProperty("preorder").ValueKind).ShouldBe(("outOfStock", JsonValueKind.Null));
        (await levels.LevelsAsync([sku], CancellationToken.None))[sku].ShouldBe(new StockLevel(sku, -4, "outOfStock"));
        (await sweep.SweepAsync(CancellationToken.None)).ShouldBe(1);
        (await sweep.SweepAsync(CancellationToken.None)).ShouldBe(0);
        await staff.ReceiveAsync(sku, 4);
        (await AskAsync(host, new DispatchStock(order, [new StockLine(sku, 4)], [new StockLine(sku, 4)]))).Done.ShouldBeTrue();
        (await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sale_in_advance_that_cannot_be_is_refused()
    {
        var sku = NewSku();
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Put, $"inventory/{sku}/preorder", new { releaseAt = DateTimeOffset.UtcNow.AddDays(-1), limit = 5 })).ShouldBeInvalid("releaseAt");
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Put, $"inventory/{sku}/preorder", new { releaseAt = DateTimeOffset.UtcNow.AddDays(1), limit = 0 })).ShouldBeInvalid("limit");
        await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"inventory/{sku}/preorder");
        await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/{sku}/preorder", new { releaseAt = DateTimeOffset.UtcNow.AddDays(1), limit = 1 });
        await _staff.SendAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"inventory/{sku}/preorder");
        await _staff.SendAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"inventory/{sku}/preorder");
        (await _staff.StockAsync(sku)).Text("availability").ShouldBe("outOfStock");
        await fixture.Host.Client(null).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Delete, $"inventory/{sku}/preorder");
    }

    [Fact]
    public async Task Running_low_is_told_once_and_again_only_after_there_was_more()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 5);
        await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/{sku}/settings", new { lowStockThreshold = 3 });
        var order = Identifiers.Next();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            (await AskAsync(new AllocateStock(order, [new StockLine(sku, 1)]))).Done.ShouldBeTrue();
        }

        await _staff.ReceiveAsync(sku, 9);
        (await AskAsync(new AllocateStock(order, [new StockLine(sku, 9)]))).Done.ShouldBeTrue();

        var events = await fixture.Host.Services.GetRequiredService<IEventStore>().FetchStreamAsync(Stock.IdOf(sku), null, null, CancellationToken.None);
        events.Select(e => e.Name).ShouldBe(
        [
            "stock_received", "stock_settings_changed", "stock_allocated", "stock_allocated", "stock_ran_low", "stock_allocated",
            "stock_received", "stock_recovered", "stock_allocated", "stock_ran_low",
        ]);
        new Announcements().Announce(events[4]).ShouldBe(new StockRanLowAnnouncement(sku, 3, 3));
        new Announcements().Announce(events[7]).ShouldBeOfType<StockChangedAnnouncement>();
    }

    [Fact]
    public async Task A_location_is_described_anew()
    {
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/locations", new { code = "busan", country = "KR", region = "26" });
        var revised = await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, "inventory/locations/main", new { name = "Seoul", priority = 5, country = "KR", region = "11" });
        revised.Int("version").ShouldBe(1);
        await _staff.SendAsync(HttpStatusCode.PreconditionFailed, HttpMethod.Put, "inventory/locations/main", new { name = "Seoul", priority = 6 }, ("If-Match", "\"7\""));
        await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Put, "inventory/locations/nowhere", new { name = "N", priority = 5 });
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Put, "inventory/locations/main", new { name = "N", priority = 5, country = "Korea" })).ShouldBeInvalid("country");
        var list = (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "inventory/locations")).GetProperty("items").EnumerateArray().ToList();
        var main = list.Single(location => location.Text("code") == "main");
        (main.Text("name"), main.Int("priority"), main.Text("country"), main.Text("region")).ShouldBe(("Seoul", 5, "KR", "11"));
        list.Single(location => location.Text("code") == "busan").Text("region").ShouldBe("26");

        await using var other = await InventoryHost.StartAsync(fixture.Postgres);
        await other.Client().SendAsync(HttpStatusCode.OK, HttpMethod.Get, "inventory/locations");
        other.Services.GetRequiredService<LocationDirectory>().Current["main"].Name.ShouldBe("Seoul");
        await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, "inventory/locations/main", new { name = "Main", priority = 0 });
    }

    private async Task<IEnumerable<JsonElement>> LedgerAsync(string sku) =>
        (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/{sku}/movements")).GetProperty("items").EnumerateArray();

    private Task<StockAnswer> SendAsync(Guid order, string sku, int quantity, int? owed = null) =>
        AskAsync(new DispatchStock(order, [new StockLine(sku, quantity)], [new StockLine(sku, owed ?? quantity)]));

    private Task<StockAnswer> AskAsync<TQuestion>(TQuestion question)
        where TQuestion : notnull => AskAsync(fixture.Host, question);

    private static async Task<StockAnswer> AskAsync<TQuestion>(InventoryHost host, TQuestion question)
        where TQuestion : notnull
    {
        // A refused outcome leaves nothing behind, as in a real order.
        StockAnswer? answer = null;
        await host.DecideAsync<StockAnswer>(touches => touches.Question(question), scope =>
        {
            answer = scope.Ask<TQuestion, StockAnswer>(question);
            return answer.Done ? answer : new InsufficientStock(answer.Shortages);
        });
        return answer!;
    }

    private sealed class MovedClock : TimeProvider
    {
        private readonly FakeTimeProvider _told = new(DateTimeOffset.UtcNow);

        public void Pass(TimeSpan time) => _told.Advance(time);

        public override DateTimeOffset GetUtcNow() => _told.GetUtcNow();
    }
}
