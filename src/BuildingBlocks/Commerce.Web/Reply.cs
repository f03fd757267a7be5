using System.Globalization;
using System.Text.Json;
using Commerce.EventStore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Commerce.Web;

/// <summary>A finished answer: bytes and the few headers that belong to an outcome. What is kept under an idempotency key is exactly this.</summary>
internal sealed class Reply(int status) : IResult
{
    public const string Json = "application/json; charset=utf-8";

    public int Status { get; } = status;

    public string? ContentType { get; init; }

    public string? Location { get; init; }

    public string? ETag { get; init; }

    public string? CacheControl { get; init; }

    public int RetryAfterSeconds { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public bool Replayed { get; init; }

    public string? ConsistencyToken { get; set; }

    public static Reply From(RecordedResponse recorded, bool replayed)
    {
        string? location = null, etag = null;
        if (recorded.Headers is not null)
        {
            using var headers = JsonDocument.Parse(recorded.Headers);
            location = headers.RootElement.TryGetProperty(nameof(Location), out var l) ? l.GetString() : null;
            etag = headers.RootElement.TryGetProperty(nameof(ETag), out var e) ? e.GetString() : null;
        }

        return new Reply(recorded.Status)
        {
            ContentType = recorded.ContentType,
            Location = location,
            ETag = etag,
            CacheControl = "no-store",
            Body = recorded.Body,
            Replayed = replayed,
        };
    }

    /// <summary>What to keep under an idempotency key, or null for an answer that says nothing about the command itself.</summary>
    public RecordedResponse? ToRecord()
    {
        // A malformed or forbidden request did not happen, and a 429 or 5xx invites the very retry that the key is for.
        if (Status is StatusCodes.Status400BadRequest or StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests or >= 500)
        {
            return null;
        }

        var headers = (Location, ETag) switch
        {
            (null, null) => null,
            ({ } location, null) => $"{{\"Location\":{Quoted(location)}}}",
            (null, { } etag) => $"{{\"ETag\":{Quoted(etag)}}}",
            ({ } location, { } etag) => $"{{\"Location\":{Quoted(location)},\"ETag\":{Quoted(etag)}}}",
        };
        return new RecordedResponse(Status, ContentType, headers, Body);
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var headers = response.Headers;
        response.StatusCode = Status;
        Set(headers, "Location", Location);
        Set(headers, "ETag", ETag);
        Set(headers, "Cache-Control", CacheControl);
        Set(headers, WebHeaders.ConsistencyToken, ConsistencyToken);
        if (RetryAfterSeconds > 0)
        {
            headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        if (Replayed)
        {
            headers[WebHeaders.IdempotentReplayed] = "true";
        }

        if (ETag is not null && Status == StatusCodes.Status200OK && (HttpMethods.IsGet(httpContext.Request.Method) || HttpMethods.IsHead(httpContext.Request.Method))
            && EntityTags.Matches(httpContext.Request.Headers.IfNoneMatch, ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (ContentType is null)
        {
            return;
        }

        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
        {
            // Ends by itself when the caller is gone.
            await response.BodyWriter.WriteAsync(Body, CancellationToken.None);
        }
    }

    private static void Set(IHeaderDictionary headers, string name, string? value)
    {
        if (value is not null)
        {
            headers[name] = new StringValues(value);
        }
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
