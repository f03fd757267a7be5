using System.Net;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Orders.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests.Slices;

public sealed class CartDetailsTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task A_cart_that_was_told_everything_is_checked_out_with_a_way_to_pay_alone()
    {
        var (path, sku) = await OpenAsync();

        var told = await PatchAsync(path, new { email = "minji@example.com", shippingAddress = Address("KR"), shippingMethod = "express" });
        told.Items("requirements").Select(requirement => (requirement.Text("code"), requirement.Text("field"))).ShouldBe([("paymentMissing", "payment")]);
        told.Text("shippingAddress.city").ShouldBe("Seoul");
        using var checkout = await shop.Guest.PostJsonAsync($"{path}/checkout", new { payment = new { method = "manual" } }, ("Idempotency-Key", Identifiers.Next().ToString()));

        var order = await checkout.JsonAsync(HttpStatusCode.Created);
        (order.Text("email"), order.Text("shippingAddress.city"), order.Text("shippingMethod")).ShouldBe(("minji@example.com", "Seoul", "express"));
        order.Items("lines").ShouldHaveSingleItem().Text("sku").ShouldBe(sku);
        using var late = await shop.Guest.SendJsonAsync(HttpMethod.Patch, path, new { email = "late@example.com" });
        await late.ProblemAsync(HttpStatusCode.Conflict, "cart-closed");
    }

    [Fact]
    public async Task What_is_not_named_stays_null_takes_back_and_two_tabs_both_win()
    {
        var (path, _) = await OpenAsync();
        await Task.WhenAll(PatchAsync(path, new { email = "minji@example.com" }), PatchAsync(path, new { shippingMethod = "express" }), PatchAsync(path, new { shippingAddress = Address() }));

        var both = await shop.Guest.ReadAsync(path);
        (both.Text("email"), both.Text("shippingMethod"), both.Text("shippingAddress.country")).ShouldBe(("minji@example.com", "express", "KR"));
        var taken = await PatchAsync(path, new { email = (string?)null, shippingAddress = (object?)null });
        taken.GetProperty("email").ValueKind.ShouldBe(JsonValueKind.Null);
        taken.Items("requirements").Select(requirement => requirement.Text("code")).ShouldContain("shippingAddressMissing");
        taken.Text("shippingMethod").ShouldBe("express");
        (await PatchAsync(path, new { shippingMethod = "express" })).Int("version").ShouldBe(taken.Int("version"));
        using var stale = await shop.Guest.SendJsonAsync(HttpMethod.Patch, path, new { email = "a@example.com" }, ("If-Match", "\"1\""));
        await stale.ProblemAsync(HttpStatusCode.PreconditionFailed, "stale-version");
    }

    [Fact]
    public async Task A_wrong_detail_is_named()
    {
        var (path, _) = await OpenAsync();
        foreach (var (body, field) in new (object, string)[]
        {
            (new { email = "nobody" }, "email"), (new { email = 7 }, "email"), (new { shippingMethod = "pigeon" }, "shippingMethod"),
            (new { shippingAddress = new { name = "Kim" } }, "shippingAddress.line1"), (new { shippingAddress = Address("XX") }, "shippingAddress.country"),
        })
        {
            using var response = await shop.Guest.SendJsonAsync(HttpMethod.Patch, path, body);
            (await response.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldContain(field);
        }

        using var list = await shop.Guest.SendJsonAsync(HttpMethod.Patch, path, new[] { 1 });
        await list.ProblemAsync(HttpStatusCode.BadRequest, "validation");
        using var unknown = await shop.Guest.SendJsonAsync(HttpMethod.Patch, $"carts/{Identifiers.Next()}", new { email = "a@example.com" });
        await unknown.ProblemAsync(HttpStatusCode.NotFound, "cart-not-found");
    }

    [Fact]
    public async Task Items_are_saved_for_later_moved_back_and_forgotten()
    {
        var (path, sku) = await OpenAsync();
        var other = await shop.SkuAsync(5m);
        using var put = await shop.Guest.PutJsonAsync($"{path}/items/{other}", new { quantity = 3 });

        var saved = await PostAsync($"{path}/items/{other}/save-for-later");
        saved.Items().ShouldHaveSingleItem().Text("sku").ShouldBe(sku);
        saved.Items("savedForLater").Select(item => (item.Text("sku"), item.Int("quantity"), item.Amount("unitPrice"))).ShouldBe([(other, 3, "5.00 USD")]);
        saved.Amount("subtotal").ShouldBe("10.00 USD");
        shop.Prices.Set(other, 6m, "USD");
        var back = await PostAsync($"{path}/saved/{other}/move-to-cart");
        back.Items()[1].Items("changes").ShouldHaveSingleItem().GetString().ShouldBe("priceRaised");
        var change = back.Items("changes").ShouldHaveSingleItem();
        (change.Text("sku"), change.Text("kind"), change.Amount("was"), change.Amount("now")).ShouldBe((other, "priceRaised", "5.00 USD", "6.00 USD"));

        await PostAsync($"{path}/items/{other}/save-for-later");
        using var forgotten = await shop.Guest.SendJsonAsync(HttpMethod.Delete, $"{path}/saved/{other}", null);
        (await forgotten.JsonAsync()).Items("savedForLater").ShouldBeEmpty();
        using var again = await shop.Guest.SendJsonAsync(HttpMethod.Delete, $"{path}/saved/{other}", null);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var nowhere = await shop.Guest.PostJsonAsync($"{path}/items/{other}/save-for-later", new { });
        await nowhere.ProblemAsync(HttpStatusCode.NotFound, "cart-item-not-found");
        using var nothing = await shop.Guest.PostJsonAsync($"{path}/saved/{other}/move-to-cart", new { });
        await nothing.ProblemAsync(HttpStatusCode.NotFound, "cart-item-not-found");
        using var stale = await shop.Guest.PostJsonAsync($"{path}/items/{sku}/save-for-later", new { }, ("If-Match", "\"1\""));
        await stale.ProblemAsync(HttpStatusCode.PreconditionFailed, "stale-version");
    }

    [Fact]
    public async Task A_minimum_and_an_email_are_asked_for_by_advice_and_gate_alike()
    {
        await using var strict = new StrictShop();
        await strict.InitializeAsync();
        var sku = await strict.Shop.SkuAsync(10m);
        using var opened = await strict.Shop.Guest.PostJsonAsync("carts", new { items = new[] { new { sku, quantity = 2 } } });
        var cart = await opened.JsonAsync(HttpStatusCode.Created);
        cart.Items("requirements").Select(requirement => requirement.Text("code")).ShouldBe(["minimumNotReached", "shippingAddressMissing", "emailMissing", "paymentMissing"]);
        var path = $"carts/{cart.Id()}/checkout";
        using var noEmail = await strict.Shop.Guest.PostJsonAsync(path, Checkout(), ("Idempotency-Key", "1-" + sku));
        (await noEmail.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("email");
        var withEmail = new { shippingAddress = Address(), payment = new { method = "manual" }, email = "minji@example.com" };
        using var tooSmall = await strict.Shop.Guest.PostJsonAsync(path, withEmail, ("Idempotency-Key", "2-" + sku));
        (await tooSmall.ProblemAsync(HttpStatusCode.Conflict, "order-below-minimum")).Amount("minimum").ShouldBe("25.00 USD");
        using var direct = await strict.Shop.Guest.PlaceAsync(Order((sku, 1)));
        (await direct.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("email");
        using var more = await strict.Shop.Guest.PutJsonAsync($"carts/{cart.Id()}/items/{sku}", new { quantity = 3 });
        using var enough = await strict.Shop.Guest.PostJsonAsync(path, withEmail, ("Idempotency-Key", "3-" + sku));
        enough.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task An_expired_cart_says_so()
    {
        await using var brief = new StrictShop();
        await brief.InitializeAsync();
        var sku = await brief.Shop.SkuAsync(10m);
        var me = Identifiers.Next();
        using var opened = await brief.Shop.Customer(me).PostJsonAsync("carts", new { items = new[] { new { sku, quantity = 3 } } });
        var cart = await opened.JsonAsync(HttpStatusCode.Created);
        cart.GetProperty("expiresAt").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow);
        brief.Shop.Services.GetRequiredService<OrdersOptions>().CartLifetime = TimeSpan.FromTicks(1);

        var path = $"carts/{cart.Id()}";
        var shown = await brief.Shop.Customer(me).ReadAsync(path);
        shown.Text("status").ShouldBe("expired");
        shown.Items("requirements").ShouldHaveSingleItem().Text("code").ShouldBe("cartExpired");
        foreach (var (method, edit, body) in new (HttpMethod, string, object?)[]
        {
            (HttpMethod.Put, $"{path}/items/{sku}", new { quantity = 1 }), (HttpMethod.Delete, $"{path}/items/{sku}", null), (HttpMethod.Patch, path, new { email = "a@example.com" }),
            (HttpMethod.Post, $"{path}/checkout", new { shippingAddress = Address(), payment = new { method = "manual" }, email = "a@example.com" }),
        })
        {
            using var refused = await brief.Shop.Customer(me).SendJsonAsync(method, edit, body, ("Idempotency-Key", Identifiers.Next().ToString()));
            await refused.ProblemAsync(HttpStatusCode.Conflict, "cart-expired");
        }

        (await brief.Shop.Customer(me).ReadAsync("carts")).Items().ShouldBeEmpty();
        (await brief.Shop.Customer(me).ReadAsync("carts?status=expired")).Items().ShouldHaveSingleItem().Text("status").ShouldBe("expired");
    }

    private async Task<(string Path, string Sku)> OpenAsync()
    {
        var sku = await shop.SkuAsync(10m);
        using var opened = await shop.Guest.PostJsonAsync("carts", new { items = new[] { new { sku, quantity = 1 } } });
        return ($"carts/{(await opened.JsonAsync(HttpStatusCode.Created)).Id()}", sku);
    }

    private async Task<JsonElement> PatchAsync(string path, object body)
    {
        using var response = await shop.Guest.SendJsonAsync(HttpMethod.Patch, path, body);
        return await response.JsonAsync();
    }

    private async Task<JsonElement> PostAsync(string path)
    {
        using var response = await shop.Guest.PostJsonAsync(path, new { });
        return await response.JsonAsync();
    }

    /// <summary>A shop of its own, whose settings a test may change.</summary>
    private sealed class StrictShop : IAsyncDisposable
    {
        public OrdersShop Shop { get; } = new();

        public async Task InitializeAsync()
        {
            await Shop.InitializeAsync();
            var options = Shop.Services.GetRequiredService<OrdersOptions>();
            options.RequireEmail = true;
            options.MinimumSubtotal["USD"] = 25m;
        }

        public async ValueTask DisposeAsync() => await Shop.DisposeAsync();
    }
}
