using System.Net.Http.Json;
using System.Text.Json;
using Commerce.Testing;

namespace Commerce.Recommendations.Tests;

/// <summary>A shop and the few words that the tests need.</summary>
public sealed class Shopping : ShopFixture
{
    internal async Task<ShopProduct[]> ProductsAsync(int count, IReadOnlyDictionary<string, string>? attributes = null, IReadOnlyList<Guid>? categoryIds = null)
    {
        var products = new ShopProduct[count];
        for (var i = 0; i < count; i++)
        {
            products[i] = await CreateProductAsync(attributes: attributes, categoryIds: categoryIds);
            await ReceiveStockAsync(products[i].Sku, 1000);
        }

        return products;
    }

    internal Task<JsonElement> OrderAsync(params ShopProduct[] products) => PlaceOrderAsync([.. products.Select(product => (product.Sku, 1))]);

    internal async Task ViewAsync(string sessionId, params ShopProduct[] products)
    {
        foreach (var product in products)
        {
            using var answer = await Client.PostAsJsonAsync("/api/v1/recommendations/views", new { productId = product.Id, sessionId });
            (await JsonAsync(answer, 202)).GetProperty("productId").GetGuid().ShouldBe(product.Id);
        }
    }

    /// <summary>The items of a list that has seen everything until now.</summary>
    internal async Task<List<JsonElement>> ListAsync(string path, HttpClient? client = null)
    {
        // Any write's token asks for at least the present.
        using var touch = await Client.PostAsJsonAsync("/api/v1/recommendations/views", new { productId = Guid.Parse("0195f000-0000-7000-8000-0000000000ff"), sessionId = NewSku() });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/recommendations/{path}{(path.Contains('?') ? '&' : '?')}waitMs=20000");
        request.Headers.Add("X-Consistency-Token", touch.Headers.GetValues("X-Consistency-Token").Single());
        using var answer = await (client ?? Client).SendAsync(request);
        var list = await JsonAsync(answer, 200);
        answer.Headers.Contains("X-Projection-Lag").ShouldBeTrue();
        list.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
        return [.. list.GetProperty("items").EnumerateArray()];
    }

    internal static Guid Id(JsonElement item) => item.GetProperty("id").GetGuid();

    internal static string Reason(JsonElement item) => item.GetProperty("reason").GetString()!;

    internal static double Score(JsonElement item) => item.GetProperty("score").GetDouble();
}
