using Commerce.Outcomes;

namespace Commerce.Payments;

/// <summary>There is no such payment.</summary>
[Problem(404, "payment-not-found", "There is no such payment")]
internal sealed record PaymentNotFound() : Refusal("There is no payment with this id.");

/// <summary>Nobody knows who sent this webhook.</summary>
[Problem(401, "webhook-signature", "The webhook is not signed by the provider")]
internal sealed record WebhookUnsigned() : Refusal("The signature is missing, wrong, or too old.");

/// <summary>No such provider sends webhooks here.</summary>
[Problem(404, "provider-not-found", "There is no such provider")]
internal sealed record ProviderNotFound() : Refusal("This shop does not know a provider of this name.");

/// <summary>The provider could not be asked.</summary>
[Problem(503, "provider-away", "The provider does not answer", RetryAfterSeconds = 5)]
internal sealed record ProviderAway() : Refusal("The provider does not answer at the moment; it is asked again by itself.");

/// <summary>The sandbox has no such challenge.</summary>
[Problem(404, "challenge-not-found", "There is no such challenge")]
internal sealed record ChallengeNotFound() : Refusal("The sandbox has no challenge with this id, or is not switched on.");
