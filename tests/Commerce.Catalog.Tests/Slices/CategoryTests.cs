using System.Net;
using System.Text.Json;
using Commerce.Testing;

namespace Commerce.Catalog.Tests.Slices;

/// <summary>The tree and the lists that hang on it.</summary>
[Collection(CatalogShop.Name)]
public sealed class CategoryTests(ShopFixture shop)
{
    [Fact]
    public async Task A_tree_grows_moves_and_shrinks()
    {
        var root = await CreateAsync("Electronics");
        var child = await CreateAsync("Phones", root.Text("id"));
        var seen = await shop.Client.GetPathAsync($"/categories/{root.Text("slug")}").JsonAsync();
        seen.GetProperty("children")[0].Text("id").ShouldBe(child.Text("id"));

        (await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/categories/{root.Text("id")}", $$"""{"parentId":"{{child.Text("id")}}"}""").JsonAsync(409)).Text("type").ShouldBe("/problems/category-circle");
        (await shop.StaffClient.DeletePathAsync($"/categories/{root.Text("id")}")).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/categories/{child.Text("id")}", """{"parentId":null,"translations":{"ko":{"name":"전화"}}}""", ifMatch: "\"1\"").JsonAsync()).GetProperty("version").GetInt64().ShouldBe(2);
        (await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/categories/{child.Text("id")}", "{}", ifMatch: "\"1\"")).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await shop.StaffClient.DeletePathAsync($"/categories/{root.Text("id")}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await shop.Client.GetPathAsync($"/categories/{root.Text("id")}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.Client.GetPathAsync($"/categories/{child.Text("id")}?locale=ko").JsonAsync()).Text("name").ShouldBe("전화");
        (await shop.StaffClient.PostAsync("/categories", new { translations = new { en = new { name = "x" } }, parentId = root.Text("id") }).ErrorsAsync()).ShouldBe(["parentId"]);
        (await shop.StaffClient.PostAsync("/categories", new { }).ErrorsAsync()).ShouldBe(["translations"]);
        (await shop.StaffClient.PostAsync("/categories", new { slug = child.Text("slug"), translations = new { en = new { name = "x" } } }).JsonAsync(409)).Text("type").ShouldBe("/problems/category-slug-taken");
    }

    [Fact]
    public async Task The_menu_is_tagged()
    {
        await CreateAsync("Menu");
        using var menu = await shop.Client.GetPathAsync("/categories?limit=100");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/v1/categories?limit=100");
        again.Headers.TryAddWithoutValidation("If-None-Match", menu.Headers.ETag!.ToString());
        (await shop.Client.SendAsync(again)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Lists_show_what_hangs_below_page_by_page_in_every_order()
    {
        var root = await CreateAsync("Root");
        var child = await CreateAsync("Child", root.Text("id"));
        var categories = new[] { child.GetProperty("id").GetGuid() };
        var products = new List<ShopProduct>();
        foreach (var (name, amount) in new[] { ("Banana", "3.00"), ("Cherry", "1.00"), ("Apple", "2.00") })
        {
            products.Add(await shop.CreateProductAsync(name, amount: amount, categoryIds: categories));
        }

        var unpriced = await shop.CreateProductAsync("Dragonfruit", amount: "9.00", currency: "EUR", categoryIds: categories);
        (await NamesAsync($"/products?category={root.Text("slug")}&sort=name")).ShouldBe(["Apple", "Banana", "Cherry", "Dragonfruit"]);
        (await NamesAsync($"/products?category={root.Text("slug")}&sort=price&currency=USD")).ShouldBe(["Cherry", "Apple", "Banana", "Dragonfruit"]);
        (await NamesAsync($"/products?category={root.Text("slug")}&sort=-price")).ShouldBe(["Banana", "Apple", "Cherry", "Dragonfruit"]);
        (await NamesAsync($"/products?category={root.Text("id")}")).ShouldBe(["Dragonfruit", "Apple", "Cherry", "Banana"]);
        (await NamesAsync($"/products?ids={products[2].Id},{products[0].Id}")).ShouldBe(["Apple", "Banana"]);
        (await shop.StaffClient.DeletePathAsync($"/categories/{child.Text("id")}").JsonAsync(409)).Text("type").ShouldBe("/problems/category-not-empty");

        // What moves takes its products along.
        var other = await CreateAsync("Other");
        await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/categories/{child.Text("id")}", $$"""{"parentId":"{{other.Text("id")}}"}""").JsonAsync();
        (await NamesAsync($"/products?category={root.Text("id")}")).ShouldBeEmpty();
        (await NamesAsync($"/products?category={other.Text("id")}&sort=name")).Count.ShouldBe(4);

        await shop.StaffClient.PostAsync($"/products/{unpriced.Id}/archive", new { }).JsonAsync();
        (await NamesAsync($"/products?category={other.Text("id")}&sort=name")).Count.ShouldBe(3);
        (await shop.StaffClient.GetPathAsync($"/products?category={other.Text("id")}&status=archived").JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(1);
    }

    private async Task<List<string>> NamesAsync(string path)
    {
        var names = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await shop.Client.GetPathAsync($"{path}&limit=2{(cursor.Length == 0 ? "" : $"&cursor={cursor}")}").JsonAsync();
            names.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.Text("name")));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        return names;
    }

    private async Task<JsonElement> CreateAsync(string name, string? parentId = null) => await shop.StaffClient
        .PostAsync("/categories", new { slug = $"{name}-{ShopFixture.NewSku()}".ToLowerInvariant(), translations = new { en = new { name } }, parentId })
        .JsonAsync(201);
}
