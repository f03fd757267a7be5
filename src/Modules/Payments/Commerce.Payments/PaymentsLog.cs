using Microsoft.Extensions.Logging;

namespace Commerce.Payments;

/// <summary>What the module has to say to its operators; ids 3500 to 3599.</summary>
internal static partial class PaymentsLog
{
    [LoggerMessage(3500, LogLevel.Warning, "The work on payments stopped for a moment; it goes on.")]
    internal static partial void WorkFailed(ILogger logger, Exception exception);

    [LoggerMessage(3501, LogLevel.Information, "Call {CallId} of payment {PaymentId} has no known outcome: {Problem}. The provider is asked at {RetryAt}.")]
    internal static partial void CallUnsettled(ILogger logger, Guid callId, Guid paymentId, string problem, DateTimeOffset retryAt);

    [LoggerMessage(3502, LogLevel.Warning, "A task for payment {PaymentId} failed; it is tried again.")]
    internal static partial void TaskFailed(ILogger logger, Exception exception, Guid paymentId);

    [LoggerMessage(3503, LogLevel.Error, "The provider declined to {Kind} {Amount} of payment {PaymentId}: {Code}. Staff has to look at it.")]
    internal static partial void CallDeclined(ILogger logger, string kind, decimal amount, Guid paymentId, string? code);

    [LoggerMessage(3504, LogLevel.Warning, "A webhook of the sandbox was not delivered; it is sent again.")]
    internal static partial void NoticeUndelivered(ILogger logger, Exception exception);
}
