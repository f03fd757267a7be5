using System.Text;
using Commerce.EventStore;
using Commerce.Payments.Stripe;
using Commerce.Payments.Webhooks;
using Commerce.Testing;

namespace Commerce.Payments.Tests.Stripe;

/// <summary>A shop whose cards go to Stripe, which is a stub.</summary>
public sealed class StripeShop : PaidShop
{
    private StripeStub? _stub;

    internal StripeStub Stub => _stub!;

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Payments:Stripe:SecretKey"] = "sk_test_secret",
        ["Payments:Stripe:WebhookSecret"] = "whsec_test",
        ["Payments:Stripe:BaseAddress"] = Stub.Address.ToString(),
        ["Payments:LookEvery"] = "01:00:00",
        ["Payments:Lease"] = "00:00:02",
    };

    public override async Task InitializeAsync()
    {
        _stub = await StripeStub.StartAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Stub.DisposeAsync();
    }
}

public sealed class StripeTests(StripeShop shop) : IClassFixture<StripeShop>
{
    [Fact]
    public async Task The_life_of_a_payment_is_spoken_in_Stripes_words()
    {
        var paid = await shop.PlaceAsync("pm_card_visa", method: "card");
        (await shop.UntilAsync(paid.Id, "authorized")).Status().ShouldBe("confirmed");
        var payment = (await shop.PaymentsAsync(paid.Id)).Single();
        using var taken = await shop.MoveAsync(paid.Id, "capture", "30.00");
        // A PaymentIntent is captured once: the rest is set free.
        (await ShopFixture.JsonAsync(taken, 200)).Money("authorized").ShouldBe("0.00");
        using var back = await shop.MoveAsync(paid.Id, "refund", "12.34");
        (await ShopFixture.JsonAsync(back, 200)).PaymentStatus().ShouldBe("partiallyRefunded");

        var calls = shop.Stub.Calls.Where(call => call.Form.GetValueOrDefault("metadata[payment_id]") == payment.GetProperty("id").GetString()
            || call.Path.Contains(payment.GetProperty("reference").GetString()!, StringComparison.Ordinal)
            || call.Form.GetValueOrDefault("payment_intent") == payment.GetProperty("reference").GetString()).ToList();
        var authorize = calls[0];
        (authorize.Method, authorize.Path, authorize.ContentType).ShouldBe(("POST", "/v1/payment_intents", "application/x-www-form-urlencoded"));
        authorize.Authorization.ShouldBe("Bearer sk_test_secret");
        authorize.Version.ShouldBe(StripeProvider.ApiVersion);
        authorize.Key.ShouldBe(payment.GetProperty("calls")[0].GetProperty("id").GetString());
        authorize.Form["amount"].ShouldBe("4000");
        authorize.Form["currency"].ShouldBe("usd");
        authorize.Form["payment_method"].ShouldBe("pm_card_visa");
        authorize.Form["capture_method"].ShouldBe("manual");
        authorize.Form["confirm"].ShouldBe("true");
        authorize.Form["metadata[order_id]"].ShouldBe(paid.Id.ToString());
        calls.Single(call => call.Path.EndsWith("/capture", StringComparison.Ordinal)).Form["amount_to_capture"].ShouldBe("3000");
        calls.Single(call => call.Path == "/v1/refunds").Form["amount"].ShouldBe("1234");
        calls.Where(call => call.Method == "POST").Select(call => call.Key).ShouldBeUnique();
    }

    [Fact]
    public async Task A_decline_says_why()
    {
        var paid = await shop.PlaceAsync("pm_card_chargeDeclinedInsufficientFunds", method: "card");
        var failure = (await shop.UntilAsync(paid.Id, "failed")).GetProperty("payment").GetProperty("failure");
        failure.GetProperty("code").GetString().ShouldBe("insufficient_funds");
        failure.GetProperty("message").GetString().ShouldBe("Your card has insufficient funds.");
    }

    [Fact]
    public async Task Busy_is_tried_again_at_once_and_a_lost_answer_is_asked_for_under_the_same_key()
    {
        shop.Stub.Faults.Enqueue(503);
        shop.Stub.LosesNextAnswer = true;
        var paid = await shop.PlaceAsync("pm_card_visa", method: "card");
        await shop.UntilAsync(paid.Id, "authorized");

        var id = (await shop.PaymentsAsync(paid.Id)).Single().GetProperty("id").GetString();
        var calls = shop.Stub.Calls.Where(call => call.Form.GetValueOrDefault("metadata[payment_id]") == id).ToList();
        calls.Count.ShouldBe(3);
        calls.Select(call => call.Key).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_signed_webhook_settles_a_challenge_and_an_unsigned_one_is_turned_away()
    {
        var paid = await shop.PlaceAsync("pm_card_authenticationRequired", method: "card");
        var order = await shop.UntilAsync(paid.Id, one => one.GetProperty("payment").TryGetProperty("nextAction", out _));
        order.GetProperty("payment").GetProperty("nextAction").GetProperty("url").GetString().ShouldBe("https://hooks.stripe.com/3ds");

        var intent = shop.Stub.Confirm();
        var body = $$$$"""{"id":"evt_{{{{Identifiers.Next():N}}}}","object":"event","type":"payment_intent.amount_capturable_updated","data":{"object":{"id":"{{{{intent}}}}","object":"payment_intent"}}}""";
        (await PostAsync(body, "t=1,v1=00")).ShouldBe(401);
        (await PostAsync(body, WebhookSignature.Of(body, "whsec_test", TimeProvider.System.GetUtcNow()))).ShouldBe(200);
        (await PostAsync(body, WebhookSignature.Of(body, "whsec_test", TimeProvider.System.GetUtcNow()))).ShouldBe(200);
        (await shop.UntilAsync(paid.Id, "authorized")).Status().ShouldBe("confirmed");
    }

    [Fact]
    public async Task Cancelling_the_order_cancels_the_intent()
    {
        var paid = await shop.PlaceAsync("pm_card_visa", method: "card");
        await shop.UntilAsync(paid.Id, "authorized");
        using var cancelled = await PaidShop.SendAsync(shop.StaffClient, $"/api/v1/orders/{paid.Id}/cancel", new { });
        await shop.UntilAsync(paid.Id, "voided");
        var reference = (await shop.PaymentsAsync(paid.Id)).Single().GetProperty("reference").GetString();
        shop.Stub.Calls.Count(call => call.Path == $"/v1/payment_intents/{reference}/cancel").ShouldBe(1);
    }

    private async Task<int> PostAsync(string body, string signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/payments/webhooks/stripe") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add(StripeProvider.SignatureHeader, signature);
        using var answer = await shop.Client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
