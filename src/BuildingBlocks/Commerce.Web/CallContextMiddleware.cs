using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Outcomes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Commerce.Web;

/// <summary>
/// Reads everything of a request that is not its body's meaning, once and before any parameter is bound: who calls, <c>If-Match</c>, the
/// consistency token, the idempotency key with the request's hash. Only slices pass through it; health and documents do not need it.
/// </summary>
internal sealed class CallContextMiddleware(RequestDelegate next, IOptions<JsonOptions> json, IOptions<WebOptions> options, IProjectionProgress progress)
{
    private const int DefaultWaitMs = 2000;
    private const int MostWaitMs = 30_000;
    private const int SpoolThreshold = 256 * 1024;

    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;

    public async Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<SliceMetadata>() is null)
        {
            await next(context);
            return;
        }

        var services = context.RequestServices;
        var edge = services.GetRequiredService<RequestEdge>();
        var call = services.GetRequiredService<CallContext>();
        edge.TraceId = Problems.TraceIdOf(context);
        var refusal = ReadCredentials(context, endpoint)
            ?? ReadHeaders(context, edge, call)
            ?? await ReadBodyAsync(context, endpoint, edge, call)
            ?? await AwaitReadModelsAsync(context, endpoint, call);
        if (refusal is not null)
        {
            await Problems.Reply(refusal, edge.TraceId, _json).ExecuteAsync(context);
            return;
        }

        await next(context);
    }

    /// <summary>Credentials that were sent and found no good are never passed over in silence, unless the endpoint says so.</summary>
    private static Unauthenticated? ReadCredentials(HttpContext context, Endpoint endpoint)
    {
        var headers = context.Request.Headers;
        if (context.User.Identity?.IsAuthenticated == true
            || (headers.Authorization.Count == 0 && !headers.ContainsKey(WebHeaders.ApiKey))
            || endpoint.Metadata.GetMetadata<StaleCredentialsMetadata>() is not null)
        {
            return null;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return new Unauthenticated();
    }

    private static Refusal? ReadHeaders(HttpContext context, RequestEdge edge, CallContext call)
    {
        var request = context.Request;
        edge.Caller = Caller.From(context.User);
        edge.Writes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        call.Actor = edge.Caller.Actor;
        call.CorrelationId = edge.TraceId;

        // A NUL is no text that PostgreSQL knows; in the path it names nothing.
        if (request.Path.Value!.Contains('\0', StringComparison.Ordinal))
        {
            return new ResourceNotFound();
        }

        if (request.QueryString.Value is { Length: > 0 } query && query.Contains("%00", StringComparison.Ordinal))
        {
            return ValidationFailed.Of("query", "A query parameter must not contain the NUL character.");
        }

        edge.GuestSecret = request.Headers.TryGetValue(WebHeaders.GuestToken, out var secret) ? secret.ToString()
            : request.Query.TryGetValue("accessToken", out secret) ? secret.ToString() : null;

        if (request.Headers.TryGetValue(WebHeaders.ConsistencyToken, out var token))
        {
            if (token is not [{ } text] || !EventPosition.TryParse(text, out var position))
            {
                return ValidationFailed.Of(WebHeaders.ConsistencyToken, "Send the token of a write back as it came.");
            }

            call.Required = position;
        }

        if (edge.Writes)
        {
            if (!EntityTags.TryReadIfMatch(request.Headers.IfMatch, out var version))
            {
                return ValidationFailed.Of("If-Match", "Send one strong entity tag such as \"7\", or *.");
            }

            edge.IfMatch = version;
        }

        return null;
    }

    private async ValueTask<Refusal?> ReadBodyAsync(HttpContext context, Endpoint endpoint, RequestEdge edge, CallContext call)
    {
        if (!edge.Writes)
        {
            return null;
        }

        var idempotency = endpoint.Metadata.GetMetadata<IdempotencyMetadata>();
        string? key = null;
        if (HttpMethods.IsPost(context.Request.Method))
        {
            if (context.Request.Headers.TryGetValue(WebHeaders.IdempotencyKey, out var keys))
            {
                key = KeyOf(keys);
                if (key is null)
                {
                    return ValidationFailed.Of(WebHeaders.IdempotencyKey, "One value of 1 to 255 printable ASCII characters.");
                }
            }
            else if (idempotency?.Required == true)
            {
                return new IdempotencyKeyRequired();
            }
        }

        var records = key is not null && idempotency?.Recorded != false;
        byte[] hash;
        if (endpoint.Metadata.GetMetadata<StreamedBodyMetadata>() is { } streamed)
        {
            if (!records)
            {
                return null;
            }

            // The hash needs the whole body before the handler sees the first byte, so a big one waits in a temporary file.
            context.Request.EnableBuffering(SpoolThreshold, streamed.MaxBytes);
            try
            {
                hash = await HashAsync(context.Request, context.RequestAborted);
            }
            catch (IOException) when (!context.RequestAborted.IsCancellationRequested)
            {
                return new PayloadTooLarge();
            }

            context.Request.Body.Position = 0;
        }
        else
        {
            var (body, refusal) = await BufferAsync(context, endpoint);
            if (refusal is not null)
            {
                return refusal;
            }

            if (body.Length > 0)
            {
                if (context.Request.HasJsonContentType() && RequestText.FaultOf(body) is { } fault)
                {
                    return fault;
                }

                context.Request.Body = new MemoryStream(body, writable: false);
            }

            hash = records ? Hash(context.Request, body) : [];
        }

        if (records)
        {
            call.Idempotency = new IdempotentCall(SpaceOf(edge), key!, hash);
        }

        return null;
    }

    private async ValueTask<(byte[] Body, Refusal? Refusal)> BufferAsync(HttpContext context, Endpoint endpoint)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false || context.Request.ContentLength == 0)
        {
            return ([], null);
        }

        var most = endpoint.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? options.Value.MaxBodyBytes;
        if (context.Request.ContentLength is { } announced)
        {
            if (announced > most)
            {
                return ([], new PayloadTooLarge());
            }

            var exact = new byte[announced];
            var read = await context.Request.Body.ReadAtLeastAsync(exact, exact.Length, throwOnEndOfStream: false, context.RequestAborted);
            return read == exact.Length ? (exact, null) : ([], new MalformedRequest("The body is shorter than its Content-Length."));
        }

        using var collected = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int count;
        while ((count = await context.Request.Body.ReadAsync(chunk, context.RequestAborted)) > 0)
        {
            if (collected.Length + count > most)
            {
                return ([], new PayloadTooLarge());
            }

            await collected.WriteAsync(chunk.AsMemory(0, count), context.RequestAborted);
        }

        return (collected.ToArray(), null);
    }

    private async ValueTask<Refusal?> AwaitReadModelsAsync(HttpContext context, Endpoint endpoint, CallContext call)
    {
        if (endpoint.Metadata.GetMetadata<ReadsFromMetadata>() is not { } reads)
        {
            return null;
        }

        var waitMs = DefaultWaitMs;
        if (context.Request.Query.TryGetValue("waitMs", out var text)
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out waitMs) && waitMs <= MostWaitMs))
        {
            return ValidationFailed.Of("waitMs", $"A whole number of milliseconds, at most {MostWaitMs}.");
        }

        if (reads.Names.Count > 0 && call.Required is { } required
            && !await progress.WaitAsync(reads.Names, required, TimeSpan.FromMilliseconds(waitMs), context.RequestAborted))
        {
            return new ReadModelBehind();
        }

        // Taken before the read: what is read after it is at least that fresh.
        var lag = reads.Names.Count == 0 ? default : progress.LagOf(reads.Names);
        context.Response.Headers[WebHeaders.ProjectionLag] = LagText.Of(lag);
        return null;
    }

    private static string? KeyOf(StringValues values) =>
        values is [{ Length: >= 1 and <= 255 } key] && !key.AsSpan().ContainsAnyExceptInRange(' ', '~') && key.Trim().Length > 0 ? key : null;

    /// <summary>Keys of different callers do not meet. Guests share one space unless they hold a secret: an address would change while a phone moves.</summary>
    private static string SpaceOf(RequestEdge edge) =>
        edge.Caller.Kind == CallerKind.Guest && edge.GuestSecret is { Length: > 0 } secret
            ? "guest:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)).AsSpan(0, 16))
            : edge.Caller.Actor;

    private static byte[] Hash(HttpRequest request, byte[] body)
    {
        using var hash = Begin(request);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    private static async Task<byte[]> HashAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var hash = Begin(request);
        var chunk = new byte[64 * 1024];
        int count;
        while ((count = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            hash.AppendData(chunk.AsSpan(0, count));
        }

        return hash.GetHashAndReset();
    }

    private static IncrementalHash Begin(HttpRequest request)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path.Value}{request.QueryString.Value}\n"));
        return hash;
    }
}
