using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Commerce.Monetary;
using Commerce.Payments.Providers;
using Commerce.Payments.Webhooks;

namespace Commerce.Payments.Stripe;

/// <summary>
/// Stripe's public API: one PaymentIntent with manual capture for each payment. Requests are forms with an <c>Idempotency-Key</c>; the same key asks for
/// the same, so what became of a call is learned by making it again.
/// </summary>
internal sealed class StripeProvider(HttpClient http, PaymentsOptions options, TimeProvider clock) : IPaymentProvider, IWebhookReader
{
    /// <summary>Its name.</summary>
    public const string ProviderName = "stripe";

    /// <summary>The version of the API that this speaks.</summary>
    public const string ApiVersion = "2024-06-20";

    /// <summary>The header of its signature.</summary>
    public const string SignatureHeader = "Stripe-Signature";

    /// <inheritdoc />
    public string Name => ProviderName;

    /// <inheritdoc />
    public async Task<ProviderAnswer> CallAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var (path, form) = Request(call);
        var (status, body) = await SendAsync(HttpMethod.Post, path, form, call.Id.ToString(), cancellationToken);
        using var json = body;
        if (status == HttpStatusCode.OK && call.Kind != PaymentCallKind.Refund)
        {
            return Answer(call, StateOf(json.RootElement, call.Payment.Currency));
        }

        if (status == HttpStatusCode.OK)
        {
            // A refund's answer does not say how the payment stands.
            var refused = json.RootElement.TryGetProperty("status", out var word) && word.GetString() is "failed" or "canceled";
            var state = await LookAsync(call.Payment, cancellationToken);
            return refused ? ProviderAnswer.Declined("refund_failed", "Stripe could not give the money back.", state) : new ProviderAnswer(true, null, null, state);
        }

