using System.Net;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Orders.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests.Slices;

public sealed class EditOrderTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task A_preview_shows_what_the_edit_then_does()
    {
        var (a, b, c) = (await shop.SkuAsync(10m, 5), await shop.SkuAsync(3m, 5), await shop.SkuAsync(7m, 5));
        var order = (await shop.Guest.PlacedAsync(Order((a, 2), (b, 1)))).Id();
        await shop.Staff.PostJsonAsync($"orders/{order}/payments/capture", new { });
        object edit = new { lines = new[] { Line(a, 1), Line(b, 0), Line(c, 3) }, shippingAddress = Address("DE"), shippingMethod = "express", reason = "changed my mind" };

        using var previewed = await shop.Staff.PostJsonAsync($"orders/{order}/edits?preview=true", edit, ("Idempotency-Key", Identifiers.Next().ToString()));
        var preview = await previewed.JsonAsync();
        (preview.Amount("total"), preview.Amount("payment.due"), preview.Int("version")).ShouldBe(("48.67 USD", "25.67 USD", 3));
        (await shop.AvailableAsync(c)).ShouldBe(5);
        (await shop.Staff.ReadAsync($"orders/{order}")).Amount("total").ShouldBe("23.00 USD");

        using var confirmed = await shop.Staff.PostJsonAsync($"orders/{order}/edits", edit, ("If-Match", "\"3\""));
        var edited = await confirmed.JsonAsync();
        (edited.Amount("total"), edited.Text("status"), edited.Int("version")).ShouldBe(("48.67 USD", "placed", 4));
        edited.Items("lines").Select(line => (line.Text("sku"), line.Int("quantity"))).ShouldBe([(a, 1), (c, 3)]);
        (await shop.AvailableAsync(a), await shop.AvailableAsync(b), await shop.AvailableAsync(c)).ShouldBe((4, 5, 2));
        (await shop.Staff.ReadAsync($"orders?sku={b}")).Items().ShouldBeEmpty();
        (await shop.Staff.ReadAsync($"orders?sku={c}")).Items().Single().Id().ShouldBe(order);
        (await shop.Staff.ReadAsync($"orders/{order}/history")).Items()[^1].Text("reason").ShouldBe("changed my mind");

        using var cancelled = await shop.Staff.PostJsonAsync($"orders/{order}/cancel", new { });
        (await cancelled.JsonAsync()).Amount("payment.refunded").ShouldBe("23.00 USD");
        (await shop.AvailableAsync(a), await shop.AvailableAsync(b), await shop.AvailableAsync(c)).ShouldBe((5, 5, 5));
        (await shop.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stock_and_price_say_no_to_a_preview_as_to_the_edit()
    {
        var sku = await shop.SkuAsync(10m, 5);
        var (order, path) = await PlacedAsync(sku);

        foreach (var query in new[] { "", "?preview=true" })
        {
            using var tooMany = await shop.Staff.PostJsonAsync(path + query, new { lines = new[] { Line(sku, 6) } });
            (await tooMany.ProblemAsync(HttpStatusCode.Conflict, "insufficient-stock")).Items("shortages").Single().Int("available").ShouldBe(3);
            using var none = await shop.Staff.PostJsonAsync(path + query, new { lines = new[] { Line(sku, 0) } });
            await none.ProblemAsync(HttpStatusCode.Conflict, "order-would-be-empty");
            using var unknown = await shop.Staff.PostJsonAsync(path + query, new { lines = new[] { Line("NEVER", 1) } });
            await unknown.ProblemAsync(HttpStatusCode.Conflict, "sku-unavailable");
            using var price = await shop.Staff.PostJsonAsync(path + query, new { lines = new[] { Line(sku, 1) }, expectedTotal = new { amount = "1.00", currency = "USD" } });
            (await price.ProblemAsync(HttpStatusCode.Conflict, "price-changed")).Amount("actualTotal").ShouldBe("10.00 USD");
            using var stale = await shop.Staff.PostJsonAsync(path + query, new { lines = new[] { Line(sku, 1) } }, ("If-Match", "\"9\""));
            await stale.ProblemAsync(HttpStatusCode.PreconditionFailed, "stale-version");
            using var twice = await shop.Staff.PostJsonAsync(path + query, new { lines = new[] { Line(sku, 1), Line(sku, 2) } });
            await twice.ProblemAsync(HttpStatusCode.BadRequest, "validation");
            using var method = await shop.Staff.PostJsonAsync(path + query, new { shippingMethod = "drone" });
            await method.ProblemAsync(HttpStatusCode.BadRequest, "validation");
            using var stranger = await shop.Guest.PostJsonAsync(path + query, new { lines = new[] { Line(sku, 1) } });
            await stranger.ProblemAsync(HttpStatusCode.NotFound, "order-not-found");
        }

        (await shop.Staff.ReadAsync($"orders/{order}")).Int("version").ShouldBe(1);
        (await shop.AvailableAsync(sku)).ShouldBe(3);
    }

    [Fact]
    public async Task What_is_shipped_or_cancelled_is_not_edited()
    {
        var sku = await shop.SkuAsync(10m, 9);
        var (shipped, shippedPath) = await PlacedAsync(sku);
        await shop.Staff.PostJsonAsync($"orders/{shipped}/payments/capture", new { });
        await shop.Staff.PostJsonAsync($"orders/{shipped}/shipments", new { lines = new[] { Line(sku, 2) }, carrier = "DHL", trackingNumber = "1" });
        var (cancelled, cancelledPath) = await PlacedAsync(sku);
        await shop.Staff.PostJsonAsync($"orders/{cancelled}/cancel", new { });

        using var late = await shop.Staff.PostJsonAsync(shippedPath, new { lines = new[] { Line(sku, 1) } });
        await late.ProblemAsync(HttpStatusCode.Conflict, "order-already-shipped");
        using var dead = await shop.Staff.PostJsonAsync(cancelledPath, new { lines = new[] { Line(sku, 1) } });
        await dead.ProblemAsync(HttpStatusCode.Conflict, "order-cancelled");
    }

    [Fact]
    public async Task A_preview_tells_all_that_an_edit_would_do_and_what_is_missing_for_it()
    {
        var (a, b) = (await shop.SkuAsync(10m, 5), await shop.SkuAsync(3m, 1));
        var (order, path) = await PlacedAsync(a);
        await shop.Staff.PostJsonAsync($"orders/{order}/payments/capture", new { });

        using var first = await shop.Staff.PostJsonAsync($"{path}/preview", new { lines = new[] { Line(a, 1), Line(b, 2) } });
        var preview = await first.JsonAsync();
        first.Headers.ETag!.Tag.ShouldBe("\"3\"");
        preview.GetProperty("isPossible").GetBoolean().ShouldBeFalse();
        preview.Items("shortages").Select(line => (line.Text("sku"), line.Int("requested"), line.Int("available"))).ShouldBe([(b, 2, 1)]);
        preview.Items("lines").Select(line => (line.Text("sku"), line.Int("before"), line.Int("after"), line.Amount("difference"))).ShouldBe([(a, 2, 1, "-10.00 USD"), (b, 0, 2, "6.00 USD")]);
        (preview.Amount("before.total"), preview.Amount("after.total"), preview.Amount("difference"), preview.Amount("toPay"), preview.Amount("toRefund"), preview.Amount("toRelease"))
            .ShouldBe(("20.00 USD", "16.00 USD", "-4.00 USD", "0.00 USD", "4.00 USD", "0.00 USD"));
        using var gone = await shop.Guest.PostJsonAsync($"{path}/preview", new { });
        await gone.ProblemAsync(HttpStatusCode.NotFound, "order-not-found");

        // The price of what is new changes between the look and the confirmation, which then does nothing.
        object edit = new { lines = new[] { Line(a, 1), Line(b, 1) }, expectedTotal = new { amount = "13.00", currency = "USD" } };
        shop.Prices.Set(b, 4m, "USD");
        using var other = await shop.Staff.PostJsonAsync(path, edit, ("If-Match", "\"3\""));
        await other.ProblemAsync(HttpStatusCode.Conflict, "price-changed");
        shop.Prices.Set(b, 3m, "USD");
        using var done = await shop.Staff.PostJsonAsync(path, edit, ("If-Match", "\"3\""));
        (await done.JsonAsync()).Amount("payment.refunded").ShouldBe("7.00 USD");
        using var twice = await shop.Staff.PostJsonAsync(path, edit, ("If-Match", "\"3\""));
        await twice.ProblemAsync(HttpStatusCode.PreconditionFailed, "stale-version");
    }

    [Fact]
    public async Task The_rest_of_a_partly_shipped_order_is_edited_and_its_stock_moves_with_it()
    {
        var (a, b) = (await shop.SkuAsync(10m, 9), await shop.SkuAsync(3m, 9));
        var (order, path) = await PlacedAsync(a);
        await shop.Staff.PostJsonAsync($"orders/{order}/payments/capture", new { });
        await shop.Staff.PostJsonAsync($"orders/{order}/shipments", new { lines = new[] { Line(a, 1) }, carrier = "DHL", trackingNumber = "1" });

        using var less = await shop.Staff.PostJsonAsync(path, new { lines = new[] { Line(a, 0) } });
        (await less.ProblemAsync(HttpStatusCode.Conflict, "lines-already-shipped")).Items("lines").Single().Int("quantity").ShouldBe(1);
        using var address = await shop.Staff.PostJsonAsync(path, new { shippingAddress = Address("DE") });
        await address.ProblemAsync(HttpStatusCode.Conflict, "order-already-shipped");
        using var swapped = await shop.Staff.PostJsonAsync(path, new { lines = new[] { Line(a, 1), Line(b, 2) } });
        (await swapped.JsonAsync()).Text("status").ShouldBe("partiallyShipped");
        (await shop.AvailableAsync(a), await shop.AvailableAsync(b)).ShouldBe((8, 7));
        using var rest = await shop.Staff.PostJsonAsync($"orders/{order}/shipments", new { lines = new[] { Line(b, 2) }, carrier = "DHL", trackingNumber = "2" });
        (await rest.JsonAsync(HttpStatusCode.Created)).Text("orderStatus").ShouldBe("shipped");
        (await shop.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Edits_and_cancellations_at_once_lose_no_unit()
    {
        var (a, b) = (await shop.SkuAsync(10m, 20), await shop.SkuAsync(1m, 20));
        var (order, path) = await PlacedAsync(a);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            using var response = i == 12
                ? await shop.Staff.PostJsonAsync($"orders/{order}/cancel", new { })
                : await shop.Staff.PostJsonAsync(path, new { lines = new[] { Line(a, 1 + (i % 3)), Line(b, i % 4) } });
            return response.StatusCode;
        }));

        statuses.ShouldAllBe(status => status == HttpStatusCode.OK || status == HttpStatusCode.Conflict);
        (await shop.AvailableAsync(a), await shop.AvailableAsync(b)).ShouldBe((20, 20));
    }

    private async Task<(Guid Order, string Path)> PlacedAsync(string sku)
    {
        var order = (await shop.Guest.PlacedAsync(Order((sku, 2)))).Id();
        return (order, $"orders/{order}/edits");
    }

    private static object Line(string sku, int quantity) => new { sku, quantity };
}
