using System.Net;
using System.Text;
using System.Text.Json;
using Commerce.Payments.Providers;
using Commerce.Payments.Webhooks;

namespace Commerce.Payments.Sandbox;

/// <summary>Play money that behaves like real money. What a token does stands in the module's README.</summary>
internal sealed class SandboxProvider(HttpClient http, PaymentsOptions options, TimeProvider clock) : IPaymentProvider, IWebhookReader
{
    /// <summary>Its name.</summary>
    public const string ProviderName = "sandbox";

    /// <summary>The header of its signature.</summary>
    public const string SignatureHeader = "Sandbox-Signature";

    /// <inheritdoc />
    public string Name => ProviderName;

    /// <inheritdoc />
    public async Task<ProviderAnswer> CallAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var path = call.Kind switch
        {
            PaymentCallKind.Authorize => "/v1/authorizations",
            PaymentCallKind.Capture => $"/v1/authorizations/{call.Payment.Reference}/capture",
            PaymentCallKind.Refund => $"/v1/authorizations/{call.Payment.Reference}/refund",
            PaymentCallKind.Void => $"/v1/authorizations/{call.Payment.Reference}/void",
            _ => throw new InvalidOperationException($"The sandbox is not asked to {call.Kind}."),
        };
        var body = call.Kind == PaymentCallKind.Authorize
            ? new SandboxCall(call.Amount.Amount, call.Payment.Currency, call.Token, call.Payment.PaymentId, call.ReturnUrl)
            : new SandboxCall(call.Amount.Amount);
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(JsonSerializer.Serialize(body, SandboxJson.Default.SandboxCall), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", call.Id.ToString());
        using var answer = await http.SendAsync(request, cancellationToken);
        return await ReadAsync(answer, cancellationToken) ?? ProviderAnswer.Declined("resource_missing", "The sandbox does not know this authorization.");
    }

    /// <inheritdoc />
    public async Task<ProviderAnswer?> FindAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(new Uri($"/v1/calls/{call.Id}", UriKind.Relative), cancellationToken);
        return await ReadAsync(answer, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<ProviderState?> LookAsync(PaymentIdentity payment, CancellationToken cancellationToken)
    {
        var path = payment.Reference is { } id ? $"/v1/authorizations/{id}" : $"/v1/references/{payment.PaymentId}";
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        return (await ReadAsync(answer, cancellationToken))?.State;
    }

    /// <inheritdoc />
    public string? FaultOf(string token) => SandboxCards.IsRealNumber(token) ? "This looks like a card's number. The sandbox takes tokens and test numbers; never send it a real one." : null;

    /// <inheritdoc />
    public string Kept(string token) => SandboxCards.TokenOf(token);

    /// <inheritdoc />
    public WebhookNotice? Read(string body, Func<string, string?> header)
    {
        if (!WebhookSignature.IsValid(header(SignatureHeader), body, options.Sandbox.WebhookSecret, clock.GetUtcNow(), options.WebhookTolerance))
        {
            return null;
        }

        var notice = JsonSerializer.Deserialize(body, SandboxJson.Default.SandboxNotice);
        return notice is not { Id: not null, Type: not null } ? throw new JsonException("This is no notice of the sandbox.") : new WebhookNotice(notice.Id, notice.Type, notice.Reference, notice.Authorization);
    }

    private static async Task<ProviderAnswer?> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.PaymentRequired))
        {
            throw new HttpRequestException($"The sandbox answered {(int)answer.StatusCode}.", null, answer.StatusCode);
        }

        var it = JsonSerializer.Deserialize(body, SandboxJson.Default.SandboxAuthorization)!;
        var state = new ProviderState(
            it.Id, it.Authorized, it.Captured, it.Refunded, it.Status is SandboxAuthorization.Closed or SandboxAuthorization.Failed,
            it.Status == SandboxAuthorization.Challenged ? $"/api/v1/payments/sandbox/challenges/{it.Id}" : null,
            it.Status == SandboxAuthorization.Failed ? it.Failure : null);
        return answer.StatusCode == HttpStatusCode.OK ? ProviderAnswer.Done(state) : ProviderAnswer.Declined(it.Failure!, $"The bank says: {it.Failure!.Replace('_', ' ')}.", state);
    }
}
