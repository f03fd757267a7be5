using System.Net;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests.Slices;

public sealed class AdjustmentTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    private readonly HttpClient _staff = fixture.Host.Client();

    [Fact]
    public async Task An_adjustment_corrects_what_is_on_hand()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 10);
        var (response, stock) = await _staff.AnswerAsync(HttpMethod.Post, $"inventory/{sku}/adjustments", new { delta = -3, reason = "broken" });
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Headers.ETag!.Tag.ShouldBe("\"2\"");
        stock.Levels().ShouldBe((7, 0, 7));
    }

    [Fact]
    public async Task It_never_goes_below_what_is_reserved()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 10);
        await _staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku, quantity = 8 } } });
        var problem = await _staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"inventory/{sku}/adjustments", new { delta = -3, reason = "broken" });
        problem.ShouldBeProblem("stock-is-reserved");
        (problem.Int("onHand"), problem.Int("reserved")).ShouldBe((10, 8));
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, $"inventory/{sku}/adjustments", new { delta = -2, reason = "broken" });
        (await _staff.StockAsync(sku)).Levels().ShouldBe((8, 8, 0));
    }

    [Fact]
    public async Task It_may_expect_a_version()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 10);
        var body = new { delta = 1, reason = "found" };
        (await _staff.SendAsync(HttpStatusCode.PreconditionFailed, HttpMethod.Post, $"inventory/{sku}/adjustments", body, ("If-Match", "\"9\""))).ShouldBeProblem("stale-version");
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, $"inventory/{sku}/adjustments", body, ("If-Match", "\"1\""));
    }

    [Fact]
    public async Task A_location_must_exist() =>
        (await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"inventory/{NewSku()}/adjustments", new { delta = 1, reason = "found", location = "nowhere" }))
            .ShouldBeProblem("location-not-found");

    [Theory]
    [InlineData("""{"delta":0,"reason":"x"}""", "delta")]
    [InlineData("""{"delta":1000001,"reason":"x"}""", "delta")]
    [InlineData("""{"delta":1}""", "reason")]
    [InlineData("""{"delta":1,"reason":" "}""", "reason")]
    [InlineData("""{"reason":"x"}""", "delta")]
    public async Task A_malformed_one_is_named_field_by_field(string body, string field) =>
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "inventory/A/adjustments", body)).ShouldBeInvalid(field);

    [Fact]
    public async Task A_path_that_is_no_sku_is_invalid() =>
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "inventory/A%20B/adjustments", new { delta = 1, reason = "x" })).ShouldBeInvalid("sku");

    [Fact]
    public async Task Settings_change_availability()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 5);
        (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/{sku}/settings", new { backorderLimit = 2, lowStockThreshold = 5 })).Text("availability").ShouldBe("lowStock");
        var stock = await _staff.StockAsync(sku);
        (stock.Int("backorderLimit"), stock.Int("lowStockThreshold"), stock.Int("version")).ShouldBe((2, 5, 3));
        (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/{sku}/settings", new { backorderLimit = 2, lowStockThreshold = 5 })).Int("version").ShouldBe(3);
        (await _staff.SendAsync(HttpStatusCode.PreconditionFailed, HttpMethod.Put, $"inventory/{sku}/settings", new { backorderLimit = 3 }, ("If-Match", "\"1\""))).ShouldBeProblem("stale-version");
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Put, $"inventory/{sku}/settings", new { backorderLimit = -1 })).ShouldBeInvalid("backorderLimit");
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Put, $"inventory/{sku}/settings", new { lowStockThreshold = -1 })).ShouldBeInvalid("lowStockThreshold");
    }

    [Fact]
    public async Task Writing_needs_the_scope()
    {
        foreach (var (method, path, body) in new (HttpMethod, string, object)[]
        {
            (HttpMethod.Post, "inventory/A/adjustments", new { delta = 1, reason = "x" }),
            (HttpMethod.Put, "inventory/A/settings", new { backorderLimit = 1 }),
            (HttpMethod.Post, "inventory/transfers", new { from = "main", to = "x", lines = new[] { new { sku = "A", quantity = 1 } } }),
            (HttpMethod.Post, "inventory/locations", new { code = "x" }),
        })
        {
            await fixture.Host.Client(null).SendAsync(HttpStatusCode.Unauthorized, method, path, body);
            await fixture.Host.Client("inventory:read").SendAsync(HttpStatusCode.Forbidden, method, path, body);
        }
    }
}
