using System.Net;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Orders.Tests.Shop;

namespace Commerce.Orders.Tests.Slices;

public sealed class ListCartsTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task Customers_find_their_open_carts_again()
    {
        var (me, sku) = (Identifiers.Next(), await shop.SkuAsync());
        var first = await OpenAsync(shop.Customer(me), sku);
        var second = await OpenAsync(shop.Customer(me), sku);
        var bought = await OpenAsync(shop.Customer(me), sku);
        await OpenAsync(shop.Customer(Identifiers.Next()), sku);
        using var checkout = await shop.Customer(me).PostJsonAsync($"carts/{bought}/checkout", Wire.Checkout(), ("Idempotency-Key", "buy-" + bought));

        var page = await shop.Customer(me).ReadAsync("carts?limit=1");
        var rest = await shop.Customer(me).ReadAsync($"carts?limit=1&cursor={page.Text("nextCursor")}");

        page.Items().ShouldHaveSingleItem().Id().ShouldBe(second);
        rest.Items().ShouldHaveSingleItem().Id().ShouldBe(first);
        rest.Items()[0].Int("itemCount").ShouldBe(1);
        rest.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
        (await shop.Customer(me).ReadAsync("carts?status=checkedOut")).Items().ShouldHaveSingleItem().Id().ShouldBe(bought);
        (await shop.Staff.ReadAsync($"carts?customerId={me}")).Items().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Nobody_lists_the_carts_of_others()
    {
        await shop.Guest.ReadAsync("carts", HttpStatusCode.Unauthorized);
        await shop.Customer(Identifiers.Next()).ReadAsync($"carts?customerId={Identifiers.Next()}", HttpStatusCode.Forbidden);
        await shop.Staff.ReadAsync("carts", HttpStatusCode.Forbidden);
        await shop.Staff.ReadAsync("carts?status=lost", HttpStatusCode.BadRequest);
        await shop.Customer(Identifiers.Next()).ReadAsync("carts?cursor=nonsense", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Staff_sees_who_left_a_cart_with_goods_in_it()
    {
        var sku = await shop.SkuAsync(9.90m);
        var (left, bought) = (await OpenAsync(shop.Guest, sku), await OpenAsync(shop.Guest, sku));
        using var empty = await shop.Guest.PostJsonAsync("carts", new { });
        using var told = await shop.Guest.SendJsonAsync(HttpMethod.Patch, $"carts/{left}", new { email = "minji@example.com" });
        using var checkout = await shop.Guest.PostJsonAsync($"carts/{bought}/checkout", Wire.Checkout(), ("Idempotency-Key", "left-" + bought));

        var page = (await shop.Staff.ReadAsync("carts/abandoned?idleHours=0&limit=100")).Items();

        var seen = page.Single(cart => cart.Id() == left);
        (seen.Text("email"), seen.Amount("value"), seen.Int("itemCount")).ShouldBe(("minji@example.com", "9.90 USD", 1));
        page.ShouldNotContain(cart => cart.Id() == bought || cart.Int("itemCount") == 0);
        (await shop.Staff.ReadAsync("carts/abandoned?idleHours=1")).Items().ShouldNotContain(cart => cart.Id() == left);
        await shop.Staff.ReadAsync("carts/abandoned?idleHours=-1", HttpStatusCode.BadRequest);
        await shop.Staff.ReadAsync("carts/abandoned?cursor=nonsense", HttpStatusCode.BadRequest);
        await shop.Guest.ReadAsync("carts/abandoned", HttpStatusCode.Unauthorized);
        await shop.Customer(Identifiers.Next()).ReadAsync("carts/abandoned", HttpStatusCode.Forbidden);
    }

    private static async Task<Guid> OpenAsync(HttpClient client, string sku)
    {
        using var response = await client.PostJsonAsync("carts", new { items = new[] { new { sku, quantity = 1 } } });
        return (await response.JsonAsync(HttpStatusCode.Created)).Id();
    }
}
