using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.EventStore;

namespace Commerce.Orders.Tests.Shop;

/// <summary>Requests as a front end sends them, and answers as it reads them.</summary>
internal static class Wire
{
    public static object Address(string country = "KR") => new { name = "Kim Minji", line1 = "Sejong-daero 110", city = "Seoul", postalCode = "04524", country };

    public static object Order(params (string Sku, int Quantity)[] lines) => Order("USD", lines);

    public static object Order(string currency, params (string Sku, int Quantity)[] lines) => new
    {
        lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }),
        currency,
        shippingAddress = Address(),
        payment = new { method = "manual" },
    };

    public static object Checkout() => new { shippingAddress = Address(), payment = new { method = "manual" } };

    public static Task<HttpResponseMessage> PlaceAsync(this HttpClient client, object order, string? key = null) =>
        client.SendJsonAsync(HttpMethod.Post, "orders", order, ("Idempotency-Key", key ?? Identifiers.Next().ToString()));

    public static async Task<JsonElement> PlacedAsync(this HttpClient client, object order)
    {
        using var response = await client.PlaceAsync(order);
        return await response.JsonAsync(HttpStatusCode.Created);
    }

    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, object body, params (string Name, string Value)[] headers) =>
        client.SendJsonAsync(HttpMethod.Post, path, body, headers);

    public static Task<HttpResponseMessage> PutJsonAsync(this HttpClient client, string path, object body, params (string Name, string Value)[] headers) =>
        client.SendJsonAsync(HttpMethod.Put, path, body, headers);

    public static async Task<HttpResponseMessage> SendJsonAsync(
        this HttpClient client, HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return await client.SendAsync(request);
    }

    public static async Task<JsonElement> ReadAsync(this HttpClient client, string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return await response.JsonAsync(expected);
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response, HttpStatusCode expected)
    {
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, body);
        return JsonDocument.Parse(body).RootElement;
    }

    public static Task<JsonElement> JsonAsync(this HttpResponseMessage response) => response.JsonAsync(HttpStatusCode.OK);

    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage response, HttpStatusCode expected, string slug)
    {
        var problem = await response.JsonAsync(expected);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        problem.Text("type").ShouldBe($"/problems/{slug}");
        return problem;
    }

    public static string Text(this JsonElement json, string path) => At(json, path).GetString()!;

    public static int Int(this JsonElement json, string path) => At(json, path).GetInt32();

    public static Guid Id(this JsonElement json) => json.GetProperty("id").GetGuid();

    public static string Amount(this JsonElement json, string path) => $"{At(json, path).Text("amount")} {At(json, path).Text("currency")}";

    public static IReadOnlyList<JsonElement> Items(this JsonElement json, string path = "items") => [.. At(json, path).EnumerateArray()];

    private static JsonElement At(JsonElement json, string path) => path.Split('.').Aggregate(json, (element, name) => element.GetProperty(name));
}
