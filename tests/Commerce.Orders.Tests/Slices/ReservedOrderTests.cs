using System.Net;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Orders.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests.Slices;

public sealed class ReservedOrderTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task An_order_that_names_a_reservation_takes_its_units_and_nobody_else_can()
    {
        var sku = await shop.SkuAsync(10m, stock: 2);
        var reservation = await ReserveAsync(sku, 2);

        using var stranger = await shop.Guest.PlaceAsync(Order((sku, 1)));
        using var holder = await shop.Guest.PlaceAsync(Reserved(reservation, sku, 2));
        using var again = await shop.Guest.PlaceAsync(Reserved(reservation, sku, 1));

        await stranger.ProblemAsync(HttpStatusCode.Conflict, "insufficient-stock");
        var order = await holder.JsonAsync(HttpStatusCode.Created);
        (await again.ProblemAsync(HttpStatusCode.Conflict, "reservation-ended")).Text("reservationStatus").ShouldBe("converted");
        var shown = await shop.Staff.ReadAsync($"inventory/reservations/{reservation}");
        (shown.Text("status"), shown.GetProperty("orderId").GetGuid()).ShouldBe(("converted", order.Id()));
        (await shop.Staff.ReadAsync($"inventory/{sku}/movements")).Items()[0].Text("kind").ShouldBe("reservationConverted");
        using var cancelled = await shop.Staff.PostJsonAsync($"orders/{order.Id()}/cancel", new { });
        (await shop.AvailableAsync(sku)).ShouldBe(2);
    }

    [Fact]
    public async Task A_checkout_takes_a_reservation_too()
    {
        var sku = await shop.SkuAsync(10m, stock: 3);
        var reservation = await ReserveAsync(sku, 3);
        using var opened = await shop.Guest.PostJsonAsync("carts", new { items = new[] { new { sku, quantity = 1 } } });
        var cart = (await opened.JsonAsync(HttpStatusCode.Created)).Id();

        using var checkout = await shop.Guest.PostJsonAsync(
            $"carts/{cart}/checkout", new { shippingAddress = Address(), payment = new { method = "manual" }, reservationId = reservation }, ("Idempotency-Key", cart.ToString()));

        checkout.StatusCode.ShouldBe(HttpStatusCode.Created);
        // What was held and not bought is free again.
        (await shop.AvailableAsync(sku)).ShouldBe(2);
        (await shop.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reservation_that_nobody_made_is_a_wrong_value_and_one_given_up_an_ended_one()
    {
        var sku = await shop.SkuAsync(10m, stock: 3);
        var reservation = await ReserveAsync(sku, 3);
        using var released = await shop.Staff.SendJsonAsync(HttpMethod.Delete, $"inventory/reservations/{reservation}", null);

        using var unknown = await shop.Guest.PlaceAsync(Reserved(Identifiers.Next(), sku, 1));
        using var ended = await shop.Guest.PlaceAsync(Reserved(reservation, sku, 1));

        (await unknown.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").EnumerateObject().Single().Name.ShouldBe("reservationId");
        (await ended.ProblemAsync(HttpStatusCode.Conflict, "reservation-ended")).Text("reservationStatus").ShouldBe("released");
        (await shop.AvailableAsync(sku)).ShouldBe(3);
    }

    [Fact]
    public async Task Who_ordered_first_is_sent_first()
    {
        var sku = await shop.SkuAsync(10m, stock: 0);
        using var settings = await shop.Staff.PutJsonAsync($"inventory/{sku}/settings", new { backorderLimit = 5 });
        var (first, second) = ((await shop.Guest.PlacedAsync(Order((sku, 2)))).Id(), (await shop.Guest.PlacedAsync(Order((sku, 2)))).Id());
        foreach (var order in new[] { first, second })
        {
            using var paid = await shop.Staff.PostJsonAsync($"orders/{order}/payments/capture", new { });
        }

        using var received = await shop.Staff.PostJsonAsync("inventory/receipts", new { lines = new[] { new { sku, quantity = 3 } } });
        using var tooMany = await ShipAsync(second, sku, 2);
        using var early = await ShipAsync(second, sku, 1);
        using var firstAll = await ShipAsync(first, sku, 2);

        (await tooMany.ProblemAsync(HttpStatusCode.Conflict, "insufficient-stock")).Items("shortages").ShouldHaveSingleItem().Int("available").ShouldBe(1);
        early.StatusCode.ShouldBe(HttpStatusCode.Created);
        firstAll.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private Task<HttpResponseMessage> ShipAsync(Guid order, string sku, int quantity) =>
        shop.Staff.PostJsonAsync($"orders/{order}/shipments", new { lines = new[] { new { sku, quantity } }, carrier = "Post", trackingNumber = "T-1" });

    private async Task<Guid> ReserveAsync(string sku, int quantity)
    {
        using var made = await shop.Staff.PostJsonAsync("inventory/reservations", new { lines = new[] { new { sku, quantity } }, expiresInSeconds = 600 });
        return (await made.JsonAsync(HttpStatusCode.Created)).Id();
    }

    private static object Reserved(Guid reservationId, string sku, int quantity) => new
    {
        lines = new[] { new { sku, quantity } },
        currency = "USD",
        shippingAddress = Address(),
        payment = new { method = "manual" },
        reservationId,
    };
}
