using System.Net;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Orders.Tests.Shop;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests.Slices;

public sealed class CartTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task A_guest_fills_a_cart()
    {
        var (mug, pen) = (await shop.SkuAsync(9.90m), await shop.SkuAsync(1.50m));
        using var opened = await shop.Guest.SendJsonAsync(HttpMethod.Post, "carts", null);
        var cart = await opened.JsonAsync(HttpStatusCode.Created);
        var path = $"carts/{cart.Id()}";
        opened.Headers.Location!.OriginalString.ShouldBe($"/api/v1/{path}");
        cart.Text("currency").ShouldBe("USD");
        cart.Items("requirements")[0].Text("code").ShouldBe("itemsMissing");

        await PutAsync(shop.Guest, path, mug, 2);
        await PutAsync(shop.Guest, path, pen, 3);
        var filled = await PutAsync(shop.Guest, path, mug, 1);

        filled.Items().Select(item => (item.Text("sku"), item.Int("quantity"), item.Amount("unitPrice"), item.Amount("total"), item.Text("availability")))
            .ShouldBe([(mug, 1, "9.90 USD", "9.90 USD", "inStock"), (pen, 3, "1.50 USD", "4.50 USD", "inStock")]);
        filled.Amount("subtotal").ShouldBe("14.40 USD");
        (await PutAsync(shop.Guest, path, mug, 0)).Items().ShouldHaveSingleItem().Text("sku").ShouldBe(pen);
        using var removed = await shop.Guest.SendJsonAsync(HttpMethod.Delete, $"{path}/items/{pen}", null);
        (await removed.JsonAsync()).Items().ShouldBeEmpty();
        using var again = await shop.Guest.SendJsonAsync(HttpMethod.Delete, $"{path}/items/{pen}", null);
        (await again.JsonAsync()).Int("version").ShouldBe(6);
    }

    [Fact]
    public async Task A_cart_opens_with_items_in_a_currency()
    {
        var sku = await shop.SkuAsync(12_900m, currency: "KRW");

        var cart = await OpenAsync(shop.Guest, new { currency = "KRW", items = new[] { new { sku, quantity = 2 }, new { sku, quantity = 1 } } });

        cart.Amount("subtotal").ShouldBe("38700 KRW");
        cart.Items().ShouldHaveSingleItem().Int("quantity").ShouldBe(3);
    }

    [Fact]
    public async Task Twenty_tabs_that_add_different_items_all_win()
    {
        var skus = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => shop.SkuAsync()));
        var path = $"carts/{(await OpenAsync(shop.Guest)).Id()}";

        await Task.WhenAll(skus.Select(sku => PutAsync(shop.Guest, path, sku, 1)));

        (await shop.Guest.ReadAsync(path)).Items().Select(item => item.Text("sku")).ShouldBe(skus, ignoreOrder: true);
    }

    [Fact]
    public async Task Those_who_want_to_know_send_the_version_they_saw()
    {
        var sku = await shop.SkuAsync();
        var cart = await OpenAsync(shop.Guest);
        var item = $"carts/{cart.Id()}/items/{sku}";

        using var first = await shop.Guest.PutJsonAsync(item, new { quantity = 1 }, ("If-Match", "\"1\""));
        using var stale = await shop.Guest.PutJsonAsync(item, new { quantity = 2 }, ("If-Match", "\"1\""));
        using var staleRemoval = await shop.Guest.SendJsonAsync(HttpMethod.Delete, item, null, ("If-Match", "\"1\""));

        first.Headers.ETag!.Tag.ShouldBe("\"2\"");
        await stale.ProblemAsync(HttpStatusCode.PreconditionFailed, "stale-version");
        await staleRemoval.ProblemAsync(HttpStatusCode.PreconditionFailed, "stale-version");
    }

    [Fact]
    public async Task What_changed_since_is_spelt_out()
    {
        var (dearer, gone, short_) = (await shop.SkuAsync(10m), await shop.SkuAsync(10m), await shop.SkuAsync(10m, stock: 2));
        var cart = await OpenAsync(shop.Guest, new { items = new[] { dearer, gone, short_ }.Select(sku => new { sku, quantity = 3 }) });
        shop.Prices.Set(dearer, 11m, "USD");
        shop.Prices.Withdraw(gone, "USD");

        var shown = await shop.Guest.ReadAsync($"carts/{cart.Id()}");

        shown.Items().Select(item => string.Join(' ', item.Items("changes"))).ShouldBe(["priceRaised", "unavailable", "insufficientStock"]);
        shown.Items()[0].Amount("addedUnitPrice").ShouldBe("10.00 USD");
        shown.Items("requirements").Select(requirement => requirement.Text("code"))
            .ShouldBe(["itemUnavailable", "stockMissing", "shippingAddressMissing", "paymentMissing"]);
    }

    [Fact]
    public async Task A_customers_cart_is_not_there_for_others()
    {
        var (me, sku) = (Identifiers.Next(), await shop.SkuAsync());
        var path = $"carts/{(await OpenAsync(shop.Customer(me))).Id()}";
        await PutAsync(shop.Customer(me), path, sku, 1);

        foreach (var stranger in new[] { shop.Guest, shop.Customer(Identifiers.Next()) })
        {
            await stranger.ReadAsync(path, HttpStatusCode.NotFound);
            using var put = await stranger.PutJsonAsync($"{path}/items/{sku}", new { quantity = 1 });
            using var delete = await stranger.SendJsonAsync(HttpMethod.Delete, $"{path}/items/{sku}", null);
            using var merge = await stranger.PostJsonAsync($"{path}/merge", new { sourceCartId = (await OpenAsync(stranger)).Id() });
            using var checkout = await CheckOutAsync(stranger, path);
            new[] { put, delete, merge, checkout }.ShouldAllBe(response => response.StatusCode == HttpStatusCode.NotFound);
        }

        (await shop.Staff.ReadAsync(path)).Items().Count.ShouldBe(1);
        await shop.Guest.ReadAsync($"carts/{Identifiers.Next()}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_guests_cart_goes_into_the_customers_at_sign_in()
    {
        var (me, both, mine, guests) = (Identifiers.Next(), await shop.SkuAsync(), await shop.SkuAsync(), await shop.SkuAsync());
        var target = await OpenAsync(shop.Customer(me), new { items = new[] { new { sku = both, quantity = 1 }, new { sku = mine, quantity = 1 } } });
        var source = await OpenAsync(shop.Guest, new { items = new[] { new { sku = both, quantity = 2 }, new { sku = guests, quantity = 4 } } });
        var body = new { sourceCartId = source.Id() };

        using var merged = await shop.Customer(me).PostJsonAsync($"carts/{target.Id()}/merge", body);
        using var again = await shop.Customer(me).PostJsonAsync($"carts/{target.Id()}/merge", body);

        var cart = await merged.JsonAsync();
        cart.Items().Select(item => (item.Text("sku"), item.Int("quantity"))).ShouldBe([(both, 3), (mine, 1), (guests, 4)]);
        cart.Items().ShouldAllBe(item => item.Items("changes").Count == 0);
        (await again.JsonAsync()).ToString().ShouldBe(cart.ToString());
        var closed = await shop.Guest.ReadAsync($"carts/{source.Id()}");
        closed.Text("status").ShouldBe("merged");
        closed.GetProperty("mergedInto").GetGuid().ShouldBe(target.Id());
        using var edit = await shop.Guest.PutJsonAsync($"carts/{source.Id()}/items/{both}", new { quantity = 1 });
        await edit.ProblemAsync(HttpStatusCode.Conflict, "cart-closed");
    }

    [Fact]
    public async Task Sixty_five_lines_merge_to_sixty_five_lines()
    {
        var skus = await Task.WhenAll(Enumerable.Range(0, 65).Select(_ => shop.SkuAsync()));
        var source = await OpenAsync(shop.Guest, new { items = skus.Select(sku => new { sku, quantity = 1 }) });
        var target = await OpenAsync(shop.Guest);

        using var merged = await shop.Guest.PostJsonAsync($"carts/{target.Id()}/merge", new { sourceCartId = source.Id() });

        (await merged.JsonAsync()).Items().Count.ShouldBe(65);
    }

    [Fact]
    public async Task A_merge_that_cannot_be_is_refused()
    {
        var dollars = await OpenAsync(shop.Guest, new { items = new[] { new { sku = await shop.SkuAsync(), quantity = 1 } } });
        var won = await OpenAsync(shop.Guest, new { currency = "KRW" });

        using var currencies = await shop.Guest.PostJsonAsync($"carts/{won.Id()}/merge", new { sourceCartId = dollars.Id() });
        using var itself = await shop.Guest.PostJsonAsync($"carts/{won.Id()}/merge", new { sourceCartId = won.Id() });
        using var unknown = await shop.Guest.PostJsonAsync($"carts/{won.Id()}/merge", new { sourceCartId = Identifiers.Next() });

        await currencies.ProblemAsync(HttpStatusCode.Conflict, "cart-currency-differs");
        await itself.ProblemAsync(HttpStatusCode.BadRequest, "validation");
        await unknown.ProblemAsync(HttpStatusCode.NotFound, "cart-not-found");
        (await shop.Guest.ReadAsync($"carts/{dollars.Id()}")).Text("status").ShouldBe("open");
    }

    [Fact]
    public async Task A_sku_may_hold_any_printable_character()
    {
        var path = $"carts/{(await OpenAsync(shop.Guest)).Id()}";
        shop.Prices.Set("A/B:ä+%?#", 1m, "USD");

        (await PutAsync(shop.Guest, path, Uri.EscapeDataString("A/B:ä+%?#"), 1)).Items().ShouldHaveSingleItem().Text("sku").ShouldBe("A/B:ä+%?#");
    }

    [Fact]
    public async Task A_wrong_item_is_refused()
    {
        var (cart, sku) = (await OpenAsync(shop.Guest), await shop.SkuAsync());

        using var unknown = await shop.Guest.PutJsonAsync($"carts/{cart.Id()}/items/NOBODY-KNOWS", new { quantity = 1 });
        using var tooMany = await shop.Guest.PutJsonAsync($"carts/{cart.Id()}/items/{sku}", new { quantity = 10_001 });
        using var negative = await shop.Guest.PutJsonAsync($"carts/{cart.Id()}/items/{sku}", new { quantity = -1 });
        using var opening = await shop.Guest.PostJsonAsync("carts", new { items = new[] { new { sku = "NOBODY-KNOWS", quantity = 1 } } });
        using var currency = await shop.Guest.PostJsonAsync("carts", new { currency = "dollars" });
        using var noItem = await shop.Guest.PostJsonAsync("carts", new { items = new object?[] { null } });

        await unknown.ProblemAsync(HttpStatusCode.NotFound, "sku-not-found");
        (await tooMany.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("quantity");
        await negative.ProblemAsync(HttpStatusCode.BadRequest, "validation");
        await opening.ProblemAsync(HttpStatusCode.Conflict, "sku-unavailable");
        await currency.ProblemAsync(HttpStatusCode.BadRequest, "validation");
        (await noItem.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("items[0]");
    }

    [Fact]
    public async Task Checkout_makes_the_order_and_closes_the_cart()
    {
        var (mug, pen) = (await shop.SkuAsync(9.90m, stock: 5), await shop.SkuAsync(1.50m));
        var cart = await OpenAsync(shop.Guest, new { items = new[] { new { sku = mug, quantity = 2 }, new { sku = pen, quantity = 1 } } });
        var path = $"carts/{cart.Id()}";

        using var response = await CheckOutAsync(shop.Guest, path);
        using var second = await CheckOutAsync(shop.Guest, path);

        var order = await response.JsonAsync(HttpStatusCode.Created);
        order.Amount("total").ShouldBe("21.30 USD");
        order.GetProperty("cartId").GetGuid().ShouldBe(cart.Id());
        order.Text("accessToken").ShouldNotBeEmpty();
        (await second.ProblemAsync(HttpStatusCode.Conflict, "cart-closed")).GetProperty("orderId").GetGuid().ShouldBe(order.Id());
        (await shop.Guest.ReadAsync(path)).Text("status").ShouldBe("checkedOut");
        (await shop.AvailableAsync(mug)).ShouldBe(3);
    }

    [Fact]
    public async Task Twenty_checkouts_of_one_cart_make_one_order()
    {
        var sku = await shop.SkuAsync(stock: 100);
        var path = $"carts/{(await OpenAsync(shop.Guest, new { items = new[] { new { sku, quantity = 1 } } })).Id()}";

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var response = await CheckOutAsync(shop.Guest, path);
            return response.StatusCode;
        }));

        statuses.Count(status => status == HttpStatusCode.Created).ShouldBe(1);
        statuses.Count(status => status == HttpStatusCode.Conflict).ShouldBe(19);
        (await shop.AvailableAsync(sku)).ShouldBe(99);
    }

    [Fact]
    public async Task A_refused_checkout_leaves_the_cart_open()
    {
        var sku = await shop.SkuAsync(stock: 1);
        var path = $"carts/{(await OpenAsync(shop.Guest, new { items = new[] { new { sku, quantity = 2 } } })).Id()}";

        using var short_ = await CheckOutAsync(shop.Guest, path);
        await PutAsync(shop.Guest, path, sku, 1);
        using var enough = await CheckOutAsync(shop.Guest, path);

        (await short_.ProblemAsync(HttpStatusCode.Conflict, "insufficient-stock")).Items("shortages").ShouldHaveSingleItem().Text("sku").ShouldBe(sku);
        enough.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Checkout_while_another_tab_adds_items_orders_what_lay_in_the_cart_at_one_moment()
    {
        var skus = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => shop.SkuAsync(1m)));
        var path = $"carts/{(await OpenAsync(shop.Guest, new { items = new[] { new { sku = skus[0], quantity = 1 } } })).Id()}";

        var adding = skus.Skip(1).Select(async sku =>
        {
            using var response = await shop.Guest.PutJsonAsync($"{path}/items/{sku}", new { quantity = 1 });
            return response.IsSuccessStatusCode ? sku : null;
        }).ToList();
        using var checkout = await CheckOutAsync(shop.Guest, path);
        var added = (await Task.WhenAll(adding)).OfType<string>().Prepend(skus[0]);

        if (checkout.StatusCode == HttpStatusCode.Created)
        {
            (await checkout.JsonAsync(HttpStatusCode.Created)).Items("lines").Select(line => line.Text("sku")).ShouldBe(added, ignoreOrder: true);
        }
        else
        {
            await checkout.ProblemAsync(HttpStatusCode.ServiceUnavailable, "cart-moving");
        }
    }

    [Fact]
    public async Task A_checkout_that_lacks_something_says_what()
    {
        var path = $"carts/{(await OpenAsync(shop.Guest)).Id()}";
        var incomplete = JsonSerializer.SerializeToNode(Checkout())!.AsObject();
        incomplete.Remove("shippingAddress");

        using var empty = await CheckOutAsync(shop.Guest, path);
        using var noKey = await shop.Guest.PostJsonAsync($"{path}/checkout", Checkout());
        using var noAddress = await shop.Guest.PostJsonAsync($"{path}/checkout", incomplete, ("Idempotency-Key", Identifiers.Next().ToString()));

        await empty.ProblemAsync(HttpStatusCode.Conflict, "cart-empty");
        noKey.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await noAddress.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("shippingAddress");
    }

    [Fact]
    public async Task A_customer_buys_from_a_guests_cart_in_their_own_name()
    {
        var (me, sku) = (Identifiers.Next(), await shop.SkuAsync());
        var cart = await OpenAsync(shop.Guest, new { items = new[] { new { sku, quantity = 1 } } });

        using var response = await CheckOutAsync(shop.Customer(me), $"carts/{cart.Id()}");

        (await response.JsonAsync(HttpStatusCode.Created)).GetProperty("customerId").GetGuid().ShouldBe(me);
    }

    private static async Task<JsonElement> OpenAsync(HttpClient client, object? body = null)
    {
        using var response = await client.PostJsonAsync("carts", body ?? new { });
        return await response.JsonAsync(HttpStatusCode.Created);
    }

    private static async Task<JsonElement> PutAsync(HttpClient client, string cart, string sku, int quantity)
    {
        using var response = await client.PutJsonAsync($"{cart}/items/{sku}", new { quantity });
        return await response.JsonAsync();
    }

    private static Task<HttpResponseMessage> CheckOutAsync(HttpClient client, string cart) =>
        client.PostJsonAsync($"{cart}/checkout", Checkout(), ("Idempotency-Key", Identifiers.Next().ToString()));
}
