using System.Text.Json.Serialization;

namespace Commerce.Payments;

/// <summary>What a provider can be asked.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentCallKind>))]
internal enum PaymentCallKind
{
    /// <summary>Set money aside.</summary>
    [JsonStringEnumMemberName("authorize")]
    Authorize,

    /// <summary>Take what is set aside.</summary>
    [JsonStringEnumMemberName("capture")]
    Capture,

    /// <summary>Give back what was taken.</summary>
    [JsonStringEnumMemberName("refund")]
    Refund,

    /// <summary>Give up what is set aside.</summary>
    [JsonStringEnumMemberName("void")]
    Void,
}

/// <summary>Where a call stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentCallState>))]
internal enum PaymentCallState
{
    /// <summary>Its outcome is not known.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>The provider did it.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>The provider said no.</summary>
    [JsonStringEnumMemberName("declined")]
    Declined,
}

/// <summary>One call to a provider.</summary>
/// <param name="Id">Its idempotency key.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Amount">How much.</param>
/// <param name="Moved">How much of it the payment has seen moving already, for instance by a webhook that was quicker than the answer.</param>
/// <param name="RequestId">The order's request that it carries out, or null.</param>
/// <param name="IntendedAt">When it was decided on.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">Attempts without an outcome.</param>
/// <param name="RetryAt">When it is due.</param>
/// <param name="Problem">What went wrong the last time.</param>
/// <param name="Code">Why it was declined.</param>
/// <param name="SettledAt">When its outcome became known.</param>
internal sealed record PaymentCall(
    Guid Id, PaymentCallKind Kind, decimal Amount, decimal Moved, Guid? RequestId, DateTimeOffset IntendedAt, PaymentCallState State = PaymentCallState.Open,
    int Attempts = 0, DateTimeOffset? RetryAt = null, string? Problem = null, string? Code = null, DateTimeOffset? SettledAt = null)
{
    /// <summary>Whether its outcome is awaited.</summary>
    public bool IsOpen => State == PaymentCallState.Open;

    /// <summary>What has neither moved nor failed.</summary>
    public decimal Left => State == PaymentCallState.Declined ? 0m : Math.Max(0m, Amount - Moved);
}
