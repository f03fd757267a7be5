using Microsoft.Extensions.Logging;

namespace Commerce.EventStore;

/// <summary>The store's log messages, each with its own id.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(1001, LogLevel.Error, "A batch of {Count} decisions failed")]
    public static partial void BatchFailed(ILogger logger, Exception exception, int count);

    [LoggerMessage(1002, LogLevel.Warning, "The answer of a commit was lost; looking whether it happened")]
    public static partial void AnswerLost(ILogger logger, Exception exception);

    [LoggerMessage(1003, LogLevel.Error, "A decision threw: a bug in an aggregate or slice")]
    public static partial void DecisionThrew(ILogger logger, Exception exception);

    [LoggerMessage(1004, LogLevel.Error, "A commit listener threw; caches may serve a former state until their entries expire")]
    public static partial void ListenerThrew(ILogger logger, Exception exception);

    [LoggerMessage(1005, LogLevel.Error, "Subscription {Name} failed; it tries again in {Delay}")]
    public static partial void SubscriptionFailed(ILogger logger, Exception exception, string name, TimeSpan delay);

    [LoggerMessage(1006, LogLevel.Warning, "The wake-up connection broke; subscriptions poll until it is back")]
    public static partial void WakeUpBroke(ILogger logger, Exception exception);

    [LoggerMessage(1007, LogLevel.Warning, "The database was restored from a dump: positions go on from transaction {Highest}, shifted by {Shift}")]
    public static partial void OriginShifted(ILogger logger, long highest, long shift);

    [LoggerMessage(1008, LogLevel.Information, "This host now runs subscription {Name}, from position {Position}")]
    public static partial void SubscriptionTaken(ILogger logger, string name, EventPosition position);

    [LoggerMessage(1009, LogLevel.Warning, "{Count} streams could not be loaded; their decisions are carried through on their own")]
    public static partial void LoadFailed(ILogger logger, Exception exception, int count);
}
