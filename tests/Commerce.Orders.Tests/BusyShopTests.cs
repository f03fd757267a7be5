using System.Collections.Concurrent;
using System.Net;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Orders.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests;

/// <summary>Everybody at once over few goods: afterwards every unit and every cent is where a plain count says.</summary>
public sealed class BusyShopTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    private const int Stock = 60;

    [Fact]
    public async Task A_busy_shop_is_sound_and_tampering_is_found()
    {
        var skus = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => shop.SkuAsync(10m, Stock)));
        var kept = new ConcurrentBag<Guid>();

        await Task.WhenAll(Enumerable.Range(0, 24).Select(shopper => ShopAsync(new Random(shopper), skus, kept)));

        var held = new Dictionary<string, int>();
        foreach (var id in kept)
        {
            var order = await shop.Staff.ReadAsync($"orders/{id}");
            if (order.Text("status") != "cancelled")
            {
                foreach (var line in order.Items("lines"))
                {
                    held[line.Text("sku")] = held.GetValueOrDefault(line.Text("sku")) + line.Int("quantity");
                }
            }
        }

        foreach (var sku in skus)
        {
            (await shop.AvailableAsync(sku)).ShouldBe(Stock - held.GetValueOrDefault(sku));
        }

        var verifier = shop.Services.GetRequiredService<DatabaseVerifier>();
        (await verifier.VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();

        await using var connection = new NpgsqlConnection(shop.ConnectionString);
        await connection.OpenAsync();
        await using var tamper = new NpgsqlCommand(
            """
            update events.mt_events set data = jsonb_set(data, '{totals,total}', '1') where type = 'order_placed' and seq_id = (select min(seq_id) from events.mt_events where type = 'order_placed');
            update events.mt_events set data = jsonb_set(data, '{amount}', '100000') where type = 'payment_captured' and seq_id = (select min(seq_id) from events.mt_events where type = 'payment_captured');
            update events.mt_events set data = jsonb_set(data, '{orderId}', '"01890a5d-ac96-774b-bcce-b302099a8057"') where type = 'cart_checked_out';
            update orders.order_lines set quantity = quantity + 1;
            """,
            connection);
        await tamper.ExecuteNonQueryAsync();
        var found = (await verifier.VerifyAsync(null, CancellationToken.None)).Violations.Select(violation => violation.Statement).ToList();
        found.ShouldContain(new OrdersAddUp().Statement);
        found.ShouldContain(new OrdersKeepNoMoneyThatIsNotTheirs().Statement);
        found.ShouldContain(new CartsBecomeTheirOrders().Statement);
        found.ShouldContain("Orders.OrderRows equals a fresh replay");
    }

    private async Task ShopAsync(Random chance, string[] skus, ConcurrentBag<Guid> kept)
    {
        for (var i = 0; i < 8; i++)
        {
            var lines = skus.Where(_ => chance.Next(2) == 0).Append(skus[chance.Next(4)]).Select(sku => (sku, chance.Next(1, 4))).ToArray();
            using var placed = chance.Next(3) == 0 ? await FromCartAsync(lines) : await shop.Guest.PlaceAsync(Order(lines));
            if (placed.StatusCode == HttpStatusCode.Conflict)
            {
                continue;
            }

            var id = (await placed.JsonAsync(HttpStatusCode.Created)).Id();
            kept.Add(id);
            foreach (var verb in new[] { "payments/authorize", "payments/capture", "payments/refund", "cancel" }.Where(_ => chance.Next(2) == 0))
            {
                using var done = await shop.Staff.PostJsonAsync($"orders/{id}/{verb}", new { });
                done.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Conflict);
            }
        }
    }

    private async Task<HttpResponseMessage> FromCartAsync((string Sku, int Quantity)[] lines)
    {
        using var opened = await shop.Guest.PostJsonAsync("carts", new { items = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }) });
        var cart = (await opened.JsonAsync(HttpStatusCode.Created)).Id();
        return await shop.Guest.PostJsonAsync($"carts/{cart}/checkout", Checkout(), ("Idempotency-Key", Identifiers.Next().ToString()));
    }
}
