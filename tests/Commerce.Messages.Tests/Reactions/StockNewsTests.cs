namespace Commerce.Messages.Tests.Reactions;

[Collection(MessageShopCollection.Name)]
public sealed class StockNewsTests(MessageShop shop)
{
    [Fact]
    public async Task A_wish_is_told_once_when_the_goods_are_back()
    {
        var product = await shop.CreateProductAsync("Blue mug");
        await shop.PostAsync("messages/back-in-stock", new { sku = product.Sku, email = "Wish@Example.com", locale = "ko" }, 202, shop.Client);
        await shop.SendAllAsync();
        shop.Pile.To("wish@example.com").ShouldBeEmpty();

        await shop.ReceiveStockAsync(product.Sku, 10);
        await shop.SendAllAsync();
        await shop.ReceiveStockAsync(product.Sku, 10);
        await shop.SendAllAsync();

        var letter = shop.Pile.To("wish@example.com").ShouldHaveSingleItem();
        letter.Subject.ShouldBe("다시 입고되었습니다: Blue mug");
        letter.Text.ShouldContain(product.Sku);
        (await shop.ScalarAsync<long>($"select count(*) from messages.wishes where sku = '{product.Sku}'")).ShouldBe(0);
        (await shop.ScalarAsync<string>($"select recipient from messages.outbox where sku = '{product.Sku}'")).ShouldBe("w***@e***");
    }

    [Fact]
    public async Task A_wish_for_what_is_there_is_told_at_once()
    {
        var product = await shop.StockProductAsync(5);
        await shop.PostAsync("messages/back-in-stock", new { sku = product.Sku, email = "there@example.com" }, 202, shop.Client);
        await shop.SendAllAsync();

        shop.Pile.To("there@example.com").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Staff_hears_of_low_stock()
    {
        var product = await shop.StockProductAsync(10);
        using (var set = await shop.StaffClient.PutAsync(new Uri($"/api/v1/inventory/{product.Sku}/settings", UriKind.Relative), System.Net.Http.Json.JsonContent.Create(new { backorderLimit = 0, lowStockThreshold = 5 })))
        {
            set.IsSuccessStatusCode.ShouldBeTrue(await set.Content.ReadAsStringAsync());
        }

        await shop.OrderAsync(product.Sku, "low@example.com", quantity: 6);
        await shop.SendAllAsync();

        var letter = shop.Pile.To("stock@shop.example").Where(letter => letter.Subject.Contains(product.Sku, StringComparison.Ordinal)).ShouldHaveSingleItem();
        letter.Text.ShouldContain("Available: 4");
        letter.Text.ShouldContain("Threshold: 5");
    }
}
