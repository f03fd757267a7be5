using Commerce.Monetary;

namespace Commerce.Payments.Providers;

/// <summary>
/// Whoever moves money: what the shop asks of it, and how it tells what became of it. An implementation never decides anything; it translates. It throws
/// when the outcome cannot be known (<see cref="HttpRequestException"/>, a time-out), and never for a no.
/// </summary>
internal interface IPaymentProvider
{
    /// <summary>The name in routes, events and settings.</summary>
    string Name { get; }

    /// <summary>Makes a call under its idempotency key: the same call again has the same effect and the same answer.</summary>
    Task<ProviderAnswer> CallAsync(ProviderCall call, CancellationToken cancellationToken);

    /// <summary>Asks what became of a call that was or was not made: null when the provider knows nothing of it, and then it may be made.</summary>
    Task<ProviderAnswer?> FindAsync(ProviderCall call, CancellationToken cancellationToken);

    /// <summary>Asks how a payment stands; null when the provider does not know it.</summary>
    Task<ProviderState?> LookAsync(PaymentIdentity payment, CancellationToken cancellationToken);

    /// <summary>Why this is no token of the provider, or null.</summary>
    string? FaultOf(string token);

    /// <summary>What is kept of a token.</summary>
    string Kept(string token) => token;
}

/// <summary>A payment as both sides know it.</summary>
/// <param name="PaymentId">Our id, which the provider was told.</param>
/// <param name="Reference">The provider's id, or null before it was heard.</param>
/// <param name="Currency">The currency of its amounts.</param>
internal sealed record PaymentIdentity(Guid PaymentId, string? Reference, string Currency);

/// <summary>One call.</summary>
/// <param name="Id">The idempotency key.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Payment">Of which payment.</param>
/// <param name="OrderId">The order that it pays.</param>
/// <param name="Amount">How much.</param>
/// <param name="Token">What the browser got, for an authorization.</param>
/// <param name="ReturnUrl">Where the shopper comes back to after a challenge.</param>
internal sealed record ProviderCall(Guid Id, PaymentCallKind Kind, PaymentIdentity Payment, Guid OrderId, Money Amount, string? Token, string ReturnUrl);

/// <summary>The provider's answer to a call.</summary>
/// <param name="IsDone">Whether it did, or began, what was asked.</param>
/// <param name="Code">Why not, in a word.</param>
/// <param name="Message">Why not, for people.</param>
/// <param name="State">How the payment stands now, when the provider says.</param>
internal sealed record ProviderAnswer(bool IsDone, string? Code, string? Message, ProviderState? State)
{
    /// <summary>It did what was asked.</summary>
    public static ProviderAnswer Done(ProviderState state) => new(true, null, null, state);

    /// <summary>It said no.</summary>
    public static ProviderAnswer Declined(string code, string? message, ProviderState? state = null) => new(false, code, message, state);
}

/// <summary>
/// How a payment stands at its provider, in sums since its beginning. Sums only grow, so an answer that comes late, twice or out of turn says nothing new
/// and can do no harm.
/// </summary>
/// <param name="Reference">The provider's id.</param>
/// <param name="Authorized">Set aside, in all.</param>
/// <param name="Captured">Taken, in all.</param>
/// <param name="Refunded">Given back, in all.</param>
/// <param name="IsClosed">Whether nothing is set aside any more, and nothing will be.</param>
/// <param name="ActionUrl">Where the shopper has to go, or null.</param>
/// <param name="FailureCode">Why it failed for good, or null.</param>
/// <param name="FailureMessage">The same for people.</param>
internal sealed record ProviderState(
    string Reference, decimal Authorized, decimal Captured, decimal Refunded, bool IsClosed, string? ActionUrl = null, string? FailureCode = null, string? FailureMessage = null);
