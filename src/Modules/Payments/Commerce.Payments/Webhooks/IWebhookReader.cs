namespace Commerce.Payments.Webhooks;

/// <summary>How a provider's webhooks are read.</summary>
internal interface IWebhookReader
{
    /// <summary>The provider's name.</summary>
    string Name { get; }

    /// <summary>What the webhook says, or null when its signature is not the provider's. Throws <see cref="System.Text.Json.JsonException"/> for a signed body that is no notice.</summary>
    WebhookNotice? Read(string body, Func<string, string?> header);
}

/// <summary>A webhook reduced to what it is good for: which payment to look at. What it claims to have happened is asked of the provider.</summary>
/// <param name="EventId">The provider's number of the notice: each is taken once.</param>
/// <param name="Kind">What it is about, for people.</param>
/// <param name="PaymentId">Our payment, when the provider says.</param>
/// <param name="Reference">The provider's id of the payment.</param>
internal sealed record WebhookNotice(string EventId, string Kind, Guid? PaymentId, string? Reference);
