using System.Net;
using System.Text.Json;
using Commerce.Testing;

namespace Commerce.Catalog.Tests.Slices;

/// <summary>Slugs of locales and their redirects, typed attributes, brands, and products that stand beside others.</summary>
[Collection(CatalogShop.Name)]
public sealed class CatalogueTests(ShopFixture shop)
{
    [Fact]
    public async Task A_former_slug_leads_to_the_present_one()
    {
        var sku = ShopFixture.NewSku();
        var slug = "old-" + sku.ToLowerInvariant();
        var id = await CreateAsync(new
        {
            slug,
            status = "active",
            translations = new { en = new { name = "Shirt", slug = (string?)null }, ko = new { name = "셔츠", slug = $"셔츠-{sku.ToLowerInvariant()}" } },
            variants = new[] { new { sku, price = new { amount = "5.00", currency = "USD" } } },
        });
        (await shop.Client.GetPathAsync($"/products/{slug}").JsonAsync()).Text("slug").ShouldBe(slug);
        var korean = $"셔츠-{sku.ToLowerInvariant()}";
        (await shop.Client.GetPathAsync($"/products/{Uri.EscapeDataString(korean)}?locale=ko").JsonAsync()).Text("slug").ShouldBe(korean);
        (await shop.Client.GetPathAsync($"/products/{id}?locale=ja").JsonAsync()).Text("slug").ShouldBe(slug, "a locale without a slug of its own shares the product's");

        var (newSlug, newKorean) = ("new-" + sku.ToLowerInvariant(), $"새-{sku.ToLowerInvariant()}");
        await PatchAsync(id, JsonSerializer.Serialize(new { slug = newSlug, translations = new { ko = new { slug = newKorean } } }));
        foreach (var client in new[] { shop.Client, shop.StaffClient })
        {
            await MovedAsync(client, $"/products/{slug}?locale=ja&currency=KRW", $"/api/v1/products/{newSlug}?locale=ja&currency=KRW");
            await MovedAsync(client, $"/products/{Uri.EscapeDataString(korean)}", $"/api/v1/products/{Uri.EscapeDataString(newKorean)}");
            (await client.GetPathAsync($"/products/{newSlug}")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await client.GetPathAsync($"/products/{id}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        // Back again: what was present is former, and the other way round.
        await PatchAsync(id, JsonSerializer.Serialize(new { slug, translations = new { ko = new { slug = (string?)null } } }));
        (await shop.Client.GetPathAsync($"/products/{slug}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await MovedAsync(shop.Client, $"/products/{newSlug}", $"/api/v1/products/{slug}");
        await MovedAsync(shop.Client, $"/products/{Uri.EscapeDataString(newKorean)}", $"/api/v1/products/{slug}");

        // Nobody else gets a slug that somebody had, and what is not on sale is not betrayed by where its slug leads.
        (await shop.StaffClient.PostAsync("/products", new
        {
            translations = new { en = new { name = "Other", slug = newSlug } },
            variants = new[] { new { sku = ShopFixture.NewSku(), price = new { amount = "5.00", currency = "USD" } } },
        }).JsonAsync(409)).Text("type").ShouldBe("/problems/slug-taken");
        await shop.StaffClient.PostAsync($"/products/{id}/archive", new { }).JsonAsync();
        (await shop.Client.GetPathAsync($"/products/{newSlug}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("two--hyphens")]
    [InlineData("-first")]
    [InlineData("with space")]
    [InlineData("019aa0e2-0000-7000-8000-000000000000")]
    [InlineData("export")]
    public async Task A_locale_s_slug_is_one(string slug) => (await shop.StaffClient.PostAsync("/products", new
    {
        translations = new { en = new { name = "Shirt", slug } },
        variants = new[] { new { sku = ShopFixture.NewSku(), price = new { amount = "5.00", currency = "USD" } } },
    }).ErrorsAsync()).ShouldBe(["translations.en.slug"]);

    [Fact]
    public async Task Attributes_have_the_types_that_the_category_and_those_above_it_define()
    {
        var word = ShopFixture.NewSku().ToLowerInvariant();
        var root = await CategoryAsync($"clothes-{word}", null);
        var leaf = await CategoryAsync($"shoes-{word}", root);
        await DefineAsync(root, """[{"name":"material","type":"choice","choices":["wool","cotton"],"required":true,"labels":{"en":"Material","ko":"소재"}},{"name":"weight","type":"number","unit":"g"}]""");
        await DefineAsync(leaf, """[{"name":"waterproof","type":"boolean"},{"name":"weight","type":"number","unit":"kg"},{"name":"note"}]""");

        var listed = (await shop.Client.GetPathAsync($"/categories/shoes-{word}/attributes?locale=ko").JsonAsync()).GetProperty("items").EnumerateArray().ToList();
        listed.Select(item => item.Text("name")).ShouldBe(["waterproof", "weight", "note", "material"]);
        listed[1].Text("unit").ShouldBe("kg", "the nearest definition counts");
        listed[3].Text("label").ShouldBe("소재");
        listed[3].GetProperty("categoryId").GetGuid().ShouldBe(root);

        // Values of JSON's own types are understood, and kept in one spelling.
        var id = await CreateAsync(Body(leaf, new { material = "wool", weight = 1.50m, waterproof = true, anything = "goes" }));
        var attributes = (await shop.StaffClient.GetPathAsync($"/products/{id}").JsonAsync()).GetProperty("attributes");
        (attributes.Text("weight"), attributes.Text("waterproof"), attributes.Text("anything")).ShouldBe(("1.5", "true", "goes"));

        (await shop.StaffClient.PostAsync("/products", Body(leaf, new { material = "silk", weight = "heavy", waterproof = "yes" })).ErrorsAsync())
            .ShouldBe(["attributes.waterproof", "attributes.weight", "attributes.material"]);
        (await shop.StaffClient.PostAsync("/products", Body(leaf, new { weight = 1 }, status: "active")).ErrorsAsync()).ShouldBe(["attributes.material"]);
        (await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{id}", """{"attributes":{"weight":"x"}}""").ErrorsAsync()).ShouldBe(["attributes.weight"]);

        // A draft may lack what is required; on sale it may not.
        var draft = await CreateAsync(Body(leaf, new { weight = 2 }));
        (await shop.StaffClient.PostAsync($"/products/{draft}/publish", new { }).JsonAsync(409)).GetProperty("attributes")[0].GetString().ShouldBe("material");
        await PatchAsync(draft, """{"attributes":{"material":"cotton"}}""");
        await shop.StaffClient.PostAsync($"/products/{draft}/publish", new { }).JsonAsync();

        // A definition that comes later does not stand in the way of other changes.
        await DefineAsync(leaf, """[{"name":"anything","type":"number"}]""");
        await PatchAsync(id, """{"translations":{"en":{"name":"Renamed"}}}""");
        (await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{id}", """{"attributes":{"new":"value"}}""").ErrorsAsync()).ShouldBe(["attributes.anything"]);

        static object Body(Guid category, object attributes, string status = "draft") => new
        {
            status,
            translations = new { en = new { name = "Boot" } },
            categoryIds = new[] { category },
            attributes,
            variants = new[] { new { sku = ShopFixture.NewSku(), price = new { amount = "5.00", currency = "USD" } } },
        };
    }

    [Theory]
    [InlineData("""[{"name":""}]""", "attributes[0].name")]
    [InlineData("""[{"name":"a"},{"name":"a"}]""", "attributes[1].name")]
    [InlineData("""[{"name":"a","type":"colour"}]""", "attributes[0].type")]
    [InlineData("""[{"name":"a","type":"choice"}]""", "attributes[0].choices")]
    [InlineData("""[{"name":"a","type":"choice","choices":["x","x"]}]""", "attributes[0].choices")]
    [InlineData("""[{"name":"a","choices":["x"]}]""", "attributes[0].choices")]
    [InlineData("""[{"name":"a","unit":"cm"}]""", "attributes[0].unit")]
    [InlineData("""[{"name":"a","labels":{"english":"A"}}]""", "attributes[0].labels")]
    public async Task A_definition_is_sound(string attributes, string path)
    {
        var id = await CategoryAsync("c-" + ShopFixture.NewSku().ToLowerInvariant(), null);
        (await shop.StaffClient.SendAsync(HttpMethod.Put, $"/categories/{id}/attributes", $$"""{"attributes":{{attributes}}}""").ErrorsAsync()).ShouldBe([path]);
        (await shop.StaffClient.SendAsync(HttpMethod.Put, $"/categories/{Guid.Empty}/attributes", """{"attributes":[]}""")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Brands_are_counted_and_list_their_products()
    {
        var name = "Brand " + ShopFixture.NewSku();
        var slug = name.ToLowerInvariant().Replace(' ', '-');
        var ids = new List<Guid>();
        foreach (var written in new[] { name, name, name.ToUpperInvariant() })
        {
            ids.Add((await shop.CreateProductAsync(attributes: new Dictionary<string, string> { ["brand"] = written })).Id);
        }

        var draft = await shop.StaffClient.PostAsync("/products", new
        {
            translations = new { en = new { name = "Draft" } },
            attributes = new { brand = name },
            variants = new[] { new { sku = ShopFixture.NewSku(), price = new { amount = "5.00", currency = "USD" } } },
        });
        var token = draft.Headers.GetValues("X-Consistency-Token").Single();

        var brand = await BrandAsync(slug, token);
        (brand.Text("name"), brand.GetProperty("productCount").GetInt64()).ShouldBe((name, 3));
        var listed = await shop.Client.GetPathAsync($"/products?brand={slug}&sort=newest&limit=2").JsonAsync();
        listed.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()).ShouldBe([ids[2], ids[1]]);
        var rest = await shop.Client.GetPathAsync($"/products?brand={slug}&sort=newest&limit=2&cursor={listed.Text("nextCursor")}").JsonAsync();
        rest.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()).ShouldBe([ids[0]]);
        foreach (var sort in new[] { "name", "price", "-price" })
        {
            (await shop.Client.GetPathAsync($"/products?brand={slug}&sort={sort}").JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(3);
        }

        (await shop.Client.GetPathAsync("/products?brand=nobody").JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await shop.Client.GetPathAsync("/brands/nobody")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var archived = await shop.StaffClient.PostAsync($"/products/{ids[0]}/archive", new { });
        (await BrandAsync(slug, archived.Headers.GetValues("X-Consistency-Token").Single())).GetProperty("productCount").GetInt64().ShouldBe(2);

        var seen = new List<string>();
        for (string? cursor = null; ;)
        {
            var page = await shop.Client.GetPathAsync($"/brands?limit=1{(cursor is null ? "" : "&cursor=" + cursor)}").JsonAsync();
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.Text("slug")));
            cursor = page.GetProperty("nextCursor").GetString();
            if (cursor is null)
            {
                break;
            }
        }

        seen.ShouldContain(slug);
        seen.ShouldBe(seen.Order(StringComparer.Ordinal).Distinct());
    }

    [Fact]
    public async Task Products_stand_beside_others_in_three_ways()
    {
        var (one, two, three) = (await shop.CreateProductAsync(), await shop.CreateProductAsync(), await shop.CreateProductAsync());
        var read = await shop.Client.GetPathAsync($"/products/{one.Id}").JsonAsync();
        read.GetProperty("relations").EnumerateObject().ShouldBeEmpty();
        await shop.StaffClient.PutAsync($"/products/{one.Id}/relations/accessories", new { productIds = new[] { three.Id, two.Id } }).JsonAsync();
        var set = await shop.StaffClient.PutAsync($"/products/{one.Id}/relations/upsell", new { productIds = new[] { two.Id } }).JsonAsync();
        (await shop.StaffClient.PutAsync($"/products/{one.Id}/relations/upsell", new { productIds = new[] { two.Id } }).JsonAsync())
            .GetProperty("version").GetInt64().ShouldBe(set.GetProperty("version").GetInt64());

        Ids((await shop.Client.GetPathAsync($"/products/{one.Id}").JsonAsync()).GetProperty("relations").GetProperty("accessories")).ShouldBe([three.Id, two.Id]);
        var shown = (await shop.Client.GetPathAsync($"/products/{one.Slug}/relations?currency=USD").JsonAsync()).GetProperty("relations");
        shown.GetProperty("accessories").EnumerateArray().Select(item => item.Text("name")).ShouldBe([three.Name, two.Name]);

        await shop.StaffClient.PostAsync($"/products/{three.Id}/archive", new { }).JsonAsync();
        shown = (await shop.Client.GetPathAsync($"/products/{one.Id}/relations").JsonAsync()).GetProperty("relations");
        shown.GetProperty("accessories").EnumerateArray().Select(item => item.GetProperty("id").GetGuid()).ShouldBe([two.Id], "what is not on sale is left out");
        (await shop.StaffClient.DeletePathAsync($"/products/{one.Id}/relations/accessories").JsonAsync()).GetProperty("relations").TryGetProperty("accessories", out _).ShouldBeFalse();

        (await shop.StaffClient.PutAsync($"/products/{one.Id}/relations/friends", new { productIds = new[] { two.Id } }).ErrorsAsync()).ShouldBe(["kind"]);
        (await shop.StaffClient.DeletePathAsync($"/products/{one.Id}/relations/friends").ErrorsAsync()).ShouldBe(["kind"]);
        (await shop.StaffClient.PutAsync($"/products/{one.Id}/relations/related", new { productIds = new[] { two.Id, Guid.Empty } }).ErrorsAsync()).ShouldBe(["productIds[1]"]);
        (await shop.StaffClient.PutAsync($"/products/{one.Id}/relations/related", new { productIds = new[] { one.Id } }).ErrorsAsync()).ShouldBe(["productIds"]);
        (await shop.StaffClient.PutAsync($"/products/{one.Id}/relations/related", new { productIds = new[] { two.Id, two.Id } }).ErrorsAsync()).ShouldBe(["productIds"]);
        (await shop.StaffClient.PutAsync($"/products/{Guid.Empty}/relations/related", new { productIds = new[] { two.Id } })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.Client.GetPathAsync($"/products/{three.Id}/relations")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.Client.PutAsync($"/products/{one.Id}/relations/related", new { productIds = new[] { two.Id } })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        static IEnumerable<Guid> Ids(JsonElement list) => list.EnumerateArray().Select(id => id.GetGuid());
    }

    private static async Task MovedAsync(HttpClient client, string path, string location)
    {
        using var answer = await client.GetPathAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.MovedPermanently);
        answer.Headers.Location!.OriginalString.ShouldBe(location);
    }

    private async Task<Guid> CreateAsync(object body) => (await shop.StaffClient.PostAsync("/products", body).JsonAsync(201)).GetProperty("id").GetGuid();

    private async Task PatchAsync(Guid id, string patch) => await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{id}", patch).JsonAsync();

    private async Task<Guid> CategoryAsync(string slug, Guid? parentId) =>
        (await shop.StaffClient.PostAsync("/categories", new { slug, parentId, translations = new { en = new { name = slug } } }).JsonAsync(201)).GetProperty("id").GetGuid();

    private async Task DefineAsync(Guid id, string attributes) =>
        await shop.StaffClient.SendAsync(HttpMethod.Put, $"/categories/{id}/attributes", $$"""{"attributes":{{attributes}}}""").JsonAsync();

    private async Task<JsonElement> BrandAsync(string slug, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/brands/{slug}");
        request.Headers.Add("X-Consistency-Token", token);
        return await shop.Client.SendAsync(request).JsonAsync();
    }
}
