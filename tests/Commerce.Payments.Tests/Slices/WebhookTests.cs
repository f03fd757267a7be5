using System.Net;
using System.Text;
using Commerce.Payments.Sandbox;
using Commerce.Payments.Webhooks;
using Commerce.Testing;

namespace Commerce.Payments.Tests.Slices;

public sealed class WebhookTests(PaidShop shop) : IClassFixture<PaidShop>
{
    [Theory]
    [InlineData("tok_webhook_late")]
    [InlineData("tok_webhook_twice")]
    [InlineData("tok_webhook_reordered")]
    [InlineData("tok_webhook_never")]
    public async Task However_webhooks_come_a_payment_is_settled_exactly_once(string behaviour)
    {
        var paid = await shop.PlaceAsync("tok_visa+" + behaviour);
        await shop.UntilAsync(paid.Id, "authorized");
        using var taken = await shop.MoveAsync(paid.Id, "capture");
        (await ShopFixture.JsonAsync(taken, 200)).PaymentStatus().ShouldBe("captured");

        await NoticesAreProcessedAsync(paid);
        await SettledOnceAsync(paid);
    }

    [Fact]
    public async Task A_webhook_that_is_quicker_than_the_browser_settles_the_challenge()
    {
        var (paid, challenge) = await ChallengedAsync("tok_challenge");
        (await AnswerAsync(challenge, "confirm")).ShouldBe(HttpStatusCode.OK);

        (await shop.UntilAsync(paid.Id, "authorized")).Status().ShouldBe("confirmed");
        await ComeBackAsync(paid, "authorized");
        await NoticesAreProcessedAsync(paid);
        await HeldOnceAsync(paid);
    }

    [Fact]
    public async Task A_browser_that_is_quicker_than_the_webhook_settles_the_challenge()
    {
        var (paid, challenge) = await ChallengedAsync("tok_challenge+tok_webhook_late");
        (await AnswerAsync(challenge, "confirm")).ShouldBe(HttpStatusCode.OK);

        await ComeBackAsync(paid, "authorized");
        (await shop.OrderAsync(paid.Id)).Status().ShouldBe("confirmed");
        await NoticesAreProcessedAsync(paid);
        await HeldOnceAsync(paid);
    }

    [Fact]
    public async Task A_challenge_is_settled_when_neither_webhook_nor_browser_comes()
    {
        var (paid, challenge) = await ChallengedAsync("tok_challenge+tok_webhook_never");
        (await AnswerAsync(challenge, "confirm")).ShouldBe(HttpStatusCode.OK);

        (await shop.UntilAsync(paid.Id, "authorized")).Status().ShouldBe("confirmed");
        await HeldOnceAsync(paid);
    }

    [Fact]
    public async Task A_challenge_that_the_shopper_refuses_fails_the_payment()
    {
        var (paid, challenge) = await ChallengedAsync("4000 0025 0000 3155");
        (await AnswerAsync(challenge, "refuse")).ShouldBe(HttpStatusCode.OK);

        var failed = await shop.UntilAsync(paid.Id, "failed");
        failed.Status().ShouldBe("placed");
        failed.GetProperty("payment").GetProperty("failure").GetProperty("code").GetString().ShouldBe("authentication_failed");
    }

    [Fact]
    public async Task Only_what_the_provider_signed_not_long_ago_is_taken_in()
    {
        const string body = """{"id":"evt_forged","type":"authorization.capture","authorization":"auth_1","reference":"0198a1f0-0000-7000-8000-000000000000","created":"0"}""";
        var now = TimeProvider.System.GetUtcNow();
        var secret = new SandboxOptions().WebhookSecret;

        (await PostAsync("sandbox", body, null)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync("sandbox", body, WebhookSignature.Of(body, "another secret", now))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync("sandbox", body, WebhookSignature.Of(body + " ", secret, now))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync("sandbox", body, WebhookSignature.Of(body, secret, now.AddMinutes(-6)))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync("stripe", body, null)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync("nobody", body, null)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync("sandbox", "{}", WebhookSignature.Of("{}", secret, now))).Status.ShouldBe(HttpStatusCode.BadRequest);

        (await PostAsync("sandbox", body, WebhookSignature.Of(body, secret, now))).Body.ShouldContain("\"duplicate\":false");
        (await PostAsync("sandbox", body, WebhookSignature.Of(body, secret, now))).Body.ShouldContain("\"duplicate\":true");
        (await shop.NumberAsync("select times_received from payments.webhooks where event_id = 'evt_forged'")).ShouldBe(2);
    }

    private async Task<(Paid Paid, string Challenge)> ChallengedAsync(string token)
    {
        var paid = await shop.PlaceAsync(token);
        var order = await shop.UntilAsync(paid.Id, one => one.GetProperty("payment").TryGetProperty("nextAction", out _));
        order.Status().ShouldBe("placed");
        order.PaymentStatus().ShouldBe("pending");
        return (paid, order.GetProperty("payment").GetProperty("nextAction").GetProperty("url").GetString()!);
    }

    private async Task<HttpStatusCode> AnswerAsync(string challenge, string outcome)
    {
        using var answer = await PaidShop.SendAsync(shop.Client, challenge, new { outcome });
        return answer.StatusCode;
    }

    private async Task ComeBackAsync(Paid paid, string status)
    {
        var payment = (await shop.PaymentsAsync(paid.Id)).Single().GetProperty("id").GetGuid();
        using var back = await shop.Client.GetAsync(new Uri($"/api/v1/payments/{payment}/return", UriKind.Relative));
        (await ShopFixture.JsonAsync(back, 200)).GetProperty("status").GetString().ShouldBe(status);
    }

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string provider, string body, string? signature)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/payments/webhooks/{provider}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (signature is not null)
        {
            request.Headers.Add(SandboxProvider.SignatureHeader, signature);
        }

        using var answer = await shop.Client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task NoticesAreProcessedAsync(Paid paid)
    {
        const string open =
            """
            select (select count(*) from payments.sandbox_notices n join payments.payments p on n.body like '%' || p.id || '%' where p.order_id = $1 and n.delivered_at is null)
                 + (select count(*) from payments.webhooks w join payments.payments p on w.payment_id = p.id where p.order_id = $1 and w.processed_at is null)
            """;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (await shop.NumberAsync(open, paid.Id) > 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Delay(50, CancellationToken.None);
        }
    }

    private async Task SettledOnceAsync(Paid paid)
    {
        (await shop.BankAsync(paid.Id)).ShouldBe((40m, 0m, 0m));
        (await EventsAsync(paid.Id, "payment_captured")).ShouldBe(1);
        (await EventsAsync(paid.Id, "order_confirmed")).ShouldBe(1);
        (await shop.OrderAsync(paid.Id)).Money("captured").ShouldBe("40.00");
    }

    private async Task HeldOnceAsync(Paid paid)
    {
        (await shop.BankAsync(paid.Id)).ShouldBe((0m, 0m, 40m));
        (await EventsAsync(paid.Id, "payment_authorized")).ShouldBe(1);
        (await EventsAsync(paid.Id, "order_confirmed")).ShouldBe(1);
    }

    private Task<decimal> EventsAsync(Guid order, string name) => shop.NumberAsync("select count(*) from events.mt_events where stream_id = $1 and type = $2", order, name);
}
