using Microsoft.Extensions.Logging;

namespace Commerce.Inventory;

/// <summary>What the module has to say to its operators; ids 3100 to 3199.</summary>
internal static partial class InventoryLog
{
    [LoggerMessage(3100, LogLevel.Warning, "The locations could not be read; allocation goes on with those known.")]
    internal static partial void LocationsUnread(ILogger logger, Exception exception);

    [LoggerMessage(3101, LogLevel.Warning, "Expired reservations could not be recorded; their units are free all the same.")]
    internal static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(3102, LogLevel.Warning, "The feed of stock changes could not be read; listeners wait for it.")]
    internal static partial void FeedFailed(ILogger logger, Exception exception);

    [LoggerMessage(3103, LogLevel.Warning, "The levels of bundles could not be told; who asks gets them all the same.")]
    internal static partial void BundlesUntold(ILogger logger, Exception exception);
}
