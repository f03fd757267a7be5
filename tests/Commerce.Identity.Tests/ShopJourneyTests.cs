using System.Net;
using Commerce.Testing;

namespace Commerce.Identity.Tests;

/// <summary>Who may do what in the whole shop: the real Host with all its modules.</summary>
public sealed class ShopJourneyTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    [Fact]
    public async Task A_customer_reads_their_own_order_and_nobody_elses()
    {
        var product = await shop.StockProductAsync(5);
        var kim = await CustomerAsync();
        var lee = await CustomerAsync();
        using var placed = await shop.TryOrderAsync(product.Sku, client: kim);
        var order = (await ShopFixture.JsonAsync(placed, 201)).GetProperty("id").GetGuid();

        await kim.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"/api/v1/orders/{order}");
        await lee.SendAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/api/v1/orders/{order}");
        await shop.Client.SendAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/api/v1/orders/{order}");
        await shop.StaffClient.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"/api/v1/orders/{order}");

        var mine = await kim.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/v1/orders");
        mine.GetProperty("items").EnumerateArray().ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(order);
        (await lee.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/v1/orders")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("catalog", HttpStatusCode.BadRequest, HttpStatusCode.Forbidden)]
    [InlineData("inventory", HttpStatusCode.Forbidden, HttpStatusCode.BadRequest)]
    [InlineData("support", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("admin", HttpStatusCode.BadRequest, HttpStatusCode.BadRequest)]
    public async Task A_role_opens_its_own_doors(string role, HttpStatusCode products, HttpStatusCode receipts)
    {
        var email = Http.NewEmail();
        await shop.StaffClient.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "/api/v1/staff", new { email, password = Http.Password, roles = new[] { role } });
        var tokens = await shop.Client.SendAsync(HttpStatusCode.OK, HttpMethod.Post, "/api/v1/auth/login", new { email, password = Http.Password });
        var staff = shop.NewClient(bearer: tokens.Text("accessToken"));

        // An empty body is a 400 to whoever may send one.
        await staff.SendAsync(products, HttpMethod.Post, "/api/v1/products", new { });
        await staff.SendAsync(receipts, HttpMethod.Post, "/api/v1/inventory/receipts", new { });
    }

    [Fact]
    public async Task A_customer_writes_nothing_of_the_staffs()
    {
        var kim = await CustomerAsync();
        await kim.SendAsync(HttpStatusCode.Forbidden, HttpMethod.Post, "/api/v1/products", new { });
        await kim.SendAsync(HttpStatusCode.Forbidden, HttpMethod.Post, "/api/v1/inventory/receipts", new { });
        await kim.SendAsync(HttpStatusCode.Forbidden, HttpMethod.Get, "/api/v1/events");
        await shop.Client.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/v1/products", new { });
    }

    private async Task<HttpClient> CustomerAsync()
    {
        var registered = await shop.Client.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "/api/v1/auth/register", new { email = Http.NewEmail(), password = Http.Password });
        return shop.NewClient(bearer: registered.Text("accessToken"));
    }
}
