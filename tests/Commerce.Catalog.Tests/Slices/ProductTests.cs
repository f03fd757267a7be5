using System.Net;
using Commerce.Testing;

namespace Commerce.Catalog.Tests.Slices;

/// <summary>A product's life over HTTP.</summary>
[Collection(CatalogShop.Name)]
public sealed class ProductTests(ShopFixture shop)
{
    [Fact]
    public async Task A_product_is_made_published_read_and_archived()
    {
        var sku = ShopFixture.NewSku();
        using var created = await shop.StaffClient.PostAsync("/products", Sample.Product(sku));
        var product = await ShopFixture.JsonAsync(created, 201);
        var id = product.Text("id");
        created.Headers.Location!.ToString().ShouldBe($"/api/v1/products/{id}");
        created.Headers.ETag!.ToString().ShouldBe("\"1\"");
        product.Text("status").ShouldBe("draft");
        product.Text("slug").ShouldStartWith("red-shirt");

        // Shoppers do not know of drafts, staff do.
        (await shop.Client.GetPathAsync($"/products/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.StaffClient.GetPathAsync($"/products/{id}").JsonAsync()).Text("status").ShouldBe("draft");

        (await shop.StaffClient.PostAsync($"/products/{id}/publish", new { }).JsonAsync()).Text("status").ShouldBe("active");
        var seen = await shop.Client.GetPathAsync($"/products/{product.Text("slug")}?locale=ko&currency=USD").JsonAsync();
        seen.Text("name").ShouldBe("빨간 셔츠");
        seen.GetProperty("variants")[0].GetProperty("price").Text("amount").ShouldBe("39.90");
        seen.GetProperty("variants")[0].Text("availability").ShouldBe("outOfStock");
        seen.GetProperty("variants")[0].TryGetProperty("prices", out _).ShouldBeFalse();

        await shop.StaffClient.PostAsync($"/products/{id}/archive", new { }).JsonAsync();
        (await shop.Client.GetPathAsync($"/products/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_patch_changes_what_it_says_at_the_expected_version()
    {
        var id = (await CreateAsync()).Text("id");
        var patched = await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{id}", """{"attributes":{"color":null,"fit":"slim"},"translations":{"ja":{"name":"赤いシャツ"}}}""", "application/merge-patch+json", "\"1\"").JsonAsync();
        patched.GetProperty("version").GetInt64().ShouldBe(2);
        patched.GetProperty("attributes").TryGetProperty("color", out _).ShouldBeFalse();
        patched.GetProperty("attributes").Text("fit").ShouldBe("slim");
        patched.GetProperty("translations").GetProperty("ja").Text("name").ShouldBe("赤いシャツ");

        (await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{id}", "{}", ifMatch: "\"1\"")).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{id}", "{}", ifMatch: "\"2\"").JsonAsync()).GetProperty("version").GetInt64().ShouldBe(2);
        (await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{id}", "{}", "text/plain")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task The_tag_of_a_page_serves_if_match_and_if_none_match()
    {
        var product = await shop.CreateProductAsync();
        using var page = await shop.Client.GetPathAsync($"/products/{product.Id}");
        var tag = page.Headers.ETag!.ToString();
        tag.ShouldStartWith("\"2-");
        page.Headers.CacheControl!.ToString().ShouldContain("no-cache");

        using var again = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/products/{product.Id}");
        again.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var unchanged = await shop.Client.SendAsync(again);
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);

        await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{product.Id}", """{"attributes":{"brand":"Other"}}""", ifMatch: tag).JsonAsync();
        using var repeated = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/products/{product.Id}");
        repeated.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var changed = await shop.Client.SendAsync(repeated);
        (await ShopFixture.JsonAsync(changed, 200)).GetProperty("attributes").Text("brand").ShouldBe("Other");
    }

    [Fact]
    public async Task Variants_are_added_changed_and_removed()
    {
        var id = (await CreateAsync()).Text("id");
        var (second, third) = (ShopFixture.NewSku(), ShopFixture.NewSku());
        var added = await shop.StaffClient.PostAsync($"/products/{id}/variants", new { sku = second, options = new { size = "L" }, price = new { amount = "41.00", currency = "USD" } }).JsonAsync(201);
        added.GetProperty("variants").GetArrayLength().ShouldBe(2);
        (await shop.StaffClient.PostAsync($"/products/{id}/variants", new { sku = second, price = new { amount = "41.00", currency = "USD" } }).JsonAsync(409)).Text("type").ShouldBe("/problems/sku-taken");

        var patched = await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{id}/variants/{second}", """{"weightGrams":250,"price":{"amount":"42.00","currency":"USD"}}""").JsonAsync();
        patched.GetProperty("variants")[1].GetProperty("weightGrams").GetInt32().ShouldBe(250);
        patched.GetProperty("variants")[1].GetProperty("price").Text("amount").ShouldBe("42.00");
        (await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{id}/variants/{third}", "{}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await shop.StaffClient.DeletePathAsync($"/products/{id}/variants/{second}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await shop.StaffClient.DeletePathAsync($"/products/{id}/variants/{second}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        // The SKU is free again.
        (await shop.StaffClient.PostAsync("/products", Sample.Product(second)).JsonAsync(201)).Text("status").ShouldBe("draft");
    }

    [Fact]
    public async Task Slugs_are_unique_when_chosen_and_give_way_when_generated()
    {
        var name = $"Slug {ShopFixture.NewSku()}";
        var first = await shop.StaffClient.PostAsync("/products", Sample.Product(ShopFixture.NewSku(), name)).JsonAsync(201);
        var second = await shop.StaffClient.PostAsync("/products", Sample.Product(ShopFixture.NewSku(), name)).JsonAsync(201);
        second.Text("slug").ShouldStartWith(first.Text("slug") + "-");
        var patch = $$"""{"slug":"{{first.Text("slug")}}"}""";
        (await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{second.Text("id")}", patch).JsonAsync(409)).Text("type").ShouldBe("/problems/slug-taken");

        // A former slug leads on to its product.
        await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{first.Text("id")}", """{"slug":"SLUG"}""".Replace("SLUG", first.Text("slug") + "-new", StringComparison.Ordinal)).JsonAsync();
        (await shop.StaffClient.GetPathAsync($"/products/{first.Text("slug")}").JsonAsync(301)).Text("location").ShouldEndWith($"/products/{first.Text("slug")}-new");
    }

    [Fact]
    public async Task Prices_apply_by_currency_and_time_and_have_a_history()
    {
        var product = await shop.CreateProductAsync(amount: "50.00");
        var prices = new object[]
        {
            new { currency = "USD", amount = "45.00" },
            new { currency = "KRW", amount = "60000" },
            new { currency = "USD", amount = "40.00", startsAt = "2020-01-01T00:00:00Z", endsAt = "2020-02-01T00:00:00Z" },
            new { currency = "USD", amount = "1.00", customerGroup = "vip" },
            new { currency = "USD", amount = "30.00", startsAt = "2100-01-01T00:00:00Z" },
        };
        var set = await shop.StaffClient.PutAsync($"/products/{product.Id}/variants/{product.Sku}/prices", new { prices }).JsonAsync();
        set.GetProperty("variants")[0].GetProperty("prices").GetArrayLength().ShouldBe(5);
        // The bare array says the same, so nothing changes.
        (await shop.StaffClient.PutAsync($"/products/{product.Id}/variants/{product.Sku}/prices", prices).JsonAsync()).GetProperty("version").GetInt64().ShouldBe(set.GetProperty("version").GetInt64());

        (await PriceAsync("USD")).Text("amount").ShouldBe("45.00");
        (await PriceAsync("KRW")).Text("amount").ShouldBe("60000");
        (await shop.Client.GetPathAsync($"/products/{product.Id}?currency=JPY").JsonAsync()).GetProperty("price").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);

        var history = await shop.Client.GetPathAsync($"/products/{product.Id}/price-history").JsonAsync();
        var amounts = history.GetProperty("items").EnumerateArray().Select(item => item.Text("amount")).ToList();
        amounts.ShouldContain("50.00");
        amounts.ShouldNotContain("1.00");
        amounts.ShouldNotContain("30.00");
        history.GetProperty("lowestLast30Days").EnumerateArray().Single(item => item.GetProperty("price").Text("currency") == "USD").GetProperty("price").Text("amount").ShouldBe("45.00");

        async Task<System.Text.Json.JsonElement> PriceAsync(string currency) =>
            (await shop.Client.GetPathAsync($"/products/{product.Id}?currency={currency}").JsonAsync()).GetProperty("variants")[0].GetProperty("price");
    }

    [Fact]
    public async Task A_scheduled_price_is_served_from_its_instant_on()
    {
        var product = await shop.CreateProductAsync(amount: "50.00");
        (await shop.Client.GetPathAsync($"/products/{product.Id}").JsonAsync()).GetProperty("price").Text("amount").ShouldBe("50.00");
        var starts = TimeProvider.System.GetUtcNow().AddMilliseconds(1500);
        await shop.StaffClient.PutAsync($"/products/{product.Id}/variants/{product.Sku}/prices", new object[]
        {
            new { currency = "USD", amount = "50.00" }, new { currency = "USD", amount = "20.00", startsAt = starts },
        }).JsonAsync();
        (await shop.Client.GetPathAsync($"/products/{product.Id}").JsonAsync()).GetProperty("price").Text("amount").ShouldBe("50.00");
        var left = starts - TimeProvider.System.GetUtcNow();
        await Task.Delay(left > TimeSpan.Zero ? left + TimeSpan.FromMilliseconds(5) : TimeSpan.Zero);
        (await shop.Client.GetPathAsync($"/products/{product.Id}").JsonAsync()).GetProperty("price").Text("amount").ShouldBe("20.00");
    }

    [Fact]
    public async Task Availability_follows_the_stock()
    {
        var product = await shop.CreateProductAsync();
        (await shop.Client.GetPathAsync($"/products/{product.Id}").JsonAsync()).Text("availability").ShouldBe("outOfStock");
        await shop.ReceiveStockAsync(product.Sku, 500);
        await shop.SettleAsync();
        (await shop.Client.GetPathAsync($"/products/{product.Id}").JsonAsync()).GetProperty("variants")[0].Text("availability").ShouldBe("inStock");
        var found = await shop.Client.GetPathAsync($"/search?q={product.Sku}&inStock=true").JsonAsync();
        found.GetProperty("items")[0].Text("id").ShouldBe(product.Id.ToString());
    }

    [Theory]
    [InlineData("{}", "translations", "variants")]
    [InlineData("""{"translations":{"en":{"name":"x"}},"variants":[]}""", "variants")]
    [InlineData("""{"translations":{"en":{"name":"x"}},"variants":[{"sku":"a b","price":{"amount":"1.00","currency":"USD"}}]}""", "variants[0].sku")]
    [InlineData("""{"translations":{"en":{"name":"x"}},"variants":[{"sku":"ab","price":{"amount":1,"currency":"USD"}}]}""", "variants[0].price.amount")]
    [InlineData("""{"translations":{"en":{"name":"x"}},"categoryIds":["nope"],"variants":[{"sku":"ab","price":{"amount":"1.00","currency":"USD"}}]}""", "categoryIds[0]")]
    [InlineData("""{"translations":{"en":{"name":"x"}},"categoryIds":["00000000-0000-7000-8000-000000000000"],"variants":[{"sku":"ab","price":{"amount":"1.00","currency":"USD"}}]}""", "categoryIds[0]")]
    [InlineData("""{"translations":{"en":{"name":"a\u0000b"}},"variants":[]}""", "translations.en.name")]
    [InlineData("""[]""", "$")]
    public async Task Bad_bodies_are_told_by_path(string body, params string[] paths) =>
        (await shop.StaffClient.SendAsync(HttpMethod.Post, "/products", body).ErrorsAsync()).ShouldBe(paths);

    [Theory]
    [InlineData("/products/no-such-product", 404)]
    [InlineData("/products/No%20Slug", 404)]
    [InlineData("/products/00000000-0000-7000-8000-000000000000", 404)]
    [InlineData("/products/00000000-0000-7000-8000-000000000000/price-history", 404)]
    [InlineData("/products/x?locale=nonsense", 400)]
    [InlineData("/products/x?currency=usd", 400)]
    [InlineData("/products?sort=nonsense", 400)]
    [InlineData("/products?cursor=nonsense", 400)]
    [InlineData("/products?limit=0", 400)]
    [InlineData("/products?ids=x", 400)]
    [InlineData("/products?status=draft", 403)]
    [InlineData("/products?status=nonsense", 400)]
    [InlineData("/products?category=nonsense", 200)]
    [InlineData("/categories?cursor=nonsense", 400)]
    [InlineData("/categories/nonsense", 404)]
    [InlineData("/products/export", 401)]
    [InlineData("/jobs/00000000-0000-7000-8000-000000000000", 401)]
    [InlineData("/search?sort=nonsense", 400)]
    [InlineData("/search?cursor=nonsense", 400)]
    [InlineData("/search?minPrice=nonsense", 400)]
    [InlineData("/search?minPrice=10&maxPrice=5", 400)]
    [InlineData("/search?inStock=perhaps", 400)]
    [InlineData("/search?q=%F0%9F%98%80%22%27%28%29%25%5C", 200)]
    [InlineData("/search?q=a%20-%20%26%20%7C%20!", 200)]
    [InlineData("/search/suggestions?q=", 200)]
    [InlineData("/search/suggestions", 200)]
    public async Task Odd_requests_have_their_status(string path, int status) => ((int)(await shop.Client.GetPathAsync(path)).StatusCode).ShouldBe(status);

    [Fact]
    public async Task Shoppers_change_nothing()
    {
        (await shop.Client.PostAsync("/products", Sample.Product("x"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await shop.StaffClient.PostAsync("/products/00000000-0000-7000-8000-000000000000/publish", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.StaffClient.PostAsync("/products/00000000-0000-7000-8000-000000000000/archive", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_repeated_creation_under_one_key_makes_one_product()
    {
        var (sku, key) = (ShopFixture.NewSku(), ShopFixture.NewSku());
        var first = await CreateAsync(sku, key);
        (await CreateAsync(sku, key)).Text("id").ShouldBe(first.Text("id"));
    }

    private async Task<System.Text.Json.JsonElement> CreateAsync(string? sku = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/products") { Content = System.Net.Http.Json.JsonContent.Create(Sample.Product(sku ?? ShopFixture.NewSku())) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await shop.StaffClient.SendAsync(request).JsonAsync(201);
    }
}
