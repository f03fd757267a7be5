using Commerce.Testing;

namespace Commerce.Payments.Tests.Slices;

/// <summary>A shop that has little patience with orders that nobody pays.</summary>
public sealed class HastyShop : PaidShop
{
    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["Payments:Sandbox:Enabled"] = "true",
        ["Payments:LookEvery"] = "00:00:01",
        ["Payments:Lease"] = "00:00:02",
        ["Orders:AbandonAfter"] = "00:00:02",
    };
}

public sealed class AbandonedTests(HastyShop shop) : IClassFixture<HastyShop>
{
    [Theory]
    [InlineData("tok_insufficient_funds")]
    [InlineData("tok_challenge")]
    public async Task An_order_that_is_not_paid_in_time_is_cancelled_and_its_stock_is_free(string token)
    {
        var paid = await shop.PlaceAsync(token, stock: 1);
        var cancelled = await shop.UntilAsync(paid.Id, order => order.Status() == "cancelled" && order.PaymentStatus() is "failed" or "voided");
        cancelled.GetProperty("cancelReason").GetString().ShouldBe("It was not paid in time.");
        (await shop.BankAsync(paid.Id)).ShouldBe((0m, 0m, 0m));
        using var again = await shop.TryPlaceAsync(paid.Sku, new { method = "manual" });
        await ShopFixture.JsonAsync(again, 201);
    }

    [Fact]
    public async Task Money_that_comes_for_a_cancelled_order_goes_back()
    {
        // The bank hears the authorization, its answer is lost, and the order is cancelled before anybody asks again.
        var paid = await shop.PlaceAsync("tok_authorize_lost+tok_webhook_never");
        using var cancelled = await PaidShop.SendAsync(shop.StaffClient, $"/api/v1/orders/{paid.Id}/cancel", new { });
        (await ShopFixture.JsonAsync(cancelled, 200)).Status().ShouldBe("cancelled");

        await shop.UntilAsync(paid.Id, order => order.PaymentStatus() == "voided" && order.Money("authorized") == "0.00" && !order.GetProperty("payment").TryGetProperty("awaited", out _));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (await shop.BankAsync(paid.Id) != (0m, 0m, 0m))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Delay(50, CancellationToken.None);
        }
    }

    [Fact]
    public async Task An_order_that_is_paid_by_hand_waits_as_long_as_it_likes()
    {
        var paid = await shop.PlaceAsync("", payment: new { method = "manual" });
        var other = await shop.PlaceAsync("tok_card_declined");
        await shop.UntilAsync(other.Id, order => order.Status() == "cancelled");
        (await shop.OrderAsync(paid.Id)).Status().ShouldBe("placed");
    }
}
