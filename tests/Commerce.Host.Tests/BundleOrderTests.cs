using System.Net.Http.Json;
using Commerce.EventStore.Verification;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Host.Tests;

/// <summary>An order knows the bundle, stock knows its parts, and every rule between the two holds.</summary>
public sealed class BundleOrderTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    [Fact]
    public async Task A_bundle_is_bought_sent_returned_and_cancelled_as_one_thing()
    {
        var (tea, cup, set) = (await shop.StockProductAsync(10), await shop.StockProductAsync(10), await shop.CreateProductAsync("Tea set"));
        using var bundled = await shop.StaffClient.PutAsJsonAsync(
            $"/api/v1/inventory/{set.Sku}/bundle", new { parts = new[] { new { sku = tea.Sku, quantity = 2 }, new { sku = cup.Sku, quantity = 1 } } });
        await ShopFixture.JsonAsync(bundled, 200);

        var kept = await shop.PlaceOrderAsync((set.Sku, 2), (tea.Sku, 1));
        var cancelled = await shop.PlaceOrderAsync((set.Sku, 1));
        (await AvailableAsync(tea.Sku), await AvailableAsync(cup.Sku), await AvailableAsync(set.Sku)).ShouldBe((3, 7, 1));
        await PostAsync($"orders/{cancelled.GetProperty("id")}/cancel", new { }, 200);
        var order = $"orders/{kept.GetProperty("id")}";
        await PostAsync($"{order}/payments/capture", new { }, 200);
        await PostAsync($"{order}/shipments", new { lines = new[] { new { sku = set.Sku, quantity = 2 } }, carrier = "Post", trackingNumber = "T-1" }, 201);
        using var tooMany = await shop.TryOrderAsync(set.Sku, 4);
        (await ShopFixture.JsonAsync(tooMany, 409)).GetProperty("shortages")[0].GetProperty("available").GetInt32().ShouldBe(2);

        (await AvailableAsync(tea.Sku), await AvailableAsync(cup.Sku), await AvailableAsync(set.Sku)).ShouldBe((5, 8, 2));
        using var scope = shop.Services.CreateScope();
        (await scope.ServiceProvider.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    private async Task<int> AvailableAsync(string sku)
    {
        using var stock = await shop.Client.GetAsync(new Uri($"/api/v1/inventory/{sku}", UriKind.Relative));
        return (await ShopFixture.JsonAsync(stock, 200)).GetProperty("available").GetInt32();
    }

    private async Task PostAsync(string path, object body, int status)
    {
        using var answer = await shop.StaffClient.PostAsJsonAsync($"/api/v1/{path}", body);
        await ShopFixture.JsonAsync(answer, status);
    }
}
