using System.Text.Json;
using Commerce.Catalog.Contracts;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Catalog.Tests.Slices;

/// <summary>A shop of its own with a few products whose places in results are known.</summary>
public sealed class SearchTests(SearchTests.Shop shop) : IClassFixture<SearchTests.Shop>
{
    [Theory]
    [InlineData("wireless headphones", "Wireless Headphones")]
    [InlineData("headphone", "Wireless Headphones")]
    [InlineData("headfones", "Wireless Headphones")]
    [InlineData("wirless hedphones", "Wireless Headphones")]
    [InlineData("wireless headph", "Wireless Headphones")]
    [InlineData("dv7-1211ea", "Pavilion dv7-1211ea")]
    [InlineData("DV7 1211", "Pavilion dv7-1211ea")]
    [InlineData("dv71211ea", "Pavilion dv7-1211ea")]
    [InlineData("blue tooth speaker", "Bluetooth Speaker")]
    [InlineData("헤드폰", "Wireless Headphones")]
    [InlineData("무선헤드폰", "Wireless Headphones")]
    [InlineData("무선 헤드폰을", "Wireless Headphones")]
    [InlineData("무선 해드폰", "Wireless Headphones")]
    [InlineData("ㅁㅅㅎㄷㅍ", "Wireless Headphones")]
    [InlineData("gpemvhs", "Wireless Headphones")]
    [InlineData("ヘッドホン", "Wireless Headphones")]
    [InlineData("へっどほん", "Wireless Headphones")]
    [InlineData("ﾍｯﾄﾞﾎﾝ", "Wireless Headphones")]
    [InlineData("ｗｉｒｅｌｅｓｓ", "Wireless Headphones")]
    [InlineData("ㅈㅑㄱㄷㅣㄷㄴㄴ", "Wireless Headphones")]
    [InlineData("ㅗㄷㅁ예ㅙㅜㄷㄴ", "Wireless Headphones")]
    [InlineData("블루투스 speaker", "Bluetooth Speaker")]
    [InlineData("speak* blue*", "Bluetooth Speaker")]
    [InlineData("\"phone case\"", "Pear Phone Case")]
    public async Task What_is_meant_is_found(string query, string name) => (await NamesAsync($"q={Uri.EscapeDataString(query)}"))[0].ShouldBe(name);

