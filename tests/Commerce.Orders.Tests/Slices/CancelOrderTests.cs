using System.Net;
using Commerce.EventStore;
using Commerce.Orders.Tests.Shop;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests.Slices;

public sealed class CancelOrderTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task A_cancelled_order_gives_every_unit_back()
    {
        var (a, b) = (await shop.SkuAsync(stock: 5), await shop.SkuAsync(stock: 5));
        var order = await shop.Guest.PlacedAsync(Order((a, 5), (b, 2)));
        (await shop.AvailableAsync(a)).ShouldBe(0);

        using var response = await shop.Staff.PostJsonAsync($"orders/{order.Id()}/cancel", new { reason = "changed my mind" });

        var cancelled = await response.JsonAsync();
        cancelled.Text("status").ShouldBe("cancelled");
        cancelled.Text("payment.status").ShouldBe("voided");
        cancelled.Text("cancelReason").ShouldBe("changed my mind");
        response.Headers.ETag!.Tag.ShouldBe("\"2\"");
        (await shop.AvailableAsync(a)).ShouldBe(5);
        (await shop.AvailableAsync(b)).ShouldBe(5);
        (await shop.Guest.PlacedAsync(Order((a, 5)))).Text("status").ShouldBe("placed");
    }

    [Fact]
    public async Task Cancelling_again_changes_nothing()
    {
        var sku = await shop.SkuAsync(stock: 3);
        var order = await shop.Guest.PlacedAsync(Order((sku, 1)));
        var path = $"orders/{order.Id()}/cancel?accessToken={order.Text("accessToken")}";

        var bodies = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var response = await shop.Guest.PostJsonAsync(path, new { reason = "twice" });
            return (await response.JsonAsync()).ToString();
        }));

        bodies.Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
        (await shop.AvailableAsync(sku)).ShouldBe(3);
        (await shop.Staff.ReadAsync($"orders/{order.Id()}/history")).Items().Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_owner_cancels_with_the_version_that_was_seen()
    {
        var me = Identifiers.Next();
        var order = await shop.Customer(me).PlacedAsync(Order((await shop.SkuAsync(), 1)));
        var path = $"orders/{order.Id()}/cancel";

        using var stale = await shop.Customer(me).PostJsonAsync(path, new { }, ("If-Match", "\"9\""));
        using var malformed = await shop.Customer(me).PostJsonAsync(path, new { }, ("If-Match", "7"));
        using var seen = await shop.Customer(me).PostJsonAsync(path, new { }, ("If-Match", "\"1\""));

        (await stale.ProblemAsync(HttpStatusCode.PreconditionFailed, "stale-version")).Int("currentVersion").ShouldBe(1);
        malformed.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        seen.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task No_body_is_no_reason()
    {
        var order = await shop.Guest.PlacedAsync(Order((await shop.SkuAsync(), 1)));

        using var response = await shop.Staff.SendJsonAsync(HttpMethod.Post, $"orders/{order.Id()}/cancel", null);

        (await response.JsonAsync()).Text("status").ShouldBe("cancelled");
    }

    [Fact]
    public async Task A_wrong_request_cancels_nothing()
    {
        var order = await shop.Guest.PlacedAsync(Order((await shop.SkuAsync(), 1)));

        using var tooLong = await shop.Staff.PostJsonAsync($"orders/{order.Id()}/cancel", new { reason = new string('x', 501) });
        using var unknown = await shop.Staff.PostJsonAsync($"orders/{Identifiers.Next()}/cancel", new { });

        (await tooLong.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("reason");
        await unknown.ProblemAsync(HttpStatusCode.NotFound, "order-not-found");
    }

    [Fact]
    public async Task A_repeat_under_a_key_is_the_first_answer()
    {
        var order = await shop.Guest.PlacedAsync(Order((await shop.SkuAsync(), 1)));
        var key = ("Idempotency-Key", Identifiers.Next().ToString());

        using var first = await shop.Staff.PostJsonAsync($"orders/{order.Id()}/cancel", new { }, key);
        using var second = await shop.Staff.PostJsonAsync($"orders/{order.Id()}/cancel", new { }, key);

        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        second.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
    }
}
