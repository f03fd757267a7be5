using Microsoft.Extensions.Logging;

namespace Commerce.Orders;

/// <summary>What the module has to say to its operators; ids 3400 to 3499.</summary>
internal static partial class OrdersLog
{
    [LoggerMessage(3400, LogLevel.Warning, "Orders that were not paid in time could not be cancelled; they are tried again.")]
    internal static partial void AbandonedUncancelled(ILogger logger, Exception exception);
}