    [Fact]
    public async Task A_mended_query_is_told()
    {
        (await shop.Client.GetPathAsync("/search?q=wirless").JsonAsync()).Text("correctedQuery").ShouldBe("wireless");
        (await shop.Client.GetPathAsync("/search?q=wireless").JsonAsync()).TryGetProperty("correctedQuery", out _).ShouldBeFalse();
        (await shop.Client.GetPathAsync("/search?q=qqqqqqqq").JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Facets_are_disjunctive_and_counted()
    {
        var all = await shop.Client.GetPathAsync("/search").JsonAsync();
        Counts(all, "brand").ShouldBe([("Sonic", 2), ("HP", 1), ("Pear", 1)]);
        var one = await shop.Client.GetPathAsync("/search?attr.brand=Sonic").JsonAsync();
        one.GetProperty("total").GetInt32().ShouldBe(2);
        Counts(one, "brand").ShouldBe([("Sonic", 2), ("HP", 1), ("Pear", 1)]);
        Counts(one, "color").ShouldBe([("black", 1), ("red", 1)]);
        (await NamesAsync("attr.brand=Sonic&attr.brand=HP&sort=price")).ShouldBe(["Bluetooth Speaker", "Wireless Headphones", "Pavilion dv7-1211ea"]);
        (await NamesAsync("attr.brand=Sonic&attr.color=red")).ShouldBe(["Bluetooth Speaker"]);
        (await NamesAsync("attr.brand=Nobody")).ShouldBeEmpty();
        Counts(all, "category").ShouldBe([("audio", 2), ("electronics", 2)], ignoreOrder: true);
        (await NamesAsync("category=electronics&sort=-price")).ShouldBe(["Wireless Headphones", "Bluetooth Speaker"]);
        (await NamesAsync("category=nowhere")).ShouldBeEmpty();
        (await NamesAsync("category=nowhere&category=audio&sort=price")).ShouldBe(["Bluetooth Speaker", "Wireless Headphones"]);
        var narrow = await shop.Client.GetPathAsync("/search?category=audio&attr.color=red").JsonAsync();
        Counts(narrow, "color").ShouldBe([("black", 1), ("red", 1)]);
        Counts(narrow, "category").ShouldBe([("audio", 1), ("electronics", 1)], ignoreOrder: true);
    }

    [Fact]
    public async Task Prices_and_stock_filter_and_count()
    {
        (await NamesAsync("minPrice=50&maxPrice=100&sort=price")).ShouldBe(["Wireless Headphones"]);
        (await NamesAsync("currency=KRW&minPrice=1")).ShouldBeEmpty();
        (await NamesAsync("inStock=true")).ShouldBe(["Bluetooth Speaker"]);
        var all = await shop.Client.GetPathAsync("/search").JsonAsync();
        Counts(all, "availability").ShouldBe([("inStock", 1), ("outOfStock", 3)]);
        Counts(all, "price").Sum(value => value.Count).ShouldBe(4);
    }

    [Fact]
    public async Task Every_order_goes_on_behind_its_cursor()
    {
        foreach (var (sort, names) in new[]
        {
            ("price", (string[])["Pear Phone Case", "Bluetooth Speaker", "Wireless Headphones", "Pavilion dv7-1211ea"]),
            ("-price", ["Pavilion dv7-1211ea", "Wireless Headphones", "Bluetooth Speaker", "Pear Phone Case"]),
            ("newest", ["Pear Phone Case", "Pavilion dv7-1211ea", "Bluetooth Speaker", "Wireless Headphones"]),
        })
        {
            var seen = new List<string>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = await shop.Client.GetPathAsync($"/search?sort={sort}&limit=1{(cursor.Length == 0 ? "" : $"&cursor={cursor}")}").JsonAsync();
                seen.AddRange(Names(page));
                cursor = page.GetProperty("nextCursor").GetString();
            }

            seen.ShouldBe(names, false, sort);
        }
    }

    [Fact]
    public async Task Suggestions_begin_with_the_first_letter()
    {
        var suggested = await shop.Client.GetPathAsync("/search/suggestions?q=e").JsonAsync();
        suggested.GetProperty("categories")[0].Text("slug").ShouldBe("electronics");
        (await shop.Client.GetPathAsync("/search/suggestions?q=b").JsonAsync()).GetProperty("products")[0].Text("name").ShouldBe("Bluetooth Speaker");
        (await shop.Client.GetPathAsync("/search/suggestions?q=%E3%85%8E").JsonAsync()).GetProperty("products").GetArrayLength().ShouldBe(0);
        var more = await shop.Client.GetPathAsync("/search/suggestions?q=wirel").JsonAsync();
        more.GetProperty("products")[0].Text("name").ShouldBe("Wireless Headphones");
        more.GetProperty("queries")[0].GetString().ShouldBe("wireless");
    }

    [Fact]
    public async Task Changes_are_found_and_what_is_archived_is_not()
    {
        var product = await shop.CreateProductAsync("Zanzibar lamp");
        await shop.SettleAsync();
        (await NamesAsync("q=zanzibar")).ShouldBe(["Zanzibar lamp"]);
        await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{product.Id}", """{"translations":{"en":{"name":"Timbuktu lamp"}}}""").JsonAsync();
        using (var priced = await shop.StaffClient.PutAsync($"/products/{product.Id}/variants/{product.Sku}/prices", new object[] { new { currency = "USD", amount = "777.00" } }))
        {
            await shop.SettleAsync(priced);
        }

        (await NamesAsync("q=zanzibar")).ShouldBeEmpty();
        (await NamesAsync("q=timbuktu&minPrice=777&maxPrice=777")).ShouldBe(["Timbuktu lamp"]);
        await shop.StaffClient.PostAsync($"/products/{product.Id}/archive", new { }).JsonAsync();
        await shop.SettleAsync();
        (await NamesAsync("q=timbuktu")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Other_modules_get_offers_and_cards()
    {
        var book = shop.Services.GetRequiredService<IPriceBook>();
        var offers = await book.OffersAsync([new SkuQuantity("HEAD-1", 1), new SkuQuantity("NOBODY", 1)], "USD", null, "ko", CancellationToken.None);
        offers.Keys.ShouldBe(["HEAD-1"]);
        (offers["HEAD-1"].UnitAmount, offers["HEAD-1"].ProductName).ShouldBe((89.90m, "무선 헤드폰"));
        (await book.OffersAsync([new SkuQuantity("HEAD-1", 1)], "KRW", null, "ko", CancellationToken.None)).ShouldBeEmpty();

        var cards = await shop.Services.GetRequiredService<IProductCards>().CardsAsync([offers["HEAD-1"].ProductId, Guid.Empty], "ja", "USD", CancellationToken.None);
        var card = cards.ShouldHaveSingleItem().Value;
        (card.Name, card.Amount, card.Availability).ShouldBe(("ワイヤレスヘッドホン", 89.90m, "outOfStock"));
    }

    private static List<string> Names(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(item => item.Text("name"))];

    private static List<(string Value, int Count)> Counts(JsonElement page, string field) =>
        [.. page.GetProperty("facets").EnumerateArray().Single(facet => facet.Text("field") == field).GetProperty("values").EnumerateArray().Select(value => (value.Text("value"), value.GetProperty("count").GetInt32()))];

    private async Task<List<string>> NamesAsync(string query) => Names(await shop.Client.GetPathAsync("/search?" + query).JsonAsync());

    /// <summary>The products.</summary>
    public sealed class Shop : ShopFixture
    {
        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            var root = await StaffClient.PostAsync("/categories", new { slug = "electronics", translations = new { en = new { name = "Electronics" } } }).JsonAsync(201);
            await StaffClient.PostAsync("/categories", new { slug = "audio", parentId = root.Text("id"), translations = new { en = new { name = "Audio" }, ko = new { name = "오디오" } } }).JsonAsync(201);
            await AddAsync("HEAD-1", "Wireless Headphones", "89.90", "Sonic", "black", "audio", ("ko", "무선 헤드폰"), ("ja", "ワイヤレスヘッドホン"));
            await AddAsync("SPEAK-1", "Bluetooth Speaker", "49.90", "Sonic", "red", "audio", ("ko", "블루투스 스피커"));
            await AddAsync("NOTE-1", "Pavilion dv7-1211ea", "999.00", "HP", "silver", null);
            await AddAsync("CASE-1", "Pear Phone Case", "9.90", "Pear", "red", null, ("ko", "전화기 케이스"));
            await ReceiveStockAsync("SPEAK-1", 500);
            await SettleAsync();
        }

        private async Task AddAsync(string sku, string name, string amount, string brand, string color, string? category, params (string Locale, string Name)[] names)
        {
            var product = await StaffClient.PostAsync("/products", new
            {
                translations = names.Append(("en", name)).ToDictionary(text => text.Item1, text => (object)new { name = text.Item2 }),
                categories = category is null ? (string[])[] : [category],
                attributes = new { brand, color },
                variants = new[] { new { sku, price = new { amount, currency = "USD" } } },
            }).JsonAsync(201);
            await StaffClient.PostAsync($"/products/{product.Text("id")}/publish", new { }).JsonAsync();
        }
    }
}
