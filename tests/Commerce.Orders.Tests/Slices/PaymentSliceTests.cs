using System.Net;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Orders.Tests.Shop;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests.Slices;

public sealed class PaymentSliceTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task Money_goes_its_way_in_parts()
    {
        var order = await PlacedAsync();

        var authorized = await PayAsync(order, "authorize");
        var partly = await PayAsync(order, "capture", "4.00");
        var captured = await PayAsync(order, "capture");
        var partlyBack = await PayAsync(order, "refund", "9.00");
        var back = await PayAsync(order, "refund");

        new[] { authorized, partly, captured, partlyBack, back }.Select(o => o.Text("payment.status"))
            .ShouldBe(["authorized", "partiallyCaptured", "captured", "partiallyRefunded", "refunded"]);
        authorized.Text("status").ShouldBe("confirmed");
        partly.Amount("payment.authorized").ShouldBe("6.00 USD");
        captured.Amount("payment.captured").ShouldBe("10.00 USD");
        back.Amount("payment.refunded").ShouldBe("10.00 USD");
        (await shop.Staff.ReadAsync($"orders/{order}")).ToString().ShouldBe(back.ToString());
        (await shop.Staff.ReadAsync($"orders/{order}/history")).Items().Select(entry => entry.Text("type")).ShouldBe(
            ["order_placed", "payment_authorized", "order_confirmed", "payment_captured", "payment_captured", "payment_refunded", "payment_refunded"]);
    }

    [Fact]
    public async Task What_is_set_aside_is_voided()
    {
        var order = await PlacedAsync();
        await PayAsync(order, "authorize", "3.00");

        (await PayAsync(order, "void")).Text("payment.status").ShouldBe("voided");
        (await PayAsync(order, "void")).Int("version").ShouldBe(3);
    }

    [Fact]
    public async Task Cancelling_gives_the_money_back()
    {
        var order = await PlacedAsync();
        await PayAsync(order, "capture");

        using var cancel = await shop.Staff.PostJsonAsync($"orders/{order}/cancel", new { reason = "damaged" });

        var cancelled = await cancel.JsonAsync();
        cancelled.Text("status").ShouldBe("cancelled");
        cancelled.Text("payment.status").ShouldBe("refunded");
    }

    [Fact]
    public async Task Two_captures_at_once_take_the_money_once()
    {
        var order = await PlacedAsync();

        var statuses = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var response = await shop.Staff.PostJsonAsync($"orders/{order}/payments/capture", new { });
            return response.StatusCode;
        }));

        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(1);
        statuses.Count(status => status == HttpStatusCode.Conflict).ShouldBe(9);
    }

    [Fact]
    public async Task A_wrong_amount_is_refused()
    {
        var order = await PlacedAsync();
        var path = $"orders/{order}/payments";

        using var tooMuch = await shop.Staff.PostJsonAsync($"{path}/capture", new { amount = new { amount = "10.01", currency = "USD" } });
        using var nothing = await shop.Staff.PostJsonAsync($"{path}/authorize", new { amount = new { amount = "0.00", currency = "USD" } });
        using var won = await shop.Staff.PostJsonAsync($"{path}/authorize", new { amount = new { amount = "10", currency = "KRW" } });
        using var refund = await shop.Staff.PostJsonAsync($"{path}/refund", new { });
        using var stale = await shop.Staff.PostJsonAsync($"{path}/authorize", new { }, ("If-Match", "\"5\""));
        using var unknown = await shop.Staff.PostJsonAsync($"orders/{Identifiers.Next()}/payments/void", new { });

        (await tooMuch.ProblemAsync(HttpStatusCode.Conflict, "payment-amount-exceeded")).Amount("allowed").ShouldBe("10.00 USD");
        (await nothing.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("amount");
        (await won.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("amount.currency");
        await refund.ProblemAsync(HttpStatusCode.Conflict, "payment-amount-exceeded");
        await stale.ProblemAsync(HttpStatusCode.PreconditionFailed, "stale-version");
        await unknown.ProblemAsync(HttpStatusCode.NotFound, "order-not-found");
        (await PayAsync(order, "capture")).Text("payment.status").ShouldBe("captured");
        using var taken = await shop.Staff.PostJsonAsync($"{path}/void", new { });
        await taken.ProblemAsync(HttpStatusCode.Conflict, "payment-captured");
    }

    [Theory]
    [InlineData("authorize")]
    [InlineData("capture")]
    [InlineData("refund")]
    [InlineData("void")]
    public async Task Only_staff_moves_money(string verb)
    {
        var order = await PlacedAsync();

        using var guest = await shop.Guest.PostJsonAsync($"orders/{order}/payments/{verb}", new { });
        using var customer = await shop.Customer(Identifiers.Next()).PostJsonAsync($"orders/{order}/payments/{verb}", new { });

        guest.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        customer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<Guid> PlacedAsync() => (await shop.Guest.PlacedAsync(Order((await shop.SkuAsync(10m), 1)))).Id();

    private async Task<JsonElement> PayAsync(Guid order, string verb, string? amount = null)
    {
        using var response = await shop.Staff.PostJsonAsync(
            $"orders/{order}/payments/{verb}", amount is null ? new { } : new { amount = new { amount, currency = "USD" } });
        return await response.JsonAsync();
    }
}
