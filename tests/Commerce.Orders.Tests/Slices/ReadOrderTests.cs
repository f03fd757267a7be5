using System.Globalization;
using System.Net;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Orders.Tests.Shop;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests.Slices;

public sealed class ReadOrderTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task A_guest_reads_the_order_with_its_secret_alone()
    {
        var order = await shop.Guest.PlacedAsync(Order((await shop.SkuAsync(), 1)));
        var (path, secret) = ($"orders/{order.Id()}", order.Text("accessToken"));

        var byQuery = await shop.Guest.ReadAsync($"{path}?accessToken={secret}");
        using var byHeader = await shop.Guest.SendJsonAsync(HttpMethod.Get, path, null, ("X-Guest-Token", secret));
        using var without = await shop.Guest.GetAsync(new Uri(path, UriKind.Relative));
        using var wrong = await shop.Guest.GetAsync(new Uri($"{path}?accessToken={secret}x", UriKind.Relative));

        byQuery.Id().ShouldBe(order.Id());
        byQuery.TryGetProperty("accessToken", out _).ShouldBeFalse();
        (await byHeader.JsonAsync()).ToString().ShouldBe(byQuery.ToString());
        byHeader.Headers.ETag!.Tag.ShouldBe("\"1\"");
        byHeader.Headers.GetValues("X-Projection-Lag").Single().ShouldStartWith("0;");
        await without.ProblemAsync(HttpStatusCode.NotFound, "order-not-found");
        await wrong.ProblemAsync(HttpStatusCode.NotFound, "order-not-found");
    }

    [Fact]
    public async Task The_read_document_is_the_answer_to_the_placing_but_for_the_secret()
    {
        var placed = JsonSerializer.SerializeToNode(await shop.Guest.PlacedAsync(Order((await shop.SkuAsync(9.90m), 2))))!.AsObject();
        placed.Remove("accessToken");

        (await shop.Staff.ReadAsync($"orders/{placed["id"]}")).ToString().ShouldBe(placed.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public async Task An_unchanged_order_is_not_sent_again()
    {
        var order = await shop.Guest.PlacedAsync(Order((await shop.SkuAsync(), 1)));

        using var response = await shop.Staff.SendJsonAsync(HttpMethod.Get, $"orders/{order.Id()}", null, ("If-None-Match", "\"1\""));

        response.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Somebody_elses_order_is_not_there()
    {
        var (me, other) = (Identifiers.Next(), Identifiers.Next());
        var order = await shop.Customer(me).PlacedAsync(Order((await shop.SkuAsync(), 1)));
        var path = $"orders/{order.Id()}";

        await shop.Customer(me).ReadAsync(path);
        await shop.Customer(me).ReadAsync($"{path}/history");
        foreach (var stranger in new[] { shop.Customer(other), shop.Guest })
        {
            await stranger.ReadAsync(path, HttpStatusCode.NotFound);
            await stranger.ReadAsync($"{path}?asOf=2999-01-01T00:00:00Z", HttpStatusCode.NotFound);
            await stranger.ReadAsync($"{path}/history", HttpStatusCode.NotFound);
            using var cancel = await stranger.PostJsonAsync($"{path}/cancel", new { });
            cancel.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        await shop.Staff.ReadAsync($"orders/{Identifiers.Next()}", HttpStatusCode.NotFound);
        await shop.Staff.ReadAsync("orders/no-uuid", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_past_stays_readable()
    {
        var order = await shop.Guest.PlacedAsync(Order((await shop.SkuAsync(), 1)));
        var placedAt = order.GetProperty("placedAt").GetDateTimeOffset();
        await CancelAsync(order.Id());
        var path = $"orders/{order.Id()}";

        (await shop.Staff.ReadAsync(path)).Text("status").ShouldBe("cancelled");
        (await shop.Staff.ReadAsync($"{path}?asOf={Iso(placedAt)}")).Text("status").ShouldBe("placed");
        (await shop.Staff.ReadAsync($"{path}?version=1")).Int("version").ShouldBe(1);
        await shop.Staff.ReadAsync($"{path}?asOf={Iso(placedAt.AddSeconds(-1))}", HttpStatusCode.NotFound);
        await shop.Staff.ReadAsync($"{path}?version=0", HttpStatusCode.BadRequest);
        await shop.Staff.ReadAsync($"{path}?asOf=yesterday", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_history_tells_who_did_what_and_why_but_no_secrets()
    {
        var order = await shop.Guest.PlacedAsync(Order((await shop.SkuAsync(), 1)));
        await CancelAsync(order.Id());

        var history = await shop.Guest.ReadAsync($"orders/{order.Id()}/history?accessToken={order.Text("accessToken")}");

        history.Items().Select(entry => (entry.Int("version"), entry.Text("type"), entry.Text("actor"), entry.GetProperty("reason").GetString()))
            .ShouldBe([(1, "order_placed", "guest", null), (2, "order_cancelled", "key:test", "out of fashion")]);
        history.Items()[0].GetProperty("at").GetDateTimeOffset().ShouldBe(order.GetProperty("placedAt").GetDateTimeOffset());
        history.ToString().ShouldNotContain("accessHash");
        history.ToString().ShouldNotContain(order.Text("accessToken"));
    }

    [Fact]
    public async Task Customers_list_their_own_orders_from_the_newest_page_by_page()
    {
        var (me, sku) = (Identifiers.Next(), await shop.SkuAsync());
        var placed = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            placed.Add((await shop.Customer(me).PlacedAsync(Order((sku, 1)))).Id());
        }

        await shop.Guest.PlacedAsync(Order((sku, 1)));

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await shop.Customer(me).ReadAsync($"orders?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            page.Items().Count.ShouldBeLessThanOrEqualTo(2);
            seen.AddRange(page.Items().Select(order => order.Id()));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        seen.ShouldBe(Enumerable.Reverse(placed));
    }

    [Fact]
    public async Task Staff_finds_orders_by_customer_status_sku_number_and_time()
    {
        var (me, sku, other) = (Identifiers.Next(), await shop.SkuAsync(), await shop.SkuAsync());
        var first = await shop.Customer(me).PlacedAsync(Order((sku, 1), (other, 1)));
        var second = await shop.Guest.PlacedAsync(Order((sku, 1)));
        var third = await shop.Customer(me).PlacedAsync(Order((other, 1)));
        await CancelAsync(second.Id());

        (await FoundAsync($"sku={sku}")).ShouldBe([second.Id(), first.Id()]);
        (await FoundAsync($"sku={sku}&status=cancelled")).ShouldBe([second.Id()]);
        (await FoundAsync($"customerId={me}")).ShouldBe([third.Id(), first.Id()]);
        (await FoundAsync($"customerId={me}&sku={sku}")).ShouldBe([first.Id()]);
        (await FoundAsync($"number={third.Text("number").ToLowerInvariant().Replace("-", "", StringComparison.Ordinal)}")).ShouldBe([third.Id()]);
        (await FoundAsync("number=none")).ShouldBeEmpty();
        var from = Iso(second.GetProperty("placedAt").GetDateTimeOffset());
        (await FoundAsync($"sku={sku}&from={from}")).ShouldBe([second.Id()]);
        (await FoundAsync($"sku={sku}&to={from}")).ShouldBe([first.Id()]);
        (await FoundAsync($"status=cancelled&from={from}")).ShouldContain(second.Id());
    }

    [Fact]
    public async Task A_wrong_query_is_refused()
    {
        await shop.Guest.ReadAsync("orders", HttpStatusCode.Unauthorized);
        await shop.Customer(Identifiers.Next()).ReadAsync($"orders?customerId={Identifiers.Next()}", HttpStatusCode.Forbidden);
        await shop.Staff.ReadAsync("orders?status=lost", HttpStatusCode.BadRequest);
        await shop.Staff.ReadAsync("orders?limit=0", HttpStatusCode.BadRequest);
        await shop.Staff.ReadAsync("orders?limit=101", HttpStatusCode.BadRequest);
        await shop.Staff.ReadAsync("orders?cursor=nonsense", HttpStatusCode.BadRequest);
        await shop.Staff.ReadAsync("orders?customerId=nobody", HttpStatusCode.BadRequest);
        await shop.Staff.ReadAsync("orders?from=yesterday", HttpStatusCode.BadRequest);
        await shop.Staff.ReadAsync("orders?sku=%00", HttpStatusCode.BadRequest);
        (await shop.Staff.ReadAsync("orders?number=%EF%BF%BD&from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z")).Items().ShouldBeEmpty();
        await shop.Staff.ReadAsync($"orders/{Identifiers.Next()}?asOf=0001-01-01T00:00:00Z", HttpStatusCode.NotFound);
        await shop.Staff.ReadAsync($"orders/{Identifiers.Next()}?version=99999999999999999999", HttpStatusCode.BadRequest);
    }

    private async Task<Guid[]> FoundAsync(string query) => [.. (await shop.Staff.ReadAsync($"orders?{query}")).Items().Select(order => order.Id())];

    private async Task CancelAsync(Guid id)
    {
        using var response = await shop.Staff.PostJsonAsync($"orders/{id}/cancel", new { reason = "out of fashion" });
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
