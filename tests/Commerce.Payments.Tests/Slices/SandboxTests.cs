using Commerce.Testing;

namespace Commerce.Payments.Tests.Slices;

public sealed class SandboxTests(PaidShop shop) : IClassFixture<PaidShop>
{
    [Fact]
    public async Task An_order_is_confirmed_by_its_payment_and_taken_and_given_back_in_parts()
    {
        var paid = await shop.PlaceAsync("tok_visa");
        paid.Placed.Status().ShouldBe("placed");

        var confirmed = await shop.UntilAsync(paid.Id, "authorized");
        confirmed.Status().ShouldBe("confirmed");

        using var some = await shop.MoveAsync(paid.Id, "capture", "15.00");
        (await ShopFixture.JsonAsync(some, 200)).PaymentStatus().ShouldBe("partiallyCaptured");
        using var rest = await shop.MoveAsync(paid.Id, "capture");
        (await ShopFixture.JsonAsync(rest, 200)).PaymentStatus().ShouldBe("captured");
        using var back = await shop.MoveAsync(paid.Id, "refund", "10.00");
        (await ShopFixture.JsonAsync(back, 200)).PaymentStatus().ShouldBe("partiallyRefunded");
        using var all = await shop.MoveAsync(paid.Id, "refund");
        (await ShopFixture.JsonAsync(all, 200)).PaymentStatus().ShouldBe("refunded");
        (await shop.BankAsync(paid.Id)).ShouldBe((40m, 40m, 0m));
    }

    [Theory]
    [InlineData("tok_insufficient_funds", "insufficient_funds")]
    [InlineData("4000 0000 0000 0069", "expired_card")]
    public async Task A_declined_card_leaves_the_order_unpaid_and_another_card_pays_it(string token, string code)
    {
        var paid = await shop.PlaceAsync(token);
        var failed = await shop.UntilAsync(paid.Id, "failed");
        failed.Status().ShouldBe("placed");
        failed.GetProperty("payment").GetProperty("failure").GetProperty("code").GetString().ShouldBe(code);

        using var again = await PaidShop.SendAsync(shop.Client, $"/api/v1/orders/{paid.Id}/payments", new { method = "sandbox", token = "tok_visa" }, guestToken: paid.AccessToken);
        var order = await ShopFixture.JsonAsync(again, 200);
        order.Status().ShouldBe("confirmed");
        order.PaymentStatus().ShouldBe("authorized");
    }

    [Fact]
    public async Task Cancelling_gives_up_what_is_set_aside_and_gives_back_what_was_taken()
    {
        var held = await shop.PlaceAsync("tok_visa");
        await shop.UntilAsync(held.Id, "authorized");
        using var taken = await shop.MoveAsync(held.Id, "capture", "10.00");
        using var cancelled = await PaidShop.SendAsync(shop.StaffClient, $"/api/v1/orders/{held.Id}/cancel", new { reason = "changed my mind" });
        (await ShopFixture.JsonAsync(cancelled, 200)).Status().ShouldBe("cancelled");

        await shop.UntilAsync(held.Id, order => order.Money("refunded") == "10.00" && order.Money("authorized") == "0.00");
        (await shop.BankAsync(held.Id)).ShouldBe((10m, 10m, 0m));
    }

    [Theory]
    [InlineData("tok_authorize_lost")]
    [InlineData("tok_authorize_unheard")]
    public async Task An_authorization_of_unknown_outcome_is_settled_by_asking(string token)
    {
        var paid = await shop.PlaceAsync(token + "+tok_webhook_never");
        (await shop.UntilAsync(paid.Id, "authorized")).Status().ShouldBe("confirmed");
        (await shop.BankAsync(paid.Id)).ShouldBe((0m, 0m, 40m));
        var call = (await shop.PaymentsAsync(paid.Id)).Single().GetProperty("calls").EnumerateArray().Single();
        call.GetProperty("attempts").GetInt32().ShouldBe(1);
        call.GetProperty("state").GetString().ShouldBe("done");
    }

    [Theory]
    [InlineData("tok_capture_lost")]
    [InlineData("tok_capture_unheard")]
    public async Task A_capture_of_unknown_outcome_takes_the_money_once(string token)
    {
        var paid = await shop.PlaceAsync(token + "+tok_webhook_never");
        await shop.UntilAsync(paid.Id, "authorized");
        using var taken = await shop.MoveAsync(paid.Id, "capture");
        (await ShopFixture.JsonAsync(taken, 200)).PaymentStatus().ShouldBe("captured");
        (await shop.BankAsync(paid.Id)).ShouldBe((40m, 0m, 0m));
    }
}
