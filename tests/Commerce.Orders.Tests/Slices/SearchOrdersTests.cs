using System.Net;
using Commerce.EventStore;
using Commerce.Orders.Tests.Shop;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests.Slices;

public sealed class SearchOrdersTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task Staff_finds_orders_by_email_and_by_where_the_money_stands()
    {
        var mine = $"{Identifiers.Next():N}@Example.com";
        var paid = await PlaceAsync(mine, "Kim Minji");
        var open = await PlaceAsync(mine, "Kim Minji");
        await shop.Staff.PostJsonAsync($"orders/{paid}/payments/capture", new { });

        (await FoundAsync($"orders?email={mine.ToUpperInvariant()}")).ShouldBe([open, paid]);
        (await FoundAsync($"orders?email={mine}&paymentStatus=captured")).ShouldBe([paid]);
        (await FoundAsync($"orders?email={mine}&paymentStatus=pending&status=placed")).ShouldBe([open]);
        (await FoundAsync($"orders?email=nobody-{mine}")).ShouldBeEmpty();
        var first = await shop.Staff.ReadAsync($"orders?email={mine}&limit=1");
        (await FoundAsync($"orders?email={mine}&limit=1&cursor={first.Text("nextCursor")}")).ShouldBe([paid]);
        (await shop.Staff.ReadAsync("orders?paymentStatus=lost", HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty("paymentStatus", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Staff_finds_orders_by_words()
    {
        var street = $"Word{Identifiers.Next():N}"[..20];
        var one = await PlaceAsync("one.person@example.com", "김민지", street);
        var other = await PlaceAsync(null, "José O'Neill", street);
        await shop.Staff.PostJsonAsync($"orders/{other}/payments/capture", new { });
        var sku = (await shop.Staff.ReadAsync($"orders/{other}")).Items("lines").Single().Text("sku");
        using var sent = await shop.Staff.PostJsonAsync($"orders/{other}/shipments", new { lines = new[] { new { sku, quantity = 1 } }, carrier = "DHL", trackingNumber = $"TRACK-{street}" });
        var token = sent.Headers.GetValues("X-Consistency-Token").Single();

        (await FoundAsync($"orders/search?q={street}", token)).ShouldBe([other, one]);
        (await FoundAsync($"orders/search?q={street.ToLowerInvariant()[..12]} 김민", token)).ShouldBe([one]);
        (await FoundAsync($"orders/search?q={street} person", token)).ShouldBe([one]);
        (await FoundAsync($"orders/search?q={street} o'neill dhl", token)).ShouldBe([other]);
        (await FoundAsync($"orders/search?q=track {street}&status=shipped", token)).ShouldBe([other]);
        (await FoundAsync($"orders/search?q={street}&status=cancelled", token)).ShouldBeEmpty();
        var number = (await shop.Staff.ReadAsync($"orders/{one}")).Text("number").Replace("-", "", StringComparison.Ordinal);
        (await FoundAsync($"orders/search?q={number}", token)).ShouldBe([one]);
        var first = await shop.Staff.ReadAsync($"orders/search?q={street}&limit=1");
        (await FoundAsync($"orders/search?q={street}&limit=1&cursor={first.Text("nextCursor")}")).ShouldBe([one]);
        (await shop.Staff.ReadAsync($"orders/search?q={Uri.EscapeDataString("' | !&:*()\\")}", HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty("q", out _).ShouldBeTrue();
        (await FoundAsync($"orders/search?q={Uri.EscapeDataString($"{street}' | nowhere:* & !")}", token)).ShouldBeEmpty();
        using var nobody = await shop.Customer(Identifiers.Next()).GetAsync(new Uri("orders/search?q=kim", UriKind.Relative));
        nobody.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Orders_are_exported_as_lines_and_as_a_table()
    {
        var mine = $"{Identifiers.Next():N}@example.com";
        var orders = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            orders.Insert(0, await PlaceAsync(mine, i == 0 ? "=HYPERLINK(\"evil\"), \"Kim\"" : "Kim Minji"));
        }

        using var lines = await shop.Staff.GetAsync(new Uri($"orders/export?email={mine}", UriKind.Relative));
        lines.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        var documents = (await lines.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        documents.Select(document => System.Text.Json.JsonDocument.Parse(document).RootElement.Id()).ShouldBe(orders);
        using var table = await shop.Staff.GetAsync(new Uri($"orders/export?email={mine}&format=csv", UriKind.Relative));
        table.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        var rows = (await table.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        rows.Length.ShouldBe(4);
        rows[0].ShouldStartWith("number,id,status,placedAt");
        rows[3].ShouldContain("\"'=HYPERLINK(\"\"evil\"\"), \"\"Kim\"\"\"");
        (await shop.Staff.ReadAsync("orders/export?format=xml", HttpStatusCode.BadRequest)).Text("type").ShouldBe("/problems/validation");
        (await shop.Staff.ReadAsync("orders/export?status=lost", HttpStatusCode.BadRequest)).GetProperty("errors").TryGetProperty("status", out _).ShouldBeTrue();
        using var nobody = await shop.Guest.GetAsync(new Uri("orders/export", UriKind.Relative));
        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<Guid> PlaceAsync(string? email, string name, string line1 = "Sejong-daero 110")
    {
        var sku = await shop.SkuAsync();
        return (await shop.Guest.PlacedAsync(new
        {
            lines = new[] { new { sku, quantity = 1 } },
            email,
            currency = "USD",
            shippingAddress = new { name, line1, city = "Seoul", postalCode = "04524", country = "KR" },
            payment = new { method = "manual" },
        })).Id();
    }

    private async Task<IReadOnlyList<Guid>> FoundAsync(string path, string? token = null)
    {
        using var response = await shop.Staff.SendJsonAsync(HttpMethod.Get, token is null ? path : $"{path}&waitMs=10000", null, token is null ? [] : [("X-Consistency-Token", token)]);
        return [.. (await response.JsonAsync()).Items().Select(order => order.Id())];
    }
}
