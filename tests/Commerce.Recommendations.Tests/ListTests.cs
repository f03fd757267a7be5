using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Recommendations.Tests.Shopping;
using static Commerce.Testing.ShopFixture;

namespace Commerce.Recommendations.Tests;

public sealed class ListTests(Shopping shop) : IClassFixture<Shopping>
{
    [Fact]
    public async Task Bought_together_tells_how_many_orders_had_both()
    {
        var p = await shop.ProductsAsync(4);
        var (tea, cup, sugar, screw) = (p[0], p[1], p[2], p[3]);
        await shop.OrderAsync(tea, cup);
        await shop.OrderAsync(tea, cup, sugar);
        await shop.OrderAsync(screw, sugar);
        await shop.OrderAsync(screw, sugar);

        var items = await shop.ListAsync($"products/{tea.Id}/bought-together");
        items.Select(Id).ShouldBe([cup.Id, sugar.Id]);
        Reason(items[0]).ShouldBe("2 orders had both");
        Reason(items[1]).ShouldBe("1 order had both");
        Score(items[0]).ShouldBeGreaterThan(Score(items[1]));
        var card = items[0];
        card.GetProperty("name").GetString().ShouldBe(cup.Name);
        card.GetProperty("slug").GetString().ShouldBe(cup.Slug);
        card.GetProperty("price").GetProperty("amount").GetString().ShouldBe("39.90");
        card.GetProperty("availability").GetString().ShouldBe("inStock");
        (await shop.ListAsync($"products/{tea.Id}/bought-together?limit=1")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_cancelled_order_counts_no_more()
    {
        var p = await shop.ProductsAsync(3);
        await shop.OrderAsync(p[0], p[1]);
        var order = await shop.OrderAsync(p[0], p[1], p[2]);
        (await shop.ListAsync($"products/{p[0].Id}/bought-together")).Count.ShouldBe(2);

        using var cancelled = await shop.StaffClient.PostAsJsonAsync($"/api/v1/orders/{order.GetProperty("id").GetString()}/cancel", new { reason = "changed my mind" });
        cancelled.IsSuccessStatusCode.ShouldBeTrue(await cancelled.Content.ReadAsStringAsync());
        var items = await shop.ListAsync($"products/{p[0].Id}/bought-together");
        Reason(items.ShouldHaveSingleItem()).ShouldBe("1 order had both");
    }

    [Fact]
    public async Task A_product_nobody_ordered_has_no_companions_and_an_unknown_one_is_not_found()
    {
        var lonely = (await shop.ProductsAsync(1))[0];
        (await shop.ListAsync($"products/{lonely.Id}/bought-together")).ShouldBeEmpty();
        foreach (var list in new[] { "bought-together", "similar" })
        {
            await ShouldRefuseAsync($"products/{Identifiers.Next()}/{list}", HttpStatusCode.NotFound, "product-not-found");
            await ShouldRefuseAsync($"products/nonsense/{list}", HttpStatusCode.NotFound, "not-found");
        }
    }

    [Fact]
    public async Task Similar_products_share_what_is_rare()
    {
        var brand = $"B{NewBrand()}";
        var lamp = await shop.CreateProductAsync(attributes: new Dictionary<string, string> { ["brand"] = brand, ["socket"] = $"E27-{brand}", ["colour"] = "Red" });
        var twin = await shop.CreateProductAsync(attributes: new Dictionary<string, string> { ["brand"] = brand, ["socket"] = $"E27-{brand}", ["colour"] = "Blue" });
        var sibling = await shop.CreateProductAsync(attributes: new Dictionary<string, string> { ["brand"] = brand, ["colour"] = "Blue" });
        var other = await shop.CreateProductAsync(attributes: new Dictionary<string, string> { ["brand"] = "Elsewhere", ["colour"] = "Green" });

        var items = await shop.ListAsync($"products/{lamp.Id}/similar");
        items.Select(Id).Take(2).ShouldBe([twin.Id, sibling.Id]);
        items.Select(Id).ShouldNotContain(other.Id);
        Reason(items[0]).ShouldContain($"brand {brand}");
        Reason(items[0]).ShouldContain($"socket E27-{brand}");
        Reason(items[1]).ShouldBe($"Shares brand {brand}");
        items.ShouldAllBe(item => Score(item) > 0 && Score(item) <= 1);

        // What is archived is gone from the list, and so is what it shared.
        using var archived = await shop.StaffClient.PostAsync($"/api/v1/products/{twin.Id}/archive", null);
        archived.IsSuccessStatusCode.ShouldBeTrue();
        (await shop.ListAsync($"products/{lamp.Id}/similar")).Select(Id).ShouldBe([sibling.Id]);
    }

    [Fact]
    public async Task Trending_counts_orders_above_views_and_narrows_to_a_category()
    {
        var slug = $"c-{NewBrand()}";
        using var above = await shop.StaffClient.PostAsJsonAsync("/api/v1/categories", new { slug, translations = new { en = new { name = "Light" } } });
        var parentId = (await JsonAsync(above, 201)).GetProperty("id").GetGuid();
        using var made = await shop.StaffClient.PostAsJsonAsync("/api/v1/categories", new { slug = $"{slug}-lamps", parentId, translations = new { en = new { name = "Lamps" } } });
        var category = (await JsonAsync(made, 201)).GetProperty("id").GetGuid();
        var p = await shop.ProductsAsync(3, categoryIds: [category]);
        await shop.ViewAsync(NewSku(), p[0], p[1]);
        await shop.ViewAsync(NewSku(), p[1]);
        await shop.OrderAsync(p[2]);

        var items = await shop.ListAsync($"trending?category={category}");
        items.Select(Id).ShouldBe([p[2].Id, p[1].Id, p[0].Id]);
        Reason(items[0]).ShouldBe("1 order and 0 views in 28 days");
        Reason(items[1]).ShouldBe("0 orders and 2 views in 28 days");
        (await shop.ListAsync("trending?limit=100")).Select(Id).ShouldContain(p[2].Id);
        // A category means everything below it, by id or slug.
        (await shop.ListAsync($"trending?category={slug}")).Select(Id).ShouldBe([p[2].Id, p[1].Id, p[0].Id]);
        (await shop.ListAsync($"trending?category={Identifiers.Next()}")).ShouldBeEmpty();
        (await shop.ListAsync("trending?category=nobody-knows-it")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Recently_viewed_has_each_product_once_the_last_one_first()
    {
        var p = await shop.ProductsAsync(3);
        var session = NewSku();
        await shop.ViewAsync(session, p[0], p[1], p[1], p[2], p[0]);
        var items = await shop.ListAsync($"recently-viewed?sessionId={session}");
        items.Select(Id).ShouldBe([p[0].Id, p[2].Id, p[1].Id]);
        items.ShouldAllBe(item => item.GetProperty("viewedAt").ValueKind == JsonValueKind.String && Reason(item).Length > 0 && Score(item) > 0);
        (await shop.ListAsync($"recently-viewed?sessionId={NewSku()}")).ShouldBeEmpty();
        (await shop.ListAsync("recently-viewed")).ShouldBeEmpty();
    }

    [Fact]
    public async Task For_you_starts_from_what_was_viewed_and_falls_back_to_what_is_trending()
    {
        var p = await shop.ProductsAsync(4);
        var (tea, cup, milk, hit) = (p[0], p[1], p[2], p[3]);
        await shop.OrderAsync(tea, cup);
        await shop.OrderAsync(tea, cup, milk);
        await shop.OrderAsync(hit);
        var session = NewSku();
        await shop.ViewAsync(session, tea);

        var items = await shop.ListAsync($"for-you?sessionId={session}&limit=100");
        items.Select(Id).Take(2).ShouldBe([cup.Id, milk.Id]);
        items.Select(Id).ShouldNotContain(tea.Id);
        Reason(items[0]).ShouldBe("2 orders had both", "one sign of interest needs no name");
        items.Select(Score).ShouldBeInOrder(SortDirection.Descending);

        await shop.ViewAsync(session, hit);
        var more = await shop.ListAsync($"for-you?sessionId={session}&limit=100");
        Reason(more[0]).ShouldBe($"2 orders had this and {tea.Name}");

        var stranger = await shop.ListAsync("for-you?limit=100");
        stranger.Select(Id).ShouldContain(hit.Id);
        stranger.ShouldAllBe(item => Reason(item).StartsWith("Trending: "));
    }

    [Theory]
    [InlineData("for-you?limit=0", "limit")]
    [InlineData("trending?limit=101", "limit")]
    [InlineData("trending?category=", "category")]
    [InlineData("trending?currency=dollars", "currency")]
    [InlineData("for-you?locale=x", "locale")]
    [InlineData("for-you?sessionId=", "sessionId")]
    [InlineData("recently-viewed?sessionId=%09", "sessionId")]
    [InlineData("products/0195f000-0000-7000-8000-000000000001/similar?currency=x", "currency")]
    [InlineData("products/0195f000-0000-7000-8000-000000000001/bought-together?locale=x", "locale")]
    public async Task A_malformed_request_is_named_field_by_field(string path, string field)
    {
        var problem = await ShouldRefuseAsync(path, HttpStatusCode.BadRequest, "validation");
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([field]);
    }

    [Theory]
    [InlineData("""{"productId":"nonsense","sessionId":"s"}""", "productId")]
    [InlineData("""{"productId":"00000000-0000-0000-0000-000000000000","sessionId":"s"}""", "productId")]
    [InlineData("""{"productId":"0195f000-0000-7000-8000-000000000001","sessionId":""}""", "sessionId")]
    [InlineData("""{"productId":"0195f000-0000-7000-8000-000000000001"}""", "sessionId")]
    public async Task A_malformed_view_is_named_field_by_field(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await shop.Client.PostAsync("/api/v1/recommendations/views", content);
        var problem = await JsonAsync(answer, 400);
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([field]);
    }

    [Fact]
    public async Task The_tables_equal_a_fresh_replay_and_are_rebuilt()
    {
        var p = await shop.ProductsAsync(3);
        var order = await shop.OrderAsync(p[0], p[1]);
        await shop.OrderAsync(p[0], p[1], p[2]);
        await shop.ViewAsync(NewSku(), p);
        using var cancelled = await shop.StaffClient.PostAsJsonAsync($"/api/v1/orders/{order.GetProperty("id").GetString()}/cancel", new { reason = "test" });
        using var archived = await shop.StaffClient.PostAsync($"/api/v1/products/{p[2].Id}/archive", null);
        await shop.SettleAsync();
        // A position is written down a moment after it was reached.
        await Task.Delay(500);

        var progress = shop.Services.GetRequiredService<IProjectionProgress>();
        foreach (var name in progress.All.Select(status => status.Name).Where(name => name.StartsWith("Recommendations.", StringComparison.Ordinal)))
        {
            await progress.RebuildAsync(name, CancellationToken.None);
        }

        Reason((await shop.ListAsync($"products/{p[0].Id}/bought-together")).Single(item => Id(item) == p[1].Id)).ShouldBe("1 order had both");
        var report = await shop.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None);
        report.Violations.Where(violation => violation.Statement.StartsWith("Recommendations.", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static string NewBrand() => NewSku()[2..];

    private async Task<JsonElement> ShouldRefuseAsync(string path, HttpStatusCode status, string slug)
    {
        using var answer = await shop.Client.GetAsync($"/api/v1/recommendations/{path}");
        var problem = await JsonAsync(answer, (int)status);
        problem.GetProperty("type").GetString().ShouldBe($"/problems/{slug}");
        return problem;
    }
}