        var error = json.RootElement.GetProperty("error");
        return ProviderAnswer.Declined(
            Text(error, "decline_code") ?? Text(error, "code") ?? Text(error, "type") ?? "declined", Text(error, "message"),
            error.TryGetProperty("payment_intent", out var intent) ? StateOf(intent, call.Payment.Currency) with { FailureCode = null } : null);
    }

    /// <inheritdoc />
    public Task<ProviderAnswer?> FindAsync(ProviderCall call, CancellationToken cancellationToken) => Task.FromResult<ProviderAnswer?>(null);

    /// <inheritdoc />
    public async Task<ProviderState?> LookAsync(PaymentIdentity payment, CancellationToken cancellationToken)
    {
        if (payment.Reference is null)
        {
            return null;
        }

        var (status, body) = await SendAsync(HttpMethod.Get, $"/v1/payment_intents/{Uri.EscapeDataString(payment.Reference)}?expand[]=latest_charge", null, null, cancellationToken);
        using var json = body;
        return status == HttpStatusCode.OK ? StateOf(json.RootElement, payment.Currency) : null;
    }

    /// <inheritdoc />
    public string? FaultOf(string token) =>
        token.Count(char.IsAsciiDigit) >= 12 && token.All(symbol => char.IsAsciiDigit(symbol) || symbol is ' ' or '-')
            ? "This looks like a card's number. Send the id of a PaymentMethod that Stripe's library made."
            : null;

    /// <inheritdoc />
    public WebhookNotice? Read(string body, Func<string, string?> header)
    {
        if (!WebhookSignature.IsValid(header(SignatureHeader), body, options.Stripe.WebhookSecret, clock.GetUtcNow(), options.WebhookTolerance))
        {
            return null;
        }

        using var json = JsonDocument.Parse(body);
        var (id, kind) = (Text(json.RootElement, "id"), Text(json.RootElement, "type"));
        if (id is null || kind is null || !json.RootElement.TryGetProperty("data", out var data) || !data.TryGetProperty("object", out var it))
        {
            throw new JsonException("This is no event of Stripe.");
        }

        // The object is a PaymentIntent, or a charge or refund that names one.
        var reference = Text(it, "object") == "payment_intent" ? Text(it, "id") : Text(it, "payment_intent");
        var payment = it.TryGetProperty("metadata", out var metadata) && Guid.TryParse(Text(metadata, "payment_id"), out var known) ? known : (Guid?)null;
        return new WebhookNotice(id, kind, payment, reference);
    }

    private static (string Path, Dictionary<string, string> Form) Request(ProviderCall call)
    {
        var amount = Minor(call.Amount);
        var intent = call.Payment.Reference is { } reference ? $"/v1/payment_intents/{Uri.EscapeDataString(reference)}" : "";
        return call.Kind switch
        {
            PaymentCallKind.Authorize => ("/v1/payment_intents", new Dictionary<string, string>
            {
                ["amount"] = amount,
                ["currency"] = call.Amount.Currency.ToLowerInvariant(),
                ["payment_method"] = call.Token ?? "",
                ["capture_method"] = "manual",
                ["confirm"] = "true",
                ["return_url"] = call.ReturnUrl,
                ["metadata[payment_id]"] = call.Payment.PaymentId.ToString(),
                ["metadata[order_id]"] = call.OrderId.ToString(),
            }),
            PaymentCallKind.Capture => ($"{intent}/capture", new Dictionary<string, string> { ["amount_to_capture"] = amount }),
            PaymentCallKind.Refund => ("/v1/refunds", new Dictionary<string, string> { ["payment_intent"] = call.Payment.Reference!, ["amount"] = amount }),
            PaymentCallKind.Void => ($"{intent}/cancel", []),
            _ => throw new InvalidOperationException($"Stripe is not asked to {call.Kind}."),
        };
    }

    private async Task<(HttpStatusCode Status, JsonDocument Body)> SendAsync(
        HttpMethod method, string path, Dictionary<string, string>? form, string? key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Stripe.SecretKey);
        request.Headers.Add("Stripe-Version", ApiVersion);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        request.Content = form is null ? null : new FormUrlEncodedContent(form);
        using var answer = await http.SendAsync(request, cancellationToken);
        // 409 is a call under the same key that still runs, 429 and 5xx say nothing of what happened: none of them is an answer.
        if (answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests || (int)answer.StatusCode >= 500)
        {
            throw new HttpRequestException($"Stripe answered {(int)answer.StatusCode}.", null, answer.StatusCode);
        }

        return (answer.StatusCode, await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken));
    }

    private static ProviderAnswer Answer(ProviderCall call, ProviderState state) =>
        call.Kind == PaymentCallKind.Authorize && state is { FailureCode: { } code } ? ProviderAnswer.Declined(code, state.FailureMessage, state) : ProviderAnswer.Done(state);

    private static ProviderState StateOf(JsonElement intent, string currency)
    {
        var (amount, received, capturable) = (Major(intent, "amount", currency), Major(intent, "amount_received", currency), Major(intent, "amount_capturable", currency));
        var status = Text(intent, "status");
        var refunded = intent.TryGetProperty("latest_charge", out var charge) && charge.ValueKind == JsonValueKind.Object ? Major(charge, "amount_refunded", currency) : 0m;
        var error = intent.TryGetProperty("last_payment_error", out var last) && last.ValueKind == JsonValueKind.Object ? last : (JsonElement?)null;
        // What is canceled may have been set aside before, which Stripe no longer says; the shop's own record does.
        var authorized = status == "succeeded" ? amount : received + capturable;
        return new ProviderState(
            Text(intent, "id")!, authorized, received, refunded, status is "succeeded" or "canceled", status == "requires_action" ? ActionOf(intent) : null,
            status switch
            {
                "canceled" => Payment.Voided,
                "requires_payment_method" => (error is { } e ? Text(e, "decline_code") ?? Text(e, "code") : null) ?? "declined",
                _ => null,
            },
            error is { } why ? Text(why, "message") : null);
    }

    private static string? ActionOf(JsonElement intent) =>
        intent.TryGetProperty("next_action", out var action) && action.ValueKind == JsonValueKind.Object && action.TryGetProperty("redirect_to_url", out var redirect)
            ? Text(redirect, "url")
            : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Minor(Money amount)
    {
        var minor = amount.Amount;
        for (var digit = 0; digit < Currency.MinorDigits(amount.Currency); digit++)
        {
            minor *= 10;
        }

        return decimal.Truncate(minor).ToString(CultureInfo.InvariantCulture);
    }

    private static decimal Major(JsonElement element, string name, string currency)
    {
        if (!element.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Number)
        {
            return 0m;
        }

        var major = value.GetDecimal();
        for (var digit = 0; digit < Currency.MinorDigits(currency); digit++)
        {
            major /= 10;
        }

        return major;
    }
}
