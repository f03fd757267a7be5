using System.Net;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Orders.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests.Slices;

public sealed class FulfilmentSliceTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task An_order_lives_from_its_placing_to_its_return()
    {
        var (mug, pen) = (await shop.SkuAsync(10m, 5), await shop.SkuAsync(2m, 5));
        var placed = await shop.Guest.PlacedAsync(Order((mug, 2), (pen, 1)));
        var (order, secret) = (placed.Id(), placed.Text("accessToken"));
        await DoneAsync($"orders/{order}/payments/capture");

        using var first = await ShipAsync(order, (mug, 1));
        var parcel = await first.JsonAsync(HttpStatusCode.Created);
        parcel.Id().Version.ShouldBe(7);
        parcel.Text("orderStatus").ShouldBe("partiallyShipped");
        first.Headers.Location!.ToString().ShouldBe($"/api/v1/orders/{order}/shipments/{parcel.Id()}");
        (await LevelsAsync(mug)).ShouldBe((4, 1, 3));

        using var second = await ShipAsync(order, (mug, 1), (pen, 1));
        var rest = await second.JsonAsync(HttpStatusCode.Created);
        rest.Text("orderStatus").ShouldBe("shipped");
        (await DoneAsync($"orders/{order}/shipments/{parcel.Id()}/delivered")).Text("orderStatus").ShouldBe("shipped");
        (await DoneAsync($"orders/{order}/shipments/{rest.Id()}/delivered")).Text("orderStatus").ShouldBe("completed");
        (await shop.Guest.ReadAsync($"orders/{order}/shipments/{parcel.Id()}?accessToken={secret}")).Text("status").ShouldBe("delivered");

        using var asked = await shop.Guest.PostJsonAsync(
            $"orders/{order}/returns", new { lines = new[] { new { sku = mug, quantity = 2, reason = "too small" } } }, ("X-Guest-Token", secret));
        var back = (await asked.JsonAsync(HttpStatusCode.Created)).Id();
        await DoneAsync($"orders/{order}/returns/{back}/approve");
        var received = await DoneAsync(
            $"orders/{order}/returns/{back}/receive",
            new { lines = new[] { new { sku = mug, quantity = 1, condition = "sellable" }, new { sku = mug, quantity = 1, condition = "damaged" } } });
        (received.Text("status"), received.Amount("refund"), received.Text("paymentStatus")).ShouldBe(("received", "20.00 USD", "partiallyRefunded"));
        (await LevelsAsync(mug)).ShouldBe((4, 0, 4));

        var document = await shop.Staff.ReadAsync($"orders/{order}");
        document.Text("status").ShouldBe("completed");
        document.Amount("payment.refunded").ShouldBe("20.00 USD");
        document.Items("shipments").Select(shipment => shipment.Text("trackingNumber")).ShouldBe(["JD01", "JD01"]);
        document.Items("returns").Single().Items("lines").Single().Text("reason").ShouldBe("too small");
        document.Items("lines").Select(line => (line.Int("quantity"), line.Int("shipped"), line.Int("returned"))).ShouldBe([(2, 2, 2), (1, 1, 0)]);
        (await shop.Staff.ReadAsync($"orders/{order}/history")).Items().Select(entry => entry.Text("type")).ShouldBe(
        [
            "order_placed", "payment_captured", "order_confirmed", "shipment_dispatched", "shipment_dispatched", "shipment_delivered", "shipment_delivered",
            "return_requested", "return_approved", "return_received", "payment_refunded",
        ]);
        (await shop.Staff.ReadAsync($"inventory/{mug}/movements")).Items().Select(line => (line.Text("kind"), line.Text("cause"), line.Int("onHandChange"))).ShouldBe(
            [("return", "return", 1), ("dispatch", "order", -1), ("dispatch", "order", -1), ("allocated", "order", 0), ("received", "user", 5)]);
        (await shop.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Goods_are_exchanged_in_one_step_and_the_difference_is_paid()
    {
        var (small, large) = (await shop.SkuAsync(10m, 5), await shop.SkuAsync(12m, 1));
        var order = (await shop.Guest.PlacedAsync(Order((small, 2)))).Id();
        await DoneAsync($"orders/{order}/payments/capture");
        using var sent = await ShipAsync(order, (small, 2));
        object exchange = new { lines = new[] { new { sku = small, quantity = 2 } }, replacements = new[] { new { sku = large, quantity = 2 } } };

        using var asked = await shop.Staff.PostJsonAsync($"orders/{order}/returns", exchange);
        var back = await asked.JsonAsync(HttpStatusCode.Created);
        back.Items("replacements").Single().Text("sku").ShouldBe(large);
        using var unknown = await shop.Staff.PostJsonAsync($"orders/{order}/returns", new { lines = new[] { new { sku = small, quantity = 1 } }, replacements = new[] { new { sku = "NEVER", quantity = 1 } } });
        await unknown.ProblemAsync(HttpStatusCode.Conflict, "sku-unavailable");
        await DoneAsync($"orders/{order}/returns/{back.Id()}/approve");
        using var short1 = await shop.Staff.PostJsonAsync($"orders/{order}/returns/{back.Id()}/receive", new { });
        (await short1.ProblemAsync(HttpStatusCode.Conflict, "insufficient-stock")).Items("shortages").Single().Int("available").ShouldBe(1);
        using var received = await shop.Staff.PostJsonAsync("inventory/receipts", new { lines = new[] { new { sku = large, quantity = 4 } } });
        var part = await DoneAsync($"orders/{order}/returns/{back.Id()}/receive", new { lines = new[] { new { sku = small, quantity = 1, condition = "opened" } }, moreExpected = true });
        (part.Text("status"), part.Amount("exchanged"), part.Text("orderStatus")).ShouldBe(("partiallyReceived", "10.00 USD", "partiallyShipped"));
        var rest = await DoneAsync($"orders/{order}/returns/{back.Id()}/receive", new { lines = new[] { new { sku = small, quantity = 1, condition = "defective", restock = true } } });
        (rest.Text("status"), rest.Amount("exchanged"), rest.Amount("refund")).ShouldBe(("received", "20.00 USD", "0.00 USD"));
        (await LevelsAsync(small), await LevelsAsync(large)).ShouldBe(((4, 0, 4), (5, 2, 3)));

        using var early = await ShipAsync(order, (large, 2));
        await early.ProblemAsync(HttpStatusCode.Conflict, "order-not-confirmed");
        var paid = await DoneAsync($"orders/{order}/payments/capture");
        (paid.Amount("payment.captured"), paid.Amount("payment.due")).ShouldBe(("24.00 USD", "0.00 USD"));
        using var other = await ShipAsync(order, (large, 2));
        (await other.JsonAsync(HttpStatusCode.Created)).Text("orderStatus").ShouldBe("shipped");
        (await shop.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_is_sent_that_is_not_paid_for_or_not_ordered()
    {
        var sku = await shop.SkuAsync(10m, 5);
        var order = (await shop.Guest.PlacedAsync(Order((sku, 2)))).Id();

        using var unpaid = await ShipAsync(order, (sku, 1));
        await unpaid.ProblemAsync(HttpStatusCode.Conflict, "order-not-confirmed");
        await DoneAsync($"orders/{order}/payments/authorize");
        using var tooMany = await ShipAsync(order, (sku, 2), (sku, 1));
        (await tooMany.ProblemAsync(HttpStatusCode.Conflict, "shipment-exceeds-order")).Items("lines").Single().Int("remaining").ShouldBe(2);
        using var empty = await shop.Staff.PostJsonAsync($"orders/{order}/shipments", new { lines = Array.Empty<object>(), carrier = "", trackingNumber = "JD01" });
        (await empty.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe(["lines", "carrier"], ignoreOrder: true);
        using var unknown = await ShipAsync(Identifiers.Next(), (sku, 1));
        await unknown.ProblemAsync(HttpStatusCode.NotFound, "order-not-found");
        using var noParcel = await shop.Staff.PostJsonAsync($"orders/{order}/shipments/{Identifiers.Next()}/delivered", new { });
        await noParcel.ProblemAsync(HttpStatusCode.NotFound, "shipment-not-found");
        using var guest = await shop.Guest.PostJsonAsync($"orders/{order}/shipments", new { lines = new[] { new { sku, quantity = 1 } }, carrier = "DHL", trackingNumber = "1" });
        guest.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await LevelsAsync(sku)).ShouldBe((5, 2, 3));
    }

    [Fact]
    public async Task Two_parcels_at_once_send_every_unit_once()
    {
        var sku = await shop.SkuAsync(10m, 10);
        var order = (await shop.Guest.PlacedAsync(Order((sku, 4)))).Id();
        await DoneAsync($"orders/{order}/payments/capture");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var response = await ShipAsync(order, (sku, 1));
            return response.StatusCode;
        }));

        statuses.Count(status => status == HttpStatusCode.Created).ShouldBe(4);
        statuses.Count(status => status == HttpStatusCode.Conflict).ShouldBe(4);
        (await LevelsAsync(sku)).ShouldBe((6, 0, 6));
    }

    [Fact]
    public async Task A_parcel_is_sent_once_under_its_key()
    {
        var sku = await shop.SkuAsync(10m, 5);
        var order = (await shop.Guest.PlacedAsync(Order((sku, 2)))).Id();
        await DoneAsync($"orders/{order}/payments/capture");
        var key = ("Idempotency-Key", Identifiers.Next().ToString());
        var body = new { lines = new[] { new { sku, quantity = 1 } }, carrier = "DHL", trackingNumber = "JD01" };

        using var first = await shop.Staff.PostJsonAsync($"orders/{order}/shipments", body, key);
        using var second = await shop.Staff.PostJsonAsync($"orders/{order}/shipments", body, key);

        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        (await LevelsAsync(sku)).ShouldBe((4, 1, 3));
    }

    [Fact]
    public async Task A_return_is_its_owners_and_goes_its_steps()
    {
        var (sku, me) = (await shop.SkuAsync(10m, 5), Identifiers.Next());
        var order = (await shop.Customer(me).PlacedAsync(Order((sku, 2)))).Id();
        var body = new { lines = new[] { new { sku, quantity = 1 } } };
        await DoneAsync($"orders/{order}/payments/capture");

        using var early = await shop.Customer(me).PostJsonAsync($"orders/{order}/returns", body);
        await early.ProblemAsync(HttpStatusCode.Conflict, "return-exceeds-shipment");
        using var sent = await ShipAsync(order, (sku, 2));
        using var stranger = await shop.Customer(Identifiers.Next()).PostJsonAsync($"orders/{order}/returns", body);
        await stranger.ProblemAsync(HttpStatusCode.NotFound, "order-not-found");
        using var mine = await shop.Customer(me).PostJsonAsync($"orders/{order}/returns", body);
        var back = (await mine.JsonAsync(HttpStatusCode.Created)).Id();
        using var notYet = await shop.Staff.PostJsonAsync($"orders/{order}/returns/{back}/receive", new { });
        (await notYet.ProblemAsync(HttpStatusCode.Conflict, "return-status")).Text("returnStatus").ShouldBe("requested");
        using var byMe = await shop.Customer(me).PostJsonAsync($"orders/{order}/returns/{back}/approve", new { });
        byMe.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await DoneAsync($"orders/{order}/returns/{back}/reject", new { reason = "worn" })).Text("rejectReason").ShouldBe("worn");
        using var unknown = await shop.Staff.PostJsonAsync($"orders/{order}/returns/{Identifiers.Next()}/approve", new { });
        await unknown.ProblemAsync(HttpStatusCode.NotFound, "return-not-found");

        using var again = await shop.Staff.PostJsonAsync($"orders/{order}/returns", new { lines = new[] { new { sku, quantity = 2 } } });
        var all = (await again.JsonAsync(HttpStatusCode.Created)).Id();
        await DoneAsync($"orders/{order}/returns/{all}/approve");
        var receipts = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var response = await shop.Staff.SendJsonAsync(HttpMethod.Post, $"orders/{order}/returns/{all}/receive", null);
            return response.StatusCode;
        }));
        receipts.Count(status => status == HttpStatusCode.OK).ShouldBe(1);
        (await shop.Customer(me).ReadAsync($"orders/{order}/returns/{all}")).Amount("refund").ShouldBe("20.00 USD");
        (await shop.Customer(me).ReadAsync($"orders/{order}")).Text("payment.status").ShouldBe("refunded");
        (await LevelsAsync(sku)).ShouldBe((5, 0, 5));
    }

    private Task<HttpResponseMessage> ShipAsync(Guid order, params (string Sku, int Quantity)[] lines) => shop.Staff.PostJsonAsync(
        $"orders/{order}/shipments", new { lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }), carrier = "DHL", trackingNumber = "JD01" });

    private async Task<JsonElement> DoneAsync(string path, object? body = null)
    {
        using var response = await shop.Staff.PostJsonAsync(path, body ?? new { });
        return await response.JsonAsync();
    }

    private async Task<(int OnHand, int Reserved, int Available)> LevelsAsync(string sku)
    {
        var levels = await shop.Staff.ReadAsync($"inventory/{sku}");
        return (levels.Int("onHand"), levels.Int("reserved"), levels.Int("available"));
    }
}
