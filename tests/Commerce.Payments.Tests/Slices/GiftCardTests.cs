using System.Net;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Testing;

namespace Commerce.Payments.Tests.Slices;

public sealed class GiftCardTests(PaidShop shop) : IClassFixture<PaidShop>
{
    [Fact]
    public async Task A_gift_card_pays_an_order_in_the_commit_that_places_it_and_gets_the_money_back()
    {
        var (id, code) = await IssueAsync("50.00");
        var paid = await shop.PlaceAsync("", payment: new { method = "giftCard", giftCards = new[] { code } });

        paid.Placed.Status().ShouldBe("confirmed");
        paid.Placed.PaymentStatus().ShouldBe("captured");
        (await BalanceAsync(code)).ShouldBe("10.00");

        using var cancelled = await PaidShop.SendAsync(shop.StaffClient, $"/api/v1/orders/{paid.Id}/cancel", new { });
        await shop.UntilAsync(paid.Id, "refunded");
        (await BalanceAsync(code)).ShouldBe("50.00");
        using var ledger = await shop.StaffClient.GetAsync(new Uri($"/api/v1/gift-cards/{id}", UriKind.Relative));
        (await ShopFixture.JsonAsync(ledger, 200)).GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("kind").GetString())
            .ShouldBe(["issued", "redeemed", "returned"]);
    }

    [Fact]
    public async Task Gift_cards_and_a_card_share_an_order_and_a_refund_goes_to_the_card_first()
    {
        var (_, first) = await IssueAsync("10.00");
        var (_, second) = await IssueAsync("5.00");
        var paid = await shop.PlaceAsync("", payment: new { method = "sandbox", token = "tok_visa", giftCards = new[] { first, second } });
        paid.Placed.PaymentStatus().ShouldBe("partiallyCaptured");

        (await shop.UntilAsync(paid.Id, order => order.Status() == "confirmed")).Money("authorized").ShouldBe("25.00");
        using var taken = await shop.MoveAsync(paid.Id, "capture");
        (await ShopFixture.JsonAsync(taken, 200)).PaymentStatus().ShouldBe("captured");
        (await shop.PaymentsAsync(paid.Id)).Count.ShouldBe(3);

        using var back = await shop.MoveAsync(paid.Id, "refund", "30.00");
        (await ShopFixture.JsonAsync(back, 200)).Money("refunded").ShouldBe("30.00");
        (await shop.BankAsync(paid.Id)).ShouldBe((25m, 25m, 0m));
        // The 5.00 beyond what the card paid go back to one of the gift cards, which were spent in the same moment.
        new[] { await BalanceAsync(first), await BalanceAsync(second) }.ShouldBe(["0.00", "5.00"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_declined_card_beside_a_gift_card_gives_the_gift_card_its_money_back_when_the_order_is_given_up()
    {
        var (_, code) = await IssueAsync("10.00");
        var paid = await shop.PlaceAsync("", payment: new { method = "sandbox", token = "tok_card_declined", giftCards = new[] { code } });
        await shop.UntilAsync(paid.Id, order => order.GetProperty("payment").TryGetProperty("failure", out _));
        using var cancelled = await PaidShop.SendAsync(shop.StaffClient, $"/api/v1/orders/{paid.Id}/cancel", new { });
        await shop.UntilAsync(paid.Id, "refunded");
        (await BalanceAsync(code)).ShouldBe("10.00");
    }

    [Fact]
    public async Task Ten_orders_at_once_never_spend_more_than_is_on_the_card()
    {
        var (_, code) = await IssueAsync("100.00");
        var product = await shop.StockProductAsync(20, amount: "40.00");
        var orders = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => shop.TryPlaceAsync(product.Sku, new { method = "giftCard", giftCards = new[] { code } })));

        orders.Count(order => order.StatusCode == HttpStatusCode.Created).ShouldBe(2);
        orders.Count(order => order.StatusCode == HttpStatusCode.Conflict).ShouldBe(8);
        (await BalanceAsync(code)).ShouldBe("20.00");
        Array.ForEach(orders, order => order.Dispose());
    }

    [Fact]
    public async Task What_cannot_be_used_is_refused_and_nothing_is_taken()
    {
        var (_, code) = await IssueAsync("10.00");
        var (_, euros) = await IssueAsync("10.00", "EUR");
        var product = await shop.StockProductAsync(5, amount: "40.00");

        (await ProblemAsync(product.Sku, new { method = "giftCard", giftCards = new[] { code } }, 409)).ShouldBe("gift-card-short");
        (await ProblemAsync(product.Sku, new { method = "manual", giftCards = new[] { "NOSUCHCODE99" } }, 409)).ShouldBe("gift-card-unusable");
        (await ProblemAsync(product.Sku, new { method = "manual", giftCards = new[] { euros } }, 409)).ShouldBe("gift-card-unusable");
        (await ProblemAsync(product.Sku, new { method = "manual", storeCredit = true }, 400)).ShouldBe("validation");
        (await ProblemAsync(product.Sku, new { method = "sandbox", token = "4111 1111 1111 1111" }, 400)).ShouldBe("validation");
        (await BalanceAsync(code)).ShouldBe("10.00");
    }

    [Fact]
    public async Task Store_credit_belongs_to_a_customer_and_pays_before_the_method()
    {
        var customer = Identifiers.Next();
        using var given = await PaidShop.SendAsync(shop.StaffClient, $"/api/v1/store-credit/{customer}", new { amount = new { amount = "15.00", currency = "USD" }, reason = "sorry" });
        await ShopFixture.JsonAsync(given, 201);
        var product = await shop.StockProductAsync(5, amount: "40.00");

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/orders")
        {
            Content = System.Net.Http.Json.JsonContent.Create(new
            {
                lines = new[] { new { sku = product.Sku, quantity = 1 } }, currency = "USD", customerId = customer,
                shippingAddress = new { name = "Kim", line1 = "1 Main Street", city = "Springfield", postalCode = "62701", country = "US" },
                payment = new { method = "manual", storeCredit = true },
            }),
        };
        request.Headers.Add("Idempotency-Key", Identifiers.Next().ToString());
        using var placed = await shop.StaffClient.SendAsync(request);
        var order = await ShopFixture.JsonAsync(placed, 201);
        order.Money("captured").ShouldBe("15.00");
        order.Status().ShouldBe("placed");

        using var rest = await shop.MoveAsync(order.GetProperty("id").GetGuid(), "capture");
        (await ShopFixture.JsonAsync(rest, 200)).Status().ShouldBe("confirmed");
        using var credit = await shop.StaffClient.GetAsync(new Uri($"/api/v1/store-credit/{customer}", UriKind.Relative));
        (await ShopFixture.JsonAsync(credit, 200)).GetProperty("items")[0].GetProperty("balance").GetProperty("amount").GetString().ShouldBe("0.00");
    }

    [Fact]
    public async Task A_code_stands_for_one_card()
    {
        using var first = await PaidShop.SendAsync(shop.StaffClient, "/api/v1/gift-cards", new { amount = new { amount = "1.00", currency = "USD" }, code = "BIRTHDAY-2026" });
        await ShopFixture.JsonAsync(first, 201);
        using var second = await PaidShop.SendAsync(shop.StaffClient, "/api/v1/gift-cards", new { amount = new { amount = "1.00", currency = "USD" }, code = "birthday2026" });
        second.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        using var guest = await PaidShop.SendAsync(shop.Client, "/api/v1/gift-cards", new { amount = new { amount = "1.00", currency = "USD" } });
        guest.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<(Guid Id, string Code)> IssueAsync(string amount, string currency = "USD")
    {
        using var issued = await PaidShop.SendAsync(shop.StaffClient, "/api/v1/gift-cards", new { amount = new { amount, currency } });
        var card = await ShopFixture.JsonAsync(issued, 201);
        return (card.GetProperty("id").GetGuid(), card.GetProperty("code").GetString()!);
    }

    private async Task<string> BalanceAsync(string code)
    {
        using var answer = await PaidShop.SendAsync(shop.Client, "/api/v1/gift-cards/balance", new { code });
        return (await ShopFixture.JsonAsync(answer, 200)).GetProperty("balance").GetProperty("amount").GetString()!;
    }

    private async Task<string> ProblemAsync(string sku, object payment, int status)
    {
        using var answer = await shop.TryPlaceAsync(sku, payment);
        JsonElement problem = await ShopFixture.JsonAsync(answer, status);
        return problem.GetProperty("type").GetString()!.Split('/')[^1];
    }
}
