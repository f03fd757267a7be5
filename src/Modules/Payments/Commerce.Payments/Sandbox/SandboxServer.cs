using System.Net;
using System.Text;
using System.Text.Json;
using Commerce.EventStore;

namespace Commerce.Payments.Sandbox;

/// <summary>
/// The sandbox's API as a server would answer it: paths, an <c>Idempotency-Key</c>, statuses, and connections that break. It sits where the network would
/// begin, so the client before it is an ordinary HTTP client.
/// </summary>
internal sealed class SandboxServer(SandboxBank bank, TimeProvider clock) : HttpMessageHandler
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath.Trim('/').Split('/');
        return (request.Method.Method, path) switch
        {
            ("GET", ["v1", "calls", var key]) => Answer(await bank.AnswerOfAsync(Uri.UnescapeDataString(key), cancellationToken)),
            ("GET", ["v1", "authorizations", var id]) => Answer(await bank.LookAsync(id, null, cancellationToken)),
            ("GET", ["v1", "references", var reference]) when Guid.TryParse(reference, out var known) => Answer(await bank.LookAsync(null, known, cancellationToken)),
            ("POST", ["v1", "authorizations"]) => await CallAsync(request, "authorize", null, cancellationToken),
            ("POST", ["v1", "authorizations", var id, "capture" or "refund" or "void"]) => await CallAsync(request, path[3], id, cancellationToken),
            _ => new HttpResponseMessage(HttpStatusCode.NotFound),
        };
    }

    private async Task<HttpResponseMessage> CallAsync(HttpRequestMessage request, string verb, string? id, CancellationToken cancellationToken)
    {
        if (!request.Headers.TryGetValues("Idempotency-Key", out var keys))
        {
            return new HttpResponseMessage(HttpStatusCode.BadRequest);
        }

        var call = JsonSerializer.Deserialize(await request.Content!.ReadAsStringAsync(cancellationToken), SandboxJson.Default.SandboxCall)!;
        var fresh = id is not null ? null : new SandboxAuthorization
        {
            Id = $"auth_{Identifiers.Next():N}",
            Reference = call.Reference!.Value,
            Source = call.Source ?? "",
            Currency = call.Currency!,
            Amount = call.Amount,
            ReturnUrl = call.ReturnUrl ?? "",
        };
        var answer = await bank.CallAsync(keys.First(), verb, id, fresh, call.Amount, cancellationToken);
        if (verb == "capture" && answer.Authorization is { } done && SandboxCards.Does(done.Source, SandboxCards.CaptureSlow))
        {
            await Task.Delay(Slow, clock, cancellationToken);
        }

        return Answer(answer);
    }

    private static HttpResponseMessage Answer(SandboxAnswer? answer) => answer is null
        ? new HttpResponseMessage(HttpStatusCode.NotFound)
        : new HttpResponseMessage((HttpStatusCode)answer.Status) { Content = new StringContent(answer.Body, Encoding.UTF8, "application/json") };

    private static HttpResponseMessage Answer(SandboxAuthorization? authorization) => authorization is null
        ? new HttpResponseMessage(HttpStatusCode.NotFound)
        : Answer(new SandboxAnswer(200, JsonSerializer.Serialize(authorization, SandboxJson.Default.SandboxAuthorization), authorization));
}
