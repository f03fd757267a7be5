using System.Text.Json;
using Commerce.Monetary;
using Commerce.Web;

namespace Commerce.Payments.ReadModels;

/// <summary>A payment as staff sees it.</summary>
/// <param name="Id">The payment.</param>
/// <param name="OrderId">The order that it pays.</param>
/// <param name="Provider">Who moves the money.</param>
/// <param name="Reference">The provider's id of it.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Amount">How much was asked for.</param>
/// <param name="Authorized">Set aside and not taken.</param>
/// <param name="Captured">Taken, in all.</param>
/// <param name="Refunded">Given back, in all.</param>
/// <param name="IsTurnedDown">Whether the order had no use for it, so that it goes back.</param>
/// <param name="NextActionUrl">Where the shopper has to go first.</param>
/// <param name="FailureCode">Why it did not come about.</param>
/// <param name="FailureMessage">The same for people.</param>
/// <param name="OpenedAt">When it began, UTC.</param>
/// <param name="Calls">What was asked of the provider, in order.</param>
/// <param name="Version">The number of its events, also in <c>ETag</c>.</param>
internal sealed record PaymentResponse(
    Guid Id, Guid OrderId, string Provider, string? Reference, string Status, Money Amount, Money Authorized, Money Captured, Money Refunded, bool IsTurnedDown,
    string? NextActionUrl, string? FailureCode, string? FailureMessage, DateTimeOffset OpenedAt, IReadOnlyList<PaymentCallResponse> Calls, long Version)
{
    private static readonly JsonSerializerOptions Wire = Options();

    /// <summary>The state of a payment as a document.</summary>
    public static PaymentResponse Of(Guid id, long version, Payment payment) => new(
        id, payment.OrderId, payment.Provider, payment.Reference, payment.Status, Money.Of(payment.Amount, payment.Currency), Money.Of(payment.Held, payment.Currency),
        Money.Of(payment.Captured, payment.Currency), Money.Of(payment.Refunded, payment.Currency), payment.IsTurnedDown, payment.ActionUrl, payment.FailureCode,
        payment.FailureMessage, payment.OpenedAt,
        [.. payment.Calls.Select(call => new PaymentCallResponse(
            call.Id, call.Kind, Money.Of(call.Amount, payment.Currency), call.State, call.Attempts, call.Problem, call.RetryAt, call.Code, call.IntendedAt, call.SettledAt))],
        version);

    /// <summary>The body that is sent.</summary>
    public static byte[] Bytes(Guid id, long version, Payment payment) => JsonSerializer.SerializeToUtf8Bytes(Of(id, version, payment), Wire);

    /// <summary>Reads a row's document.</summary>
    public static PaymentResponse Read(byte[] document) => JsonSerializer.Deserialize<PaymentResponse>(document, Wire)!;

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions();
        WireJson.Configure(options);
        // A document that was written before a field existed is still read.
        options.RespectRequiredConstructorParameters = false;
        options.RespectNullableAnnotations = false;
        options.TypeInfoResolverChain.Add(PaymentsJson.Default);
        options.MakeReadOnly();
        return options;
    }
}

/// <summary>One call to the provider.</summary>
/// <param name="Id">Its idempotency key.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Amount">How much.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">Attempts that ended without a known outcome.</param>
/// <param name="Problem">What went wrong the last time.</param>
/// <param name="RetryAt">When the provider is asked what became of it, UTC.</param>
/// <param name="Code">Why it was declined.</param>
/// <param name="IntendedAt">When it was decided on, UTC.</param>
/// <param name="SettledAt">When its outcome became known, UTC.</param>
internal sealed record PaymentCallResponse(
    Guid Id, PaymentCallKind Kind, Money Amount, PaymentCallState State, int Attempts, string? Problem, DateTimeOffset? RetryAt, string? Code, DateTimeOffset IntendedAt,
    DateTimeOffset? SettledAt);
