using System.Net;
using System.Net.Http.Json;
using Commerce.EventStore;
using Commerce.Testing;

namespace Commerce.Messages.Tests.Slices;

[Collection(MessageShopCollection.Name)]
public sealed class MessageRouteTests(MessageShop shop)
{
    [Fact]
    public async Task The_same_wish_twice_is_one_and_its_token_takes_it_back()
    {
        var product = await shop.CreateProductAsync();
        var wish = new { sku = product.Sku, email = "repeat@example.com" };
        var first = await shop.PostAsync("messages/back-in-stock", wish, 202, shop.Client);
        var second = await shop.PostAsync("messages/back-in-stock", wish, 202, shop.Client);
        second.GetProperty("token").GetString().ShouldBe(first.GetProperty("token").GetString());
        (await shop.ScalarAsync<long>($"select count(*) from messages.wishes where sku = '{product.Sku}'")).ShouldBe(1);

        foreach (var _ in new[] { 1, 2 })
        {
            using var gone = await shop.Client.DeleteAsync(new Uri($"/api/v1/messages/back-in-stock/{first.GetProperty("token").GetString()}", UriKind.Relative));
            gone.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        await shop.ReceiveStockAsync(product.Sku, 3);
        await shop.SendAllAsync();
        shop.Pile.To("repeat@example.com").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wish_has_an_address_and_a_SKU_of_the_shop()
    {
        var product = await shop.CreateProductAsync();
        var errors = (await shop.PostAsync("messages/back-in-stock", new { sku = "with space", email = "kim" }, 400, shop.Client)).GetProperty("errors");
        errors.TryGetProperty("sku", out _).ShouldBeTrue();
        errors.TryGetProperty("email", out _).ShouldBeTrue();
        (await shop.PostAsync("messages/back-in-stock", new { sku = product.Sku }, 400, shop.Client)).GetProperty("errors").TryGetProperty("email", out _).ShouldBeTrue();
        (await shop.PostAsync("messages/back-in-stock", new { sku = ShopFixture.NewSku(), email = "kim@example.com" }, 404, shop.Client))
            .GetProperty("type").GetString().ShouldBe("/problems/sku-not-found");
    }

    [Fact]
    public async Task An_address_waits_for_so_much_at_a_time()
    {
        for (var i = 0; i < 2; i++)
        {
            await shop.PostAsync("messages/back-in-stock", new { sku = (await shop.CreateProductAsync()).Sku, email = "greedy@example.com" }, 202, shop.Client);
        }

        (await shop.PostAsync("messages/back-in-stock", new { sku = (await shop.CreateProductAsync()).Sku, email = "greedy@example.com" }, 409, shop.Client))
            .GetProperty("type").GetString().ShouldBe("/problems/too-many-wishes");
    }

    [Fact]
    public async Task The_list_is_for_staff_and_walked_page_by_page()
    {
        using (var guest = await shop.Client.GetAsync(new Uri("/api/v1/messages", UriKind.Relative)))
        {
            guest.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        var product = await shop.StockProductAsync(5);
        var order = await shop.OrderAsync(product.Sku, "pages@example.com");
        await shop.PostAsync($"orders/{order.GetProperty("id").GetGuid()}/cancel", new { }, 200);
        await shop.SettleAsync();
        var (seen, cursor) = (new List<string?>(), "");
        do
        {
            using var answer = await shop.StaffClient.GetAsync(new Uri($"/api/v1/messages?orderId={order.GetProperty("id").GetGuid()}&limit=1{cursor}", UriKind.Relative));
            var page = await ShopFixture.JsonAsync(answer, 200);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(message => message.GetProperty("kind").GetString()));
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? "&cursor=" + next : null;
        }
        while (cursor is not null);

        seen.ShouldBe(["orderConfirmation", "orderCancellation"], ignoreOrder: true);
        (await shop.ListAsync($"orderId={order.GetProperty("id").GetGuid()}&kind=orderCancellation")).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("status=lost", "status")]
    [InlineData("kind=postcard", "kind")]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("limit=0", "limit")]
    public async Task A_list_says_what_it_does_not_understand(string query, string field)
    {
        using var answer = await shop.StaffClient.GetAsync(new Uri($"/api/v1/messages?{query}", UriKind.Relative));
        (await ShopFixture.JsonAsync(answer, 400)).GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_message_is_sent_again_by_staff_under_a_name_of_its_own()
    {
        var product = await shop.StockProductAsync(5);
        var order = await shop.OrderAsync(product.Sku, "again@example.com");
        await shop.SendAllAsync();
        var id = (await shop.ListAsync($"orderId={order.GetProperty("id").GetGuid()}")).Single().GetProperty("id").GetGuid();

        (await shop.PostAsync($"messages/{id}/resend", null, 202)).GetProperty("status").GetString().ShouldBe("waiting");
        (await shop.PostAsync($"messages/{id}/resend", null, 202)).GetProperty("status").GetString().ShouldBe("waiting");
        await shop.SendAllAsync();

        var letters = shop.Pile.To("again@example.com");
        letters.Count.ShouldBe(2);
        letters[0].MessageId.ShouldNotBe(letters[1].MessageId);
    }

    [Fact]
    public async Task Sending_again_under_one_key_is_done_once()
    {
        var product = await shop.StockProductAsync(5);
        var order = await shop.OrderAsync(product.Sku, "keyed@example.com");
        await shop.SendAllAsync();
        var id = (await shop.ListAsync($"orderId={order.GetProperty("id").GetGuid()}")).Single().GetProperty("id").GetGuid();
        var key = ShopFixture.NewSku();
        foreach (var _ in new[] { 1, 2 })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/messages/{id}/resend") { Content = JsonContent.Create(new { }) };
            request.Headers.Add("Idempotency-Key", key);
            using var answer = await shop.StaffClient.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            await shop.SendAllAsync();
        }

        shop.Pile.To("keyed@example.com").Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_cannot_be_sent_again_says_why()
    {
        (await shop.PostAsync($"messages/{Identifiers.Next()}/resend", null, 404)).GetProperty("type").GetString().ShouldBe("/problems/message-not-found");
        using (var guest = await shop.Client.PostAsync(new Uri($"/api/v1/messages/{Identifiers.Next()}/resend", UriKind.Relative), null))
        {
            guest.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        var product = await shop.StockProductAsync(5);
        await shop.PostAsync("messages/back-in-stock", new { sku = product.Sku, email = "forgotten@example.com" }, 202, shop.Client);
        await shop.SendAllAsync();
        var id = await shop.ScalarAsync<Guid>($"select id from messages.outbox where sku = '{product.Sku}'");
        (await shop.PostAsync($"messages/{id}/resend", null, 409)).GetProperty("type").GetString().ShouldBe("/problems/message-address-gone");
    }
}
