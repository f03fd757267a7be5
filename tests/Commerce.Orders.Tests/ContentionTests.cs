using System.Net;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Orders.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests;

/// <summary>Two hosts on one database, and everybody wants the same.</summary>
public sealed class ContentionTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task The_last_unit_in_two_carts_is_one_order()
    {
        var other = await OrdersShop.BesideAsync(shop);
        try
        {
            for (var round = 0; round < 10; round++)
            {
                var sku = await shop.SkuAsync(10m, 1);
                var carts = await Task.WhenAll(shop.Guest.PostJsonAsync("carts", Cart(sku)), other.Guest.PostJsonAsync("carts", Cart(sku)));
                var ids = await Task.WhenAll(carts.Select(async cart => (await cart.JsonAsync(HttpStatusCode.Created)).Id()));

                var answers = await Task.WhenAll(CheckOutAsync(shop, ids[0]), CheckOutAsync(other, ids[1]));

                answers.Select(answer => answer.StatusCode).Order().ShouldBe([HttpStatusCode.Created, HttpStatusCode.Conflict]);
                var lost = await answers.Single(answer => answer.StatusCode == HttpStatusCode.Conflict).ProblemAsync(HttpStatusCode.Conflict, "insufficient-stock");
                lost.Items("shortages").Single().Int("available").ShouldBe(0);
                (await shop.AvailableAsync(sku)).ShouldBe(0);
                (await shop.Staff.ReadAsync($"orders?sku={sku}")).Items().Count.ShouldBe(1);
                // The cart that lost is as it was: its shopper may take something else.
                var open = await Task.WhenAll(ids.Select(id => shop.Guest.ReadAsync($"carts/{id}")));
                open.Select(cart => cart.Text("status")).Order(StringComparer.Ordinal).ShouldBe(["checkedOut", "open"]);
            }
        }
        finally
        {
            await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task Orders_for_A_and_B_and_for_B_and_A_at_once_all_get_through()
    {
        var other = await OrdersShop.BesideAsync(shop);
        try
        {
            var (a, b) = (await shop.SkuAsync(10m, 100), await shop.SkuAsync(10m, 100));
            var hosts = new[] { shop, other };

            var answers = await Task.WhenAll(Enumerable.Range(0, 80).Select(i => hosts[i % 2].Guest.PlaceAsync(i % 4 < 2 ? Order((a, 1), (b, 1)) : Order((b, 1), (a, 1)))));

            answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Created);
            (await shop.AvailableAsync(a), await shop.AvailableAsync(b)).ShouldBe((20, 20));
            var cancelled = await Task.WhenAll(answers.Select(async (answer, i) =>
                await hosts[(i + 1) % 2].Staff.PostJsonAsync($"orders/{(await answer.JsonAsync(HttpStatusCode.Created)).Id()}/cancel", new { })));
            cancelled.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.OK);
            (await shop.AvailableAsync(a), await shop.AvailableAsync(b)).ShouldBe((100, 100));
            (await shop.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
        }
        finally
        {
            await other.DisposeAsync();
        }
    }

    private static object Cart(string sku) => new { items = new[] { new { sku, quantity = 1 } } };

    private static Task<HttpResponseMessage> CheckOutAsync(OrdersShop host, Guid cart) =>
        host.Guest.PostJsonAsync($"carts/{cart}/checkout", Checkout(), ("Idempotency-Key", Identifiers.Next().ToString()));
}
