using Commerce.EventStore.Verification;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Host.Tests;

/// <summary>One order's whole life over HTTP, from its placing to its last refund, as front ends see it: compared with an approved transcript.</summary>
public sealed class OrderLifeTests(OrderLifeTests.OwnShop shop) : IClassFixture<OrderLifeTests.OwnShop>
{
    private readonly Transcript _life = new();

    [Fact]
    public async Task An_orders_whole_life_is_as_approved()
    {
        foreach (var (sku, name, amount) in new[] { ("MUG", "Mug", "10.00"), ("PEN", "Pen", "2.50"), ("CUP", "Cup", "12.00") })
        {
            await shop.CreateProductAsync(name, sku, amount);
            await shop.ReceiveStockAsync(sku, 10);
        }

        _life.Title("A guest orders three mugs and two pens");
        var placed = await ShopperAsync(HttpMethod.Post, "orders", ShopFixture.OrderBody([("MUG", 3), ("PEN", 2)]), ("Idempotency-Key", "order-1"));
        var (order, secret) = ($"orders/{placed.GetProperty("id").GetGuid()}", placed.GetProperty("accessToken").GetString()!);
        await ShopperAsync(HttpMethod.Post, $"{order}/notes", new { text = "Please ring twice." }, ("X-Guest-Token", secret));
        await StaffAsync(HttpMethod.Post, $"{order}/payments/capture", new { });

        _life.Title("Two mugs leave");
        var first = await StaffAsync(HttpMethod.Post, $"{order}/shipments", new { lines = new[] { Line("MUG", 2) }, carrier = "DHL", trackingNumber = "JD01" });

        _life.Title("The rest is changed: no more mug, and a cup instead of the pens; first looked at, then confirmed as it was seen");
        object edit = new { lines = new[] { Line("MUG", 2), Line("PEN", 0), Line("CUP", 1) }, reason = "changed my mind" };
        await ShopperAsync(HttpMethod.Post, $"{order}/edits/preview", edit, ("X-Guest-Token", secret));
        object confirmed = new { lines = new[] { Line("MUG", 2), Line("PEN", 0), Line("CUP", 1) }, expectedTotal = new { amount = "32.00", currency = "USD" }, reason = "changed my mind" };
        await ShopperAsync(HttpMethod.Post, $"{order}/edits", confirmed, ("X-Guest-Token", secret), ("If-Match", "\"5\""));
        await ShopperAsync(HttpMethod.Post, $"{order}/edits", confirmed, ("X-Guest-Token", secret), ("If-Match", "\"5\""));

        _life.Title("The rest leaves, and all of it arrives");
        var second = await StaffAsync(HttpMethod.Post, $"{order}/shipments", new { lines = new[] { Line("CUP", 1) }, carrier = "DHL", trackingNumber = "JD02" });
        await StaffAsync(HttpMethod.Post, $"{order}/shipments/{first.GetProperty("id").GetGuid()}/delivered", new { });
        await StaffAsync(HttpMethod.Post, $"{order}/shipments/{second.GetProperty("id").GetGuid()}/delivered", new { });

        _life.Title("Both mugs come back, one of them broken");
        var back = await ShopperAsync(HttpMethod.Post, $"{order}/returns", new { lines = new[] { new { sku = "MUG", quantity = 2, reason = "too small" } } }, ("X-Guest-Token", secret));
        var returned = $"{order}/returns/{back.GetProperty("id").GetGuid()}";
        await StaffAsync(HttpMethod.Post, $"{returned}/approve", new { });
        await StaffAsync(HttpMethod.Post, $"{returned}/receive", new { lines = new[] { new { sku = "MUG", quantity = 1, condition = "sellable" }, new { sku = "MUG", quantity = 1, condition = "damaged" } } });

        _life.Title("A part of the cup's price is given back for a scratch, and no more than is left");
        await StaffAsync(HttpMethod.Post, $"{order}/payments/refund", new { amount = new { amount = "3.00", currency = "USD" }, reason = "a scratch" });
        await StaffAsync(HttpMethod.Post, $"{order}/payments/refund", new { amount = new { amount = "30.00", currency = "USD" }, reason = "a mistake" });

        _life.Title("What is left of it");
        await ShopperAsync(HttpMethod.Get, $"{order}?accessToken={secret}");
        await StaffAsync(HttpMethod.Get, $"{order}/history");
        var documents = await StaffAsync(HttpMethod.Get, $"{order}/documents");
        await ShopperAsync(HttpMethod.Get, $"{order}/documents/{documents.GetProperty("items")[0].GetProperty("number").GetString()}/print?accessToken={secret}");
        await StaffAsync(HttpMethod.Get, "inventory/MUG/movements");

        _life.ToString().ShouldMatchApproved(options => options.NoDiff().SubFolder("Approved"));
        (await shop.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    private Task<System.Text.Json.JsonElement> ShopperAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers) =>
        _life.SendAsync(shop.Client, "shopper", method, path, body, headers);

    private Task<System.Text.Json.JsonElement> StaffAsync(HttpMethod method, string path, object? body = null) => _life.SendAsync(shop.StaffClient, "staff", method, path, body);

    private static object Line(string sku, int quantity) => new { sku, quantity };

    /// <summary>A shop that nobody else orders in, so that the numbers of its documents are known.</summary>
    public sealed class OwnShop : ShopFixture;
}
