using System.Text;
using System.Text.Json;

namespace Commerce.Web.Tests;

/// <summary>An answer with its body read.</summary>
internal sealed record Answer(int Status, HttpResponseMessage Message, byte[] Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonElement Json => JsonDocument.Parse(Bytes).RootElement;

    public string? Header(string name) =>
        Message.Headers.TryGetValues(name, out var values) || Message.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    /// <summary>The problem's slug, after checking that it is a whole problem document.</summary>
    public string Problem()
    {
        Message.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", Text);
        Json.GetProperty("status").GetInt32().ShouldBe(Status);
        Json.GetProperty("title").GetString().ShouldNotBeNullOrWhiteSpace();
        Json.GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
        Json.GetProperty("traceId").GetString().ShouldNotBeNullOrWhiteSpace();
        var type = Json.GetProperty("type").GetString()!;
        type.ShouldStartWith("/problems/");
        if (Status == 400 && type == "/problems/validation")
        {
            Json.GetProperty("errors").EnumerateObject().ShouldNotBeEmpty();
        }

        return type["/problems/".Length..];
    }

    public IReadOnlyList<string> ErrorPaths => [.. Json.GetProperty("errors").EnumerateObject().Select(error => error.Name)];
}

internal static class Asking
{
    public static async Task<Answer> AskAsync(this HttpClient client, HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        return await client.SendAsync(request, headers);
    }

    public static async Task<Answer> SendAsync(this HttpClient client, HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        var message = await client.SendAsync(request);
        return new Answer((int)message.StatusCode, message, await message.Content.ReadAsByteArrayAsync());
    }

    public static Task<Answer> GetAnswerAsync(this HttpClient client, string path, params (string Name, string Value)[] headers) => client.AskAsync(HttpMethod.Get, path, null, headers);

    public static Task<Answer> PostAsync(this HttpClient client, string path, string? json, params (string Name, string Value)[] headers) => client.AskAsync(HttpMethod.Post, path, json, headers);
}
