namespace Commerce.Payments;

/// <summary>Settings of the module, section <c>Payments</c>.</summary>
internal sealed class PaymentsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Payments";

    /// <summary>Which provider takes a method: <c>Payments:Methods:card=stripe</c>. Without a line <c>card</c> goes to Stripe when it has a key, else to the sandbox when it is on.</summary>
    public Dictionary<string, string> Methods { get; } = new(StringComparer.Ordinal);

    /// <summary>Where shoppers reach the shop, for the way back from a challenge.</summary>
    public string PublicUrl { get; set; } = "http://localhost:5080";

    /// <summary>The storefront's page after a challenge, <c>{paymentId}</c> and <c>{orderId}</c> filled in; it asks <c>GET /payments/{id}/return</c>, where shoppers come without one.</summary>
    public string? ReturnUrl { get; set; }


    /// <summary>How long a call to a provider may take before its outcome counts as unknown.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call is one process's alone; afterwards another one asks what became of it.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a payment that waits for the shopper or the bank is looked at when no webhook comes.</summary>
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How far the time in a webhook's signature may be off.</summary>
    public TimeSpan WebhookTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long tokens are kept.</summary>
    public TimeSpan KeepTokens { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The sandbox.</summary>
    public SandboxOptions Sandbox { get; } = new();

    /// <summary>Stripe.</summary>
    public StripeOptions Stripe { get; } = new();
}

/// <summary>Settings of the sandbox, section <c>Payments:Sandbox</c>.</summary>
internal sealed class SandboxOptions
{
    /// <summary>Whether play money is taken.</summary>
    public bool Enabled { get; set; }

    /// <summary>What signs its webhooks. It is known to everybody who reads this: the money is play money.</summary>
    public string WebhookSecret { get; set; } = "sandbox-webhook-secret";

    /// <summary>Where its webhooks are sent over HTTP; without one they reach the shop inside the process, by the same door.</summary>
    public Uri? WebhookUrl { get; set; }
}

/// <summary>Settings of Stripe, section <c>Payments:Stripe</c>.</summary>
internal sealed class StripeOptions
{
    /// <summary>The secret key; without one there is no Stripe.</summary>
    public string? SecretKey { get; set; }

    /// <summary>The secret of the webhook endpoint.</summary>
    public string? WebhookSecret { get; set; }

    /// <summary>Where the API is.</summary>
    public Uri BaseAddress { get; set; } = new("https://api.stripe.com");
}
