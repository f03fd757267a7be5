using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Pricing.Tests;

/// <summary>Rules as staff sets them and shoppers meet them, over HTTP against the real Host.</summary>
public sealed class ShopTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private const string Api = "/api/v1/";

    [Fact]
    public async Task A_coupon_with_100_uses_under_1000_parallel_checkouts_is_used_exactly_100_times()
    {
        var product = await shop.StockProductAsync(2_000, amount: "10.00");
        var coupon = NewCode();
        var discount = await DefineAsync(coupon, new { label = "Ten off", kind = "percentage", percent = 10, totalLimit = 100 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => OrderAsync(product.Sku, coupon: coupon)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(100);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(900);
        var refused = await ShopFixture.JsonAsync(answers.First(answer => answer.StatusCode == HttpStatusCode.Conflict), 409);
        refused.GetProperty("type").GetString().ShouldBe("/problems/coupon-used-up");
        (await GetAsync(shop.StaffClient, $"discounts/{discount}")).GetProperty("uses").GetInt32().ShouldBe(100);

        // A cancelled order gives its use back, to one other order.
        var placed = await ShopFixture.JsonAsync(answers.First(answer => answer.StatusCode == HttpStatusCode.Created), 201);
        await SendAsync(shop.StaffClient, HttpMethod.Post, $"orders/{placed.GetProperty("id").GetGuid()}/cancel", new { });
        (await GetAsync(shop.StaffClient, $"discounts/{discount}")).GetProperty("uses").GetInt32().ShouldBe(99);
        (await OrderAsync(product.Sku, coupon: coupon)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await OrderAsync(product.Sku, coupon: coupon)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await VerifiedAsync();
    }

    [Fact]
    public async Task One_buyer_uses_a_coupon_once_however_many_orders_race()
    {
        var product = await shop.StockProductAsync(100, amount: "10.00");
        var coupon = NewCode();
        await DefineAsync(coupon, new { label = "Once", kind = "amount", amounts = new[] { Usd("1.00") }, perBuyerLimit = 1 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => OrderAsync(product.Sku, coupon: coupon)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        (await OrderAsync(product.Sku, coupon: coupon, email: "another@example.com")).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task An_automatic_discount_that_is_used_up_is_left_out_and_told_to_who_expected_it()
    {
        var product = await shop.StockProductAsync(100, amount: "10.00");
        await DefineAsync(null, new { label = "First three", kind = "percentage", percent = 50, skus = new[] { product.Sku }, totalLimit = 3 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OrderAsync(product.Sku)));

        var totals = new List<string>();
        foreach (var answer in answers)
        {
            totals.Add(Amount(await ShopFixture.JsonAsync(answer, 201), "total"));
        }

        totals.Count(total => total == "5.00").ShouldBe(3);
        totals.Count(total => total == "10.00").ShouldBe(5);
        using var expecting = await OrderAsync(product.Sku, expected: "5.00");
        (await ShopFixture.JsonAsync(expecting, 409)).GetProperty("type").GetString().ShouldBe("/problems/price-changed");
    }

    [Fact]
    public async Task A_cart_shows_the_sums_that_its_order_has()
    {
        var product = await shop.StockProductAsync(100, amount: "100.00");
        var coupon = NewCode();
        await DefineAsync(coupon, new { label = "Ten percent", kind = "percentage", percent = 10, minimumSubtotals = new[] { Usd("150.00") } });
        await SendAsync(shop.StaffClient, HttpMethod.Put, "tax-tables/AT", new { rates = new[] { new { @class = "standard", rate = 0.20m } } });
        var method = NewCode();
        await SendAsync(shop.StaffClient, HttpMethod.Put, $"shipping-methods/{method}", new { label = "Post", rates = new[] { new { countries = new[] { "AT" }, price = Usd("5.00") } } });
        var cart = await SendAsync(shop.Client, HttpMethod.Post, "carts", new { currency = "USD", items = new[] { new { sku = product.Sku, quantity = 1 } } }, 201);
        var path = $"carts/{cart.GetProperty("id").GetGuid()}";

        var poor = await SendAsync(shop.Client, HttpMethod.Put, $"{path}/coupons/{coupon}", null);
        poor.GetProperty("coupons")[0].GetProperty("problem").GetString().ShouldBe("coupon-not-applicable");
        poor.GetProperty("shipping").ValueKind.ShouldBe(JsonValueKind.Null);
        await SendAsync(shop.Client, HttpMethod.Put, $"{path}/items/{product.Sku}", new { quantity = 2 });
        var estimated = await GetAsync(shop.Client, $"{path}?country=AT");
        Sums(estimated).ShouldBe("200.00 + 0.00 + 36.00 - 20.00 = 216.00");
        (await GetAsync(shop.Client, $"{path}/shipping-methods?country=AT")).GetProperty("items").EnumerateArray().Select(way => way.GetProperty("method").GetString()).ShouldContain(method);
        (await GetAsync(shop.Client, $"{path}/shipping-methods?country=US")).GetProperty("items").EnumerateArray().Select(way => way.GetProperty("method").GetString()).ShouldNotContain(method);
        await SendAsync(shop.Client, HttpMethod.Patch, path, new { shippingAddress = Address("AT"), shippingMethod = method });
        var shown = await GetAsync(shop.Client, path);
        Sums(shown).ShouldBe("200.00 + 5.00 + 37.00 - 20.00 = 222.00");

        var order = await SendAsync(shop.Client, HttpMethod.Post, $"{path}/checkout", new { payment = new { method = "manual" }, expectedTotal = Usd("222.00") }, 201);

        Sums(order).ShouldBe(Sums(shown));
        order.GetProperty("lines")[0].GetProperty("discounts")[0].GetProperty("code").GetString().ShouldBe(coupon);
        Amount(order.GetProperty("lines")[0].GetProperty("discounts")[0], "amount").ShouldBe("20.00");
        Amount(order.GetProperty("lines")[0].GetProperty("tax"), "amount").ShouldBe("36.00");
        order.GetProperty("coupon").GetString().ShouldBe(coupon);
        await VerifiedAsync();
    }

    [Fact]
    public async Task Returns_of_a_discounted_line_refund_what_was_paid_for_it_and_the_last_unit_takes_the_remainder()
    {
        var (dear, cheap) = (await shop.StockProductAsync(10, amount: "10.00"), await shop.StockProductAsync(10, amount: "7.00"));
        var coupon = NewCode();
        await DefineAsync(coupon, new { label = "Ten", kind = "amount", amounts = new[] { Usd("10.00") }, skus = new[] { dear.Sku } });
        using var placed = await shop.Client.SendAsync(Request("orders", Order([(dear.Sku, 3), (cheap.Sku, 1)], coupon)));
        var order = await ShopFixture.JsonAsync(placed, 201);
        var path = $"orders/{order.GetProperty("id").GetGuid()}";
        await SendAsync(shop.StaffClient, HttpMethod.Post, $"{path}/payments/capture", new { });
        await SendAsync(shop.StaffClient, HttpMethod.Post, $"{path}/shipments", new
        {
            lines = new[] { new { sku = dear.Sku, quantity = 3 }, new { sku = cheap.Sku, quantity = 1 } }, carrier = "DHL", trackingNumber = "1",
        }, 201);

        var refunds = new List<string>();
        foreach (var sku in (string[])[dear.Sku, dear.Sku, dear.Sku, cheap.Sku])
        {
            var back = await SendAsync(shop.StaffClient, HttpMethod.Post, $"{path}/returns", new { lines = new[] { new { sku, quantity = 1 } } }, 201);
            var one = $"{path}/returns/{back.GetProperty("id").GetGuid()}";
            await SendAsync(shop.StaffClient, HttpMethod.Post, $"{one}/approve", new { });
            refunds.Add(Amount(await SendAsync(shop.StaffClient, HttpMethod.Post, $"{one}/receive", new { }), "refund"));
        }

        // 20.00 were paid for three.
        refunds.ShouldBe(["6.67", "6.66", "6.67", "7.00"]);
    }

    [Fact]
    public async Task An_edit_keeps_what_the_order_holds_and_gives_back_what_it_does_not_meet_any_more()
    {
        var product = await shop.StockProductAsync(10, amount: "10.00");
        var coupon = NewCode();
        var discount = await DefineAsync(coupon, new { label = "Half", kind = "percentage", percent = 50, minimumSubtotals = new[] { Usd("20.00") }, totalLimit = 1 });
        using var placed = await shop.Client.SendAsync(Request("orders", Order([(product.Sku, 3)], coupon)));
        var order = await ShopFixture.JsonAsync(placed, 201);
        using var ended = await shop.StaffClient.DeleteAsync(new Uri($"{Api}discounts/{discount}", UriKind.Relative));
        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var path = $"orders/{order.GetProperty("id").GetGuid()}/edits";

        Amount(await SendAsync(shop.StaffClient, HttpMethod.Post, path, new { lines = new[] { new { sku = product.Sku, quantity = 2 } } }), "total").ShouldBe("10.00");
        Amount(await SendAsync(shop.StaffClient, HttpMethod.Post, path, new { lines = new[] { new { sku = product.Sku, quantity = 1 } } }), "total").ShouldBe("10.00");
        (await GetAsync(shop.StaffClient, $"discounts/{discount}")).GetProperty("uses").GetInt32().ShouldBe(0);
        await VerifiedAsync();
    }

    [Fact]
    public async Task Staff_sets_reads_and_takes_back_rules()
    {
        var code = NewCode();
        var set = await SendAsync(shop.StaffClient, HttpMethod.Put, $"tax-classes/{code}", new { label = "Books" });
        set.GetProperty("version").GetInt64().ShouldBe(1);
        (await GetAsync(shop.StaffClient, "tax-classes")).ToString().ShouldContain(code);
        using var removed = await shop.StaffClient.DeleteAsync(new Uri($"{Api}tax-classes/{code}", UriKind.Relative));
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var again = await shop.StaffClient.DeleteAsync(new Uri($"{Api}tax-classes/{code}", UriKind.Relative));
        (await ShopFixture.JsonAsync(again, 404)).GetProperty("type").GetString().ShouldBe("/problems/price-rule-not-found");

        var id = await DefineAsync(code, new { label = "X", kind = "freeShipping" });
        (await GetAsync(shop.StaffClient, $"discounts?coupon={code.ToLowerInvariant()}")).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await SendAsync(shop.StaffClient, HttpMethod.Post, "discounts", new { coupon = code, terms = new { label = "Y", kind = "freeShipping" } }, 409)).GetProperty("type").GetString().ShouldBe("/problems/coupon-taken");
        (await SendAsync(shop.StaffClient, HttpMethod.Put, $"discounts/{id}", new { terms = new { label = "Z", kind = "freeShipping" } })).GetProperty("version").GetInt64().ShouldBe(2);
        (await SendAsync(shop.StaffClient, HttpMethod.Post, "discounts", new { terms = new { label = "Y", kind = "percentage" } }, 400)).GetProperty("errors").ToString().ShouldContain("terms.percent");
        (await SendAsync(shop.StaffClient, HttpMethod.Put, "shipping-methods/bad", new { label = "Bad", rates = new[] { new { regions = new[] { "BE" } } } }, 400)).GetProperty("errors").ToString().ShouldContain("rates[0].regions");
        (await SendAsync(shop.StaffClient, HttpMethod.Put, "tax-tables/at", new { rates = Array.Empty<object>() }, 400)).GetProperty("errors").ToString().ShouldContain("country");
        (await GetAsync(shop.StaffClient, "shipping-methods")).ToString().ShouldContain("standard");

        var customer = Identifiers.Next();
        await SendAsync(shop.StaffClient, HttpMethod.Put, $"customers/{customer}/group", new { group = "vip" });
        (await GetAsync(shop.StaffClient, $"customers/{customer}/group")).GetProperty("group").GetString().ShouldBe("vip");
        using var left = await shop.StaffClient.DeleteAsync(new Uri($"{Api}customers/{customer}/group", UriKind.Relative));
        left.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var guest = await shop.Client.GetAsync(new Uri($"{Api}discounts", UriKind.Relative));
        guest.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static string NewCode() => $"C{Identifiers.Next():N}".ToUpperInvariant();

    private static object Usd(string amount) => new { amount, currency = "USD" };

    private static object Address(string country) => new { name = "Kim Shopper", line1 = "1 Main Street", city = "Springfield", postalCode = "62701", country };

    private static string Amount(JsonElement json, string field) => json.GetProperty(field).GetProperty("amount").GetString()!;

    private static string Sums(JsonElement json) => $"{Amount(json, "subtotal")} + {Amount(json, "shipping")} + {Amount(json, "tax")} - {Amount(json, "discount")} = {Amount(json, "total")}";

    private static object Order(IReadOnlyList<(string Sku, int Quantity)> lines, string? coupon = null, string email = "shopper@example.com", string? expected = null) => new
    {
        lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }), email, shippingAddress = Address("US"), currency = "USD", payment = new { method = "manual" }, coupon,
        expectedTotal = expected is null ? null : Usd(expected),
    };

    private static HttpRequestMessage Request(string path, object body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Api + path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Identifiers.Next().ToString());
        return request;
    }

    private static async Task<JsonElement> SendAsync(HttpClient client, HttpMethod method, string path, object? body, int status = 200)
    {
        using var request = new HttpRequestMessage(method, Api + path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Identifiers.Next().ToString());
        using var answer = await client.SendAsync(request);
        return await ShopFixture.JsonAsync(answer, status);
    }

    private static async Task<JsonElement> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(Api + path, UriKind.Relative));
        return await ShopFixture.JsonAsync(answer, 200);
    }

    private async Task<HttpResponseMessage> OrderAsync(string sku, string? coupon = null, string email = "shopper@example.com", string? expected = null)
    {
        using var request = Request("orders", Order([(sku, 1)], coupon, email, expected));
        return await shop.Client.SendAsync(request);
    }

    private async Task<Guid> DefineAsync(string? coupon, object terms) =>
        (await SendAsync(shop.StaffClient, HttpMethod.Post, "discounts", new { coupon, terms }, 201)).GetProperty("id").GetGuid();

    private async Task VerifiedAsync() =>
        (await shop.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
}
