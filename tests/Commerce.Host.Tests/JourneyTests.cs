using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Host.Tests;

/// <summary>What the shop promises, over HTTP alone and through all modules.</summary>
public sealed class JourneyTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    [Fact]
    public async Task Search_finds_a_product_by_a_misspelt_word()
    {
        var product = await shop.CreateProductAsync("Aquaphonic Sennheiser Headphones");
        await shop.SettleAsync();

        using var answer = await shop.Client.GetAsync("/api/v1/search?q=sennheisser%20hedphones");

        var found = await ShopFixture.JsonAsync(answer, 200);
        found.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()).ShouldContain(product.Id);
        answer.Headers.Contains("X-Projection-Lag").ShouldBeTrue();
    }

    [Fact]
    public async Task Two_orders_for_the_last_unit_end_in_one_201_and_one_409()
    {
        var product = await shop.StockProductAsync(1);

        var answers = await Task.WhenAll(shop.TryOrderAsync(product.Sku), shop.TryOrderAsync(product.Sku));

        answers.Select(answer => (int)answer.StatusCode).Order().ShouldBe([201, 409]);
        var refused = await ShopFixture.JsonAsync(answers.Single(answer => answer.StatusCode == HttpStatusCode.Conflict), 409);
        refused.GetProperty("type").GetString().ShouldBe("/problems/insufficient-stock");
        refused.ToString().ShouldContain(product.Sku);
        (await AvailableAsync(product.Sku)).ShouldBe(0);
    }

    [Fact]
    public async Task A_hundred_shoppers_at_once_buy_exactly_what_there_is()
    {
        var product = await shop.StockProductAsync(30);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => shop.TryOrderAsync(product.Sku)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(30);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(70);
        (await AvailableAsync(product.Sku)).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_key_gets_the_first_answer_byte_for_byte_also_from_another_process()
    {
        await using var own = new RestartableShop();
        await own.InitializeAsync();
        var product = await own.StockProductAsync(10);
        var key = Identifiers.Next().ToString();
        using var first = await own.TryOrderAsync(product.Sku, 2, key);
        var bytes = await first.Content.ReadAsByteArrayAsync();
        first.StatusCode.ShouldBe(HttpStatusCode.Created);

        using var second = await own.TryOrderAsync(product.Sku, 2, key);
        await own.RestartAsync();
        using var third = await own.TryOrderAsync(product.Sku, 2, key);

        foreach (var repeat in (HttpResponseMessage[])[second, third])
        {
            repeat.StatusCode.ShouldBe(HttpStatusCode.Created);
            (await repeat.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
            repeat.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
            repeat.Headers.Location.ShouldBe(first.Headers.Location);
            repeat.Headers.ETag.ShouldBe(first.Headers.ETag);
        }

        using var other = await own.TryOrderAsync(product.Sku, 3, key);
        other.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var stock = await ShopFixture.JsonAsync(await own.Client.GetAsync($"/api/v1/inventory/{product.Sku}"), 200);
        stock.GetProperty("available").GetInt32().ShouldBe(8);
    }

    [Fact]
    public async Task Cancelling_gives_the_unit_back_the_ledger_explains_it_and_the_past_stays_visible()
    {
        var product = await shop.StockProductAsync(3);
        var order = await shop.PlaceOrderAsync((product.Sku, 2));
        var id = order.GetProperty("id").GetGuid();
        (await AvailableAsync(product.Sku)).ShouldBe(1);
        var before = await NowAsync(id);

        using var cancelled = await shop.StaffClient.PostAsync(new Uri($"/api/v1/orders/{id}/cancel", UriKind.Relative), JsonContent.Create(new { reason = "changed my mind" }));
        (await ShopFixture.JsonAsync(cancelled, 200)).GetProperty("status").GetString().ShouldBe("cancelled");
        cancelled.Headers.Contains("X-Consistency-Token").ShouldBeTrue();

        (await AvailableAsync(product.Sku)).ShouldBe(3);
        var ledger = await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync($"/api/v1/inventory/{product.Sku}/movements"), 200);
        var movements = ledger.GetProperty("items").EnumerateArray().ToList();
        movements.Count.ShouldBeGreaterThanOrEqualTo(3);
        movements.Count(movement => movement.ToString().Contains(id.ToString(), StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(2, ledger.ToString());

        var then = await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync($"/api/v1/orders/{id}?asOf={Uri.EscapeDataString(before)}"), 200);
        then.GetProperty("status").GetString().ShouldNotBe("cancelled");
        (await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync($"/api/v1/orders/{id}"), 200)).GetProperty("status").GetString().ShouldBe("cancelled");
        var stockThen = await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync($"/api/v1/inventory/{product.Sku}?asOf={Uri.EscapeDataString(before)}"), 200);
        stockThen.GetProperty("available").GetInt32().ShouldBe(1);
        var history = await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync($"/api/v1/orders/{id}/history"), 200);
        history.ToString().ShouldContain("changed my mind");
    }

    [Fact]
    public async Task Bought_together_answers_with_its_evidence()
    {
        var (camera, card, mug) = (await shop.StockProductAsync(50), await shop.StockProductAsync(50), await shop.StockProductAsync(50));
        for (var i = 0; i < 12; i++)
        {
            await shop.PlaceOrderAsync((camera.Sku, 1), (card.Sku, 1));
        }

        await shop.PlaceOrderAsync((mug.Sku, 1));
        await shop.SettleAsync();

        var list = await ShopFixture.JsonAsync(await shop.Client.GetAsync($"/api/v1/recommendations/products/{camera.Id}/bought-together"), 200);

        var item = list.GetProperty("items").EnumerateArray().First();
        item.ToString().ShouldContain(card.Id.ToString());
        item.GetProperty("reason").GetString()!.ShouldContain("12");
        item.GetProperty("score").GetDouble().ShouldBeGreaterThan(0);
        list.ToString().ShouldNotContain(mug.Id.ToString());
    }

    [Fact]
    public async Task A_shopper_reads_the_own_order_and_nobody_elses()
    {
        var product = await shop.StockProductAsync(5);
        var order = await shop.PlaceOrderAsync((product.Sku, 1));
        var (id, secret) = (order.GetProperty("id").GetGuid(), order.GetProperty("accessToken").GetString()!);

        (await shop.Client.GetAsync($"/api/v1/orders/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.Client.GetAsync($"/api/v1/orders/{id}?accessToken=wrong")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.Client.GetAsync($"/api/v1/orders/{id}?accessToken={Uri.EscapeDataString(secret)}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await shop.StaffClient.GetAsync($"/api/v1/orders/{id}")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Every_write_needs_its_scope()
    {
        using var answer = await shop.Client.PostAsJsonAsync("/api/v1/inventory/receipts", new { lines = new[] { new { sku = "x", quantity = 1 } } });

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString().ShouldBe("/problems/unauthenticated");
    }

    [Fact]
    public async Task A_read_with_the_token_of_a_write_sees_it()
    {
        var product = await shop.CreateProductAsync($"Tokenised {ShopFixture.NewSku()}");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/search?q={Uri.EscapeDataString(product.Name)}&waitMs=10000");
        request.Headers.Add("X-Consistency-Token", product.Token);

        var found = await ShopFixture.JsonAsync(await shop.Client.SendAsync(request), 200);

        found.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()).ShouldContain(product.Id);
    }

    private async Task<int> AvailableAsync(string sku) =>
        (await ShopFixture.JsonAsync(await shop.Client.GetAsync($"/api/v1/inventory/{sku}"), 200)).GetProperty("available").GetInt32();

    /// <summary>A time after everything that happened so far, and before what happens next.</summary>
    private async Task<string> NowAsync(Guid orderId)
    {
        var events = await shop.Store.FetchStreamAsync(orderId, null, null, CancellationToken.None);
        var last = events[^1].Timestamp;
        while (shop.Services.GetRequiredService<TimeProvider>().GetUtcNow() <= last.AddMilliseconds(2))
        {
            await Task.Delay(1);
        }

        return last.AddMilliseconds(1).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
    }

    /// <summary>A shop that one test has for itself.</summary>
    private sealed class RestartableShop : ShopFixture;
}
