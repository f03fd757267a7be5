using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Commerce.Testing;

namespace Commerce.Catalog.Tests;

/// <summary>One shop for all HTTP tests of the catalogue.</summary>
[CollectionDefinition(Name)]
public sealed class CatalogShop : ICollectionFixture<ShopFixture>
{
    public const string Name = "catalog shop";
}

/// <summary>Requests as the tests write them.</summary>
internal static class Http
{
    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, object body) => client.PostAsJsonAsync("/api/v1" + path, body);

    public static Task<HttpResponseMessage> PutAsync(this HttpClient client, string path, object body) => client.PutAsJsonAsync("/api/v1" + path, body);

    public static Task<HttpResponseMessage> GetPathAsync(this HttpClient client, string path) => client.GetAsync(new Uri("/api/v1" + path, UriKind.Relative));

    public static Task<HttpResponseMessage> DeletePathAsync(this HttpClient client, string path) => client.DeleteAsync(new Uri("/api/v1" + path, UriKind.Relative));

    public static Task<HttpResponseMessage> SendAsync(this HttpClient client, HttpMethod method, string path, string body, string mediaType = "application/json", string? ifMatch = null)
    {
        var request = new HttpRequestMessage(method, "/api/v1" + path) { Content = new StringContent(body, Encoding.UTF8, mediaType) };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return client.SendAsync(request);
    }

    public static async Task<JsonElement> JsonAsync(this Task<HttpResponseMessage> call, int status = 200)
    {
        using var answer = await call;
        return await ShopFixture.JsonAsync(answer, status);
    }

    /// <summary>The paths of a 400's errors.</summary>
    public static async Task<string[]> ErrorsAsync(this Task<HttpResponseMessage> call)
    {
        var problem = await call.JsonAsync(400);
        return [.. problem.GetProperty("errors").EnumerateObject().Select(error => error.Name)];
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
}

/// <summary>Bodies as the tests send them.</summary>
internal static class Sample
{
    public static object Product(string sku, string name = "Red shirt", string amount = "39.90", string currency = "USD", object? more = null) => new
    {
        translations = new { en = new { name, description = "A shirt." }, ko = new { name = "빨간 셔츠" } },
        attributes = new { brand = "Acme", color = "red" },
        images = new[] { new { url = "https://example.com/a.png", alt = "front" } },
        variants = new[] { new { sku, options = new { size = "M" }, price = new { amount, currency } } },
    };
}
