using System.Net;
using Commerce.Testing;

namespace Commerce.Catalog.Tests.Slices;

/// <summary>The short way of a page is told from the long way by its speed alone.</summary>
[Collection(CatalogShop.Name)]
public sealed class ReadyProductTests(ShopFixture shop)
{
    [Fact]
    public async Task Both_ways_answer_the_same()
    {
        var product = await shop.CreateProductAsync();
        foreach (var query in (string[])["", "?locale=ko", "?locale=ko&currency=USD"])
        {
            using var quick = await shop.Client.GetPathAsync($"/products/{product.Id}{query}");
            // A parameter that the page does not know sends the request the long way.
            using var slow = await shop.Client.GetPathAsync($"/products/{product.Id}{query}{(query.Length == 0 ? '?' : '&')}from=newsletter");

            quick.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await quick.Content.ReadAsByteArrayAsync()).ShouldBe(await slow.Content.ReadAsByteArrayAsync());
            Headers(quick).ShouldBe(Headers(slow));
        }
    }

    [Theory]
    [InlineData("?locale=no%20locale", 400)]
    [InlineData("?currency=usd", 400)]
    [InlineData("?locale=ko&locale=en", 400)]
    public async Task What_is_wrong_is_told_as_on_the_long_way(string query, int status)
    {
        var product = await shop.CreateProductAsync();
        using var answer = await shop.Client.GetPathAsync($"/products/{product.Id}{query}");
        (await ShopFixture.JsonAsync(answer, status)).Text("type").ShouldStartWith("/problems/");
    }

    [Fact]
    public async Task Nothing_found_is_a_problem_document()
    {
        using var answer = await shop.Client.GetPathAsync($"/products/{Guid.Empty}");
        (await ShopFixture.JsonAsync(answer, 404)).Text("type").ShouldBe("/problems/product-unknown");
    }

    [Fact]
    public async Task Credentials_are_never_passed_over()
    {
        var product = await shop.CreateProductAsync();
        (await shop.StaffClient.GetPathAsync($"/products/{product.Id}").JsonAsync()).GetProperty("variants")[0].TryGetProperty("prices", out _).ShouldBeTrue();

        using var wrong = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/products/{product.Id}");
        wrong.Headers.TryAddWithoutValidation("X-Api-Key", "not-a-key");
        using var refused = await shop.Client.SendAsync(wrong);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_page_of_another_origin_is_let_in_and_a_change_is_seen_at_once()
    {
        var product = await shop.CreateProductAsync();
        using var foreign = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/products/{product.Id}");
        foreign.Headers.TryAddWithoutValidation("Origin", "https://shop.example");
        using var answer = await shop.Client.SendAsync(foreign);
        answer.Headers.GetValues("Access-Control-Allow-Origin").ShouldHaveSingleItem();

        await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{product.Id}", """{"attributes":{"brand":"Seen"}}""").JsonAsync();
        (await shop.Client.GetPathAsync($"/products/{product.Id}").JsonAsync()).GetProperty("attributes").Text("brand").ShouldBe("Seen");
    }

    private static string[] Headers(HttpResponseMessage answer) =>
    [
        .. answer.Headers.Concat(answer.Content.Headers)
            .Where(header => header.Key is not ("Date" or "X-Projection-Lag"))
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal),
    ];
}
