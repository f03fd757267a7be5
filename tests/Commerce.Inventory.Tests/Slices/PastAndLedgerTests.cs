using System.Net;
using System.Text.Json;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests.Slices;

public sealed class PastAndLedgerTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    private readonly HttpClient _staff = fixture.Host.Client();
    private readonly HttpClient _guest = fixture.Host.Client(null);

    [Fact]
    public async Task The_past_is_read_by_time_and_by_version()
    {
        var sku = NewSku();
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        await _staff.ReceiveAsync(sku, 10);
        await Task.Delay(5);
        var between = DateTimeOffset.UtcNow;
        await Task.Delay(5);
        await _staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku, quantity = 4 } }, expiresInSeconds = 1 });

        (await _guest.StockAsync(sku)).Levels().ShouldBe((10, 4, 6));
        (await _guest.StockAsync(sku, $"?asOf={Uri.EscapeDataString(before.ToString("O"))}")).Levels().ShouldBe((0, 0, 0));
        var past = await _guest.StockAsync(sku, $"?asOf={Uri.EscapeDataString(between.ToString("O"))}");
        (past.Levels(), past.Int("version")).ShouldBe(((10, 0, 10), 1));
        (await _guest.StockAsync(sku, "?version=1")).Levels().ShouldBe((10, 0, 10));
        // A version is shown as it was when it came to be, also after its hold has expired.
        (await _guest.StockAsync(sku, "?version=2")).Levels().ShouldBe((10, 4, 6));
        (await _guest.SendAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"inventory/{sku}?version=99")).ShouldBeProblem("stock-version-not-found");
    }

    [Theory]
    [InlineData("?version=0", "version")]
    [InlineData("?version=x", "version")]
    [InlineData("?asOf=yesterday", "asOf")]
    public async Task A_malformed_past_is_named(string query, string field) =>
        (await _guest.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"inventory/{NewSku()}{query}")).ShouldBeInvalid(field);

    [Fact]
    public async Task A_sku_that_never_had_stock_is_not_found()
    {
        (await _guest.SendAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"inventory/{NewSku()}")).ShouldBeProblem("stock-not-found");
        await _guest.SendAsync(HttpStatusCode.NotFound, HttpMethod.Get, "inventory/A%20B");
        (await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"inventory/{NewSku()}/movements")).ShouldBeProblem("stock-not-found");
        await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"inventory/{new string('x', 65)}/movements");
    }

    [Fact]
    public async Task The_ledger_explains_every_unit()
    {
        var sku = NewSku();
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/locations", new { code = "attic" });
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/receipts", new { reference = "DN-9", lines = new[] { new { sku, quantity = 10 } } });
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, $"inventory/{sku}/adjustments", new { delta = -2, reason = "broken" });
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/transfers", new { from = "main", to = "attic", lines = new[] { new { sku, quantity = 3 } } });
        var made = await _staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku, quantity = 6 } } });
        await _staff.SendAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"inventory/reservations/{made.Text("id")}");

        var items = await LedgerAsync(sku, "?order=oldest");
        items.Select(i => (i.Text("kind"), i.Int("quantity"), i.Int("balance"), i.Text("cause"), i.Text("location"))).ShouldBe(
        [
            ("received", 10, 10, "user", "main"),
            ("adjusted", -2, 8, "user", "main"),
            ("transferredOut", -3, 5, "user", "main"),
            ("transferredIn", 3, 8, "user", "attic"),
            ("reserved", -5, 3, "cart", "main"),
            ("reserved", -1, 2, "cart", "attic"),
            ("reservationReleased", 6, 8, "cart", null),
        ]);
        items[0].Text("reference").ShouldBe("DN-9");
        items[1].Text("reason").ShouldBe("broken");
        items[4].Text("reference").ShouldBe(made.Text("id"));
        items.ShouldAllBe(item => item.Text("actor") == "user:tester");
        (await LedgerAsync(sku, "")).Select(i => i.Int("version")).ShouldBe([5, 4, 4, 3, 3, 2, 1]);
    }

    [Fact]
    public async Task The_ledger_is_read_page_by_page_in_both_orders()
    {
        var sku = NewSku();
        for (var i = 1; i <= 7; i++)
        {
            await _staff.ReceiveAsync(sku, i);
        }

        foreach (var (order, expected) in new[] { ("newest", new[] { 7, 6, 5, 4, 3, 2, 1 }), ("oldest", [1, 2, 3, 4, 5, 6, 7]) })
        {
            var seen = new List<int>();
            string? cursor = null;
            do
            {
                var page = await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/{sku}/movements?order={order}&limit=3{(cursor is null ? "" : $"&cursor={cursor}")}");
                seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.Int("quantity")));
                cursor = page.Text("nextCursor");
            }
            while (cursor is not null);
            seen.ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_malformed_page_is_refused_and_reading_needs_the_scope()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 1);
        foreach (var (query, field) in new[] { ("limit=0", "limit"), ("limit=101", "limit"), ("cursor=nonsense", "cursor"), ("order=sideways", "order") })
        {
            (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"inventory/{sku}/movements?{query}")).ShouldBeInvalid(field);
        }

        foreach (var path in new[] { $"inventory/{sku}/movements", "inventory/low-stock", "inventory/locations" })
        {
            await _guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, path);
            await fixture.Host.Client("orders:read").SendAsync(HttpStatusCode.Forbidden, HttpMethod.Get, path);
            var (response, _) = await fixture.Host.Client("inventory:read").AnswerAsync(HttpMethod.Get, path);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            response.Headers.GetValues("X-Projection-Lag").ShouldBe(["0;age=0"]);
        }
    }

    [Fact]
    public async Task Low_stock_is_listed_against_each_skus_threshold()
    {
        var (low, plenty, gone) = (NewSku(), NewSku(), NewSku());
        await _staff.ReceiveAsync(low, 3);
        await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/{low}/settings", new { lowStockThreshold = 3 });
        await _staff.ReceiveAsync(plenty, 4);
        await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/{plenty}/settings", new { lowStockThreshold = 3 });
        await _staff.ReceiveAsync(gone, 1);
        await _staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku = gone, quantity = 1 } } });

        var listed = new Dictionary<string, JsonElement>();
        string? cursor = null;
        do
        {
            var page = await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/low-stock?limit=1{(cursor is null ? "" : $"&cursor={cursor}")}");
            foreach (var item in page.GetProperty("items").EnumerateArray())
            {
                listed.Add(item.Text("sku")!, item);
            }

            cursor = page.Text("nextCursor");
        }
        while (cursor is not null);

        listed.Keys.ShouldContain(low);
        listed.Keys.ShouldContain(gone);
        listed.Keys.ShouldNotContain(plenty);
        (listed[low].Int("available"), listed[low].Int("lowStockThreshold"), listed[low].Text("availability")).ShouldBe((3, 3, "lowStock"));
        listed[gone].Text("availability").ShouldBe("outOfStock");
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "inventory/low-stock?cursor=nonsense")).ShouldBeInvalid("cursor");
    }

    private async Task<IReadOnlyList<JsonElement>> LedgerAsync(string sku, string query) =>
        [.. (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/{sku}/movements{query}")).GetProperty("items").EnumerateArray()];
}
