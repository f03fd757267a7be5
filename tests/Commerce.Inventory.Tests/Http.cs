using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Commerce.Inventory.Tests;

/// <summary>HTTP in the few words that the tests need.</summary>
internal static class Http
{
    private static int _skus;

    /// <summary>A SKU that no other test uses.</summary>
    public static string NewSku() => $"SKU-{Interlocked.Increment(ref _skus)}";

    public static async Task<JsonElement> ReceiveAsync(this HttpClient client, string sku, int quantity, string? location = null) =>
        await client.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/receipts", new { lines = new[] { new { sku, quantity, location } } });

    public static Task<JsonElement> StockAsync(this HttpClient client, string sku, string query = "") =>
        client.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/{Uri.EscapeDataString(sku)}{query}");

    public static Task<JsonElement> ReserveAsync(this HttpClient client, HttpStatusCode status, object body) =>
        client.SendAsync(status, HttpMethod.Post, "inventory/reservations", body);

    /// <summary>Sends, expects a status, and returns the body.</summary>
    public static async Task<JsonElement> SendAsync(this HttpClient client, HttpStatusCode status, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        var (response, json) = await client.AnswerAsync(method, path, body, headers);
        response.StatusCode.ShouldBe(status, json.ToString());
        response.Dispose();
        return json;
    }

    public static async Task<(HttpResponseMessage Response, JsonElement Json)> AnswerAsync(
        this HttpClient client, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body switch
        {
            null => null,
            string text => new StringContent(text, System.Text.Encoding.UTF8, "application/json"),
            _ => JsonContent.Create(body),
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await client.SendAsync(request);
        var content = await response.Content.ReadAsStringAsync();
        return (response, content.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(content));
    }

    public static int Int(this JsonElement json, string name) => json.GetProperty(name).GetInt32();

    public static string? Text(this JsonElement json, string name) => json.GetProperty(name).GetString();

    public static (int OnHand, int Reserved, int Available) Levels(this JsonElement json) => (json.Int("onHand"), json.Int("reserved"), json.Int("available"));

    public static void ShouldBeProblem(this JsonElement problem, string slug) => problem.Text("type").ShouldBe($"/problems/{slug}");

    public static void ShouldBeInvalid(this JsonElement problem, string field)
    {
        problem.ShouldBeProblem("validation");
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldContain(field);
    }
}
