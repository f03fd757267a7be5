using System.Net;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Orders.Tests.Shop;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests.Slices;

public sealed class PlaceOrderTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task An_order_is_priced_by_the_shop_and_takes_its_stock()
    {
        var (mug, pen) = (await shop.SkuAsync(9.90m), await shop.SkuAsync(1.50m));

        using var response = await shop.Guest.PlaceAsync(Order((mug, 1), (pen, 1), (mug, 1)));

        var order = await response.JsonAsync(HttpStatusCode.Created);
        response.Headers.Location!.OriginalString.ShouldBe($"/api/v1/orders/{order.Id()}");
        response.Headers.ETag!.Tag.ShouldBe("\"1\"");
        response.Headers.Contains("X-Consistency-Token").ShouldBeTrue();
        order.Id().Version.ShouldBe(7);
        order.Text("number").ShouldMatch("^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$");
        order.Text("status").ShouldBe("placed");
        order.Text("payment.status").ShouldBe("pending");
        order.Items("lines").Select(line => (line.Text("sku"), line.Int("quantity"), line.Amount("unitPrice"), line.Amount("total")))
            .ShouldBe([(mug, 2, "9.90 USD", "19.80 USD"), (pen, 1, "1.50 USD", "1.50 USD")]);
        order.Amount("subtotal").ShouldBe("21.30 USD");
        order.Amount("shipping").ShouldBe("0.00 USD");
        order.Amount("tax").ShouldBe("0.00 USD");
        order.Amount("discount").ShouldBe("0.00 USD");
        order.Amount("total").ShouldBe("21.30 USD");
        order.Text("accessToken").Length.ShouldBe(27);
        order.Int("version").ShouldBe(1);
        (await shop.AvailableAsync(mug)).ShouldBe(98);
        (await shop.AvailableAsync(pen)).ShouldBe(99);
    }

    [Fact]
    public async Task Shipping_and_tax_are_parts_of_the_total()
    {
        var sku = await shop.SkuAsync(20m);

        var order = await shop.Guest.PlacedAsync(new
        {
            lines = new[] { new { sku, quantity = 1 } }, currency = "USD", shippingAddress = Address("DE"), payment = new { method = "card", token = "tok_1" },
            shippingMethod = "express", email = "minji@example.com", expectedTotal = new { amount = "35.58", currency = "USD" },
        });

        order.Amount("shipping").ShouldBe("9.90 USD");
        order.Amount("tax").ShouldBe("5.68 USD");
        order.Amount("total").ShouldBe("35.58 USD");
        order.ToString().ShouldNotContain("tok_1");
    }

    [Fact]
    public async Task Won_are_whole()
    {
        var sku = await shop.SkuAsync(12_900m, currency: "KRW");

        (await shop.Guest.PlacedAsync(Order("KRW", (sku, 2)))).Amount("total").ShouldBe("25800 KRW");
    }

    [Fact]
    public async Task All_lines_or_none()
    {
        var (plenty, scarce, none) = (await shop.SkuAsync(), await shop.SkuAsync(stock: 2), await shop.SkuAsync(stock: 0));

        using var response = await shop.Guest.PlaceAsync(Order((plenty, 1), (scarce, 2), (none, 1), (scarce, 1)));

        var problem = await response.ProblemAsync(HttpStatusCode.Conflict, "insufficient-stock");
        problem.Items("shortages").Select(shortage => (shortage.Text("sku"), shortage.Int("requested"), shortage.Int("available")))
            .ShouldBe([(scarce, 3, 2), (none, 1, 0)], ignoreOrder: true);
        (await shop.AvailableAsync(plenty)).ShouldBe(100);
        (await shop.AvailableAsync(scarce)).ShouldBe(2);
    }

    [Fact]
    public async Task Another_total_than_expected_is_refused_with_both_and_takes_nothing()
    {
        var sku = await shop.SkuAsync(10m);
        var order = new
        {
            lines = new[] { new { sku, quantity = 1 } }, currency = "USD", shippingAddress = Address(), payment = new { method = "manual" },
            expectedTotal = new { amount = "9.00", currency = "USD" },
        };

        using var response = await shop.Guest.PlaceAsync(order);

        var problem = await response.ProblemAsync(HttpStatusCode.Conflict, "price-changed");
        problem.Amount("expectedTotal").ShouldBe("9.00 USD");
        problem.Amount("actualTotal").ShouldBe("10.00 USD");
        (await shop.AvailableAsync(sku)).ShouldBe(100);
    }

    [Fact]
    public async Task What_the_shop_does_not_sell_is_named()
    {
        var (sold, euros) = (await shop.SkuAsync(), await shop.SkuAsync(currency: "EUR"));

        using var response = await shop.Guest.PlaceAsync(Order((sold, 1), ("NOBODY-KNOWS", 1), (euros, 1)));

        var problem = await response.ProblemAsync(HttpStatusCode.Conflict, "sku-unavailable");
        problem.Items("skus").Select(sku => sku.GetString()).ShouldBe(["NOBODY-KNOWS", euros]);
    }

    [Fact]
    public async Task Fifty_buyers_of_the_last_ten_units_end_in_ten_orders()
    {
        var sku = await shop.SkuAsync(stock: 10);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using var response = await shop.Guest.PlaceAsync(Order((sku, 1)));
            return response.StatusCode;
        }));

        statuses.Count(status => status == HttpStatusCode.Created).ShouldBe(10);
        statuses.Count(status => status == HttpStatusCode.Conflict).ShouldBe(40);
        (await shop.AvailableAsync(sku)).ShouldBe(0);
    }

    [Fact]
    public async Task Fifty_repeats_of_one_key_make_one_order()
    {
        var sku = await shop.SkuAsync(stock: 60);
        var key = Identifiers.Next().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using var response = await shop.Guest.PlaceAsync(Order((sku, 1)), key);
            response.StatusCode.ShouldBe(HttpStatusCode.Created);
            return (Body: await response.Content.ReadAsStringAsync(), Replayed: response.Headers.Contains("Idempotent-Replayed"));
        }));

        answers.Select(answer => answer.Body).Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
        answers.Count(answer => answer.Replayed).ShouldBe(49);
        (await shop.AvailableAsync(sku)).ShouldBe(59);
    }

    [Fact]
    public async Task One_key_does_not_stand_for_two_orders()
    {
        var sku = await shop.SkuAsync();
        var key = Identifiers.Next().ToString();
        using var first = await shop.Guest.PlaceAsync(Order((sku, 1)), key);

        using var second = await shop.Guest.PlaceAsync(Order((sku, 2)), key);

        await second.ProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        (await shop.AvailableAsync(sku)).ShouldBe(99);
    }

    [Fact]
    public async Task A_repeat_is_answered_as_first_even_when_the_goods_are_gone_from_the_shop()
    {
        var sku = await shop.SkuAsync();
        var key = Identifiers.Next().ToString();
        using var first = await shop.Guest.PlaceAsync(Order((sku, 1)), key);
        shop.Prices.Withdraw(sku, "USD");

        using var repeat = await shop.Guest.PlaceAsync(Order((sku, 1)), key);

        (await repeat.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        repeat.Headers.Contains("Idempotent-Replayed").ShouldBeTrue();
    }

    [Fact]
    public async Task Orders_of_a_and_b_and_of_b_and_a_do_not_wait_for_each_other_in_a_circle()
    {
        var (a, b) = (await shop.SkuAsync(stock: 200), await shop.SkuAsync(stock: 200));

        var statuses = await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var response = await shop.Guest.PlaceAsync(i % 2 == 0 ? Order((a, 1), (b, 1)) : Order((b, 1), (a, 1)));
            return response.StatusCode;
        }));

        statuses.ShouldAllBe(status => status == HttpStatusCode.Created);
        (await shop.AvailableAsync(a)).ShouldBe(100);
        (await shop.AvailableAsync(b)).ShouldBe(100);
    }

    [Theory]
    [InlineData(null, "from-header", "from-header")]
    [InlineData("from-body", "from-header", "from-body")]
    [InlineData("from-body", null, "from-body")]
    public async Task The_browsing_session_is_kept_for_recommendations(string? inBody, string? inHeader, string kept)
    {
        var body = JsonSerializer.SerializeToNode(Order((await shop.SkuAsync(), 1)))!.AsObject();
        body["sessionId"] = inBody;
        (string, string)[] headers = [("Idempotency-Key", Identifiers.Next().ToString()), .. inHeader is null ? [] : new[] { ("X-Session-Id", inHeader) }];

        using var response = await shop.Guest.PostJsonAsync("orders", body, headers);

        var order = await response.JsonAsync(HttpStatusCode.Created);
        (await shop.Staff.ReadAsync($"orders/{order.Id()}/history")).Items()[0].Text("data.sessionId").ShouldBe(kept);
    }

    [Fact]
    public async Task An_order_without_a_key_is_refused()
    {
        using var response = await shop.Guest.PostJsonAsync("orders", Order(("A", 1)));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("""{"lines":[{"sku":"A","quantity":1},{"sku":"B","quantity":0}]}""", "lines[1].quantity")]
    [InlineData("""{"lines":[{"sku":"A","quantity":10001}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"A B","quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"lines":[{"sku":"","quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"lines":[]}""", "lines")]
    [InlineData("""{"lines":[null]}""", "lines[0]")]
    [InlineData("""{"lines":null}""", "lines")]
    [InlineData("""{"lines":[{"sku":null,"quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"lines":[{"sku":"A","quantity":99999999999}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"A","quantity":1.5}]}""", "lines[0].quantity")]
    [InlineData("""{"payment":{"method":null}}""", "payment.method")]
    [InlineData("""{"shippingAddress":null}""", "shippingAddress")]
    [InlineData("""{"expectedTotal":{"amount":1,"currency":"USD"}}""", "expectedTotal")]
    [InlineData("""{"currency":"usd"}""", "currency")]
    [InlineData("""{"currency":"XXX"}""", "currency")]
    [InlineData("""{"email":"nobody"}""", "email")]
    [InlineData("""{"email":"a@b"}""", "email")]
    [InlineData("""{"shippingAddress":{"name":"N","line1":"L","city":"C","postalCode":"1","country":"de"}}""", "shippingAddress.country")]
    [InlineData("""{"shippingAddress":{"name":" ","line1":"L","city":"C","postalCode":"1","country":"DE"}}""", "shippingAddress.name")]
    [InlineData("""{"payment":{"method":"barter"}}""", "payment.method")]
    [InlineData("""{"shippingMethod":"pigeon"}""", "shippingMethod")]
    [InlineData("""{"expectedTotal":{"amount":"1000","currency":"KRW"}}""", "expectedTotal.currency")]
    [InlineData("""{"expectedTotal":{"amount":"1","currency":"USD"}}""", "expectedTotal")]
    public async Task A_wrong_field_is_named(string change, string field)
    {
        var sku = await shop.SkuAsync();
        var order = JsonSerializer.SerializeToNode(Order((sku, 1)))!.AsObject();
        foreach (var (name, value) in JsonDocument.Parse(change).RootElement.EnumerateObject().Select(property => (property.Name, property.Value)))
        {
            order[name] = JsonSerializer.SerializeToNode(value);
        }

        using var response = await shop.Guest.PlaceAsync(order);

        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, "validation");
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([field]);
    }

    [Theory]
    [InlineData("lines")]
    [InlineData("currency")]
    [InlineData("shippingAddress")]
    [InlineData("payment")]
    public async Task A_missing_field_is_named(string field)
    {
        var order = JsonSerializer.SerializeToNode(Order(("A", 1)))!.AsObject();
        order.Remove(field);

        using var response = await shop.Guest.PlaceAsync(order);

        (await response.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe(field);
    }

    [Fact]
    public async Task Two_hundred_lines_are_one_order_and_one_more_is_none()
    {
        var skus = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => shop.SkuAsync()));

        (await shop.Guest.PlacedAsync(Order([.. skus.Select(sku => (sku, 1))]))).Items("lines").Count.ShouldBe(200);
        using var tooMany = await shop.Guest.PlaceAsync(Order([.. skus.Append("X").Select(sku => (sku, 1))]));
        tooMany.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_customers_order_is_theirs_and_needs_no_secret()
    {
        var (sku, me, other) = (await shop.SkuAsync(), Identifiers.Next(), Identifiers.Next());
        var body = JsonSerializer.SerializeToNode(Order((sku, 1)))!.AsObject();

        var order = await shop.Customer(me).PlacedAsync(body);
        body["customerId"] = other;
        using var foreign = await shop.Customer(me).PlaceAsync(body);
        using var guests = await shop.Guest.PlaceAsync(body);
        var staffs = await shop.Staff.PlacedAsync(body);

        order.GetProperty("customerId").GetGuid().ShouldBe(me);
        order.TryGetProperty("accessToken", out _).ShouldBeFalse();
        foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        guests.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        staffs.GetProperty("customerId").GetGuid().ShouldBe(other);
    }
}
