using Commerce.Outcomes;
using Commerce.Payments.Providers;
using Commerce.Payments.Webhooks;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Payments.Slices;

// A provider says that something changed. It is put down and answered at once; what changed is asked of the provider, so a webhook may come twice, late,
// out of turn, or before the shopper.

/// <summary>The webhook was put down.</summary>
/// <param name="Received">Always true.</param>
/// <param name="Duplicate">Whether it was there already.</param>
internal sealed record WebhookResponse(bool Received, bool Duplicate);

internal sealed record ReceiveWebhook(string Provider, string Body, Func<string, string?> Header) : IRequest<Outcome<WebhookResponse>>;

internal sealed class ReceiveWebhookEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/payments/webhooks/{provider}", async (string provider, HttpRequest request, Dispatcher dispatcher, CancellationToken cancellationToken) =>
        {
            using var reader = new StreamReader(request.Body);
            var body = await reader.ReadToEndAsync(cancellationToken);
            return await dispatcher.SendAsync(
                new ReceiveWebhook(provider, body, name => request.Headers[name].FirstOrDefault()), Respond.Ok<WebhookResponse>(), cancellationToken);
        })
        .AllowAnonymous()
        .WithoutIdempotencyRecord()
        .Returns<WebhookResponse>()
        .Refuses<ValidationFailed, WebhookUnsigned, ProviderNotFound>()
        .WithSummary("Take in a provider's webhook");
}

internal sealed class ReceiveWebhookHandler(PaymentProviders providers, WebhookInbox inbox) : IRequestHandler<ReceiveWebhook, Outcome<WebhookResponse>>
{
    private static readonly string[] Names = [Sandbox.SandboxProvider.ProviderName, Stripe.StripeProvider.ProviderName];

    public async Task<Outcome<WebhookResponse>> Handle(ReceiveWebhook command, CancellationToken cancellationToken)
    {
        if (providers.ReaderOf(command.Provider) is not { } reader)
        {
            // A provider that is not set up has no secret to sign with.
            return Names.Contains(command.Provider, StringComparer.Ordinal) ? new WebhookUnsigned() : new ProviderNotFound();
        }

        try
        {
            return reader.Read(command.Body, command.Header) is { } notice
                ? new WebhookResponse(true, !await inbox.TakeAsync(command.Provider, notice, cancellationToken))
                : new WebhookUnsigned();
        }
        catch (System.Text.Json.JsonException)
        {
            return ValidationFailed.Of("body", "This is signed, and no event of the provider.");
        }
    }
}
