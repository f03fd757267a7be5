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
}
