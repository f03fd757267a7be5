using System.Net;
using System.Text.Json;
using Commerce.EventStore.Verification;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests.Slices;

/// <summary>Goods on the road.</summary>
public sealed class TransferTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>, IAsyncLifetime
{
    private readonly HttpClient _staff = fixture.Host.Client();

    public async Task InitializeAsync() => await _staff.AnswerAsync(HttpMethod.Post, "inventory/locations", new { code = "harbour" });

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task What_is_on_its_way_is_for_sale_nowhere_and_arrives_in_parts_or_is_lost()
    {
        var (a, b) = (NewSku(), NewSku());
        await _staff.ReceiveAsync(a, 10);
        await _staff.ReceiveAsync(b, 5);
        var sent = await SendAsync((a, 4), (b, 5), (a, 2));
        var path = $"inventory/transfers/{sent.Text("id")}";
        (sent.Text("status"), sent.GetProperty("lines").GetArrayLength()).ShouldBe(("inTransit", 2));
        var stock = await _staff.StockAsync(a);
        (stock.Levels(), stock.Int("inTransit")).ShouldBe(((4, 0, 4), 6));
        (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "inventory/transfers?limit=100")).GetProperty("items").EnumerateArray()
            .Single(transfer => transfer.Text("id") == sent.Text("id")).Int("inTransit").ShouldBe(11);

        var some = await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Post, $"{path}/receive", new { lines = new[] { new { sku = a, quantity = 4 } } });
        some.Text("status").ShouldBe("partiallyReceived");
        var tooMany = await _staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"{path}/receive", new { lines = new[] { new { sku = a, quantity = 3 } } });
        tooMany.ShouldBeProblem("transfer-exceeded");
        (tooMany.GetProperty("lines")[0].Int("requested"), tooMany.GetProperty("lines")[0].Int("inTransit")).ShouldBe((3, 2));
        await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Post, $"{path}/lose", new { lines = new[] { new { sku = a, quantity = 2 } }, reason = "overboard" });
        var all = await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Post, $"{path}/receive");
        (all.Text("status"), all.Int("version")).ShouldBe(("completed", 4));
        (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Post, $"{path}/receive")).Int("version").ShouldBe(4);

        stock = await _staff.StockAsync(a);
        (stock.Levels(), stock.Int("inTransit")).ShouldBe(((8, 0, 8), 0));
        stock.GetProperty("locations").EnumerateArray().Select(at => (at.Text("code"), at.Int("onHand"))).ShouldBe([("harbour", 4), ("main", 4)]);
        (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, path)).GetProperty("lines")[0].Int("lost").ShouldBe(2);
        var ledger = (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/{a}/movements")).GetProperty("items").EnumerateArray()
            .Select(line => (line.Text("kind"), line.Text("cause"), line.Int("quantity"), line.Int("balance"), line.Text("reason")));
        ledger.ShouldBe([("lostInTransit", "transfer", 0, 8, "overboard"), ("arrived", "transfer", 4, 8, null), ("sentAway", "transfer", -6, 4, "T-9"), ("received", "user", 10, 10, null)]);
        (await fixture.Host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_arrives_goes_to_those_who_wait_first()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 2);
        await SendAsync((sku, 2));
        await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/{sku}/settings", new { backorderLimit = 3 });
        await _staff.ReserveAsync(HttpStatusCode.Conflict, new { lines = new[] { new { sku, quantity = 1 } } });
        var problem = await _staff.SendAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, "inventory/transfers/dispatch", new { from = "main", to = "harbour", lines = new[] { new { sku, quantity = 1 } } });
        problem.ShouldBeProblem("insufficient-stock");
    }

    [Fact]
    public async Task Who_receives_the_same_goods_twice_at_once_receives_them_once()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 50);
        var sent = await SendAsync((sku, 20));
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => _staff.AnswerAsync(
            HttpMethod.Post, $"inventory/transfers/{sent.Text("id")}/receive", new { lines = new[] { new { sku, quantity = 1 } } })));
        answers.Count(answer => answer.Response.StatusCode == HttpStatusCode.OK).ShouldBe(20);
        (await _staff.StockAsync(sku)).Levels().ShouldBe((50, 0, 50));
    }

    [Fact]
    public async Task A_wrong_transfer_is_refused()
    {
        var (sku, unknown) = (NewSku(), Guid.Empty);
        await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"inventory/transfers/{unknown}");
        await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"inventory/transfers/{unknown}/receive");
        (await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"inventory/transfers/{unknown}/lose", new { reason = "x" })).ShouldBeProblem("transfer-not-found");
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, $"inventory/transfers/{unknown}/lose", new { })).ShouldBeInvalid("reason");
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, $"inventory/transfers/{unknown}/receive", new { lines = new[] { new { sku, quantity = 0 } } })).ShouldBeInvalid("lines[0].quantity");
        var lines = new[] { new { sku, quantity = 1 } };
        (await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Post, "inventory/transfers/dispatch", new { from = "main", to = "nowhere", lines })).ShouldBeProblem("location-not-found");
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "inventory/transfers/dispatch", new { from = "main", to = "main", lines })).ShouldBeInvalid("to");
        await fixture.Host.Client(null).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "inventory/transfers");
        await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "inventory/transfers?cursor=nonsense");
        await _staff.ReceiveAsync(sku, 1);
        var sent = await SendAsync((sku, 1));
        await _staff.SendAsync(HttpStatusCode.PreconditionFailed, HttpMethod.Post, $"inventory/transfers/{sent.Text("id")}/receive", null, ("If-Match", "\"9\""));
    }

    private Task<JsonElement> SendAsync(params (string Sku, int Quantity)[] lines) => _staff.SendAsync(
        HttpStatusCode.Created, HttpMethod.Post, "inventory/transfers/dispatch",
        new { from = "main", to = "harbour", reference = "T-9", lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }) });
}
