namespace Commerce.Inventory;

/// <summary>What every event of a stock stream tells, so that ledgers and announcements need no state: whose stock, and how it stands after the event.</summary>
internal interface IStockEvent
{
    string Sku { get; }

    StockBalance After { get; }
}

/// <summary>How a SKU stands after an event, over all locations.</summary>
/// <param name="OnHand">Units in the building.</param>
/// <param name="Reserved">Units promised: to orders, to open reservations, and on back-order.</param>
/// <param name="Availability">One of the contract's four words.</param>
internal sealed record StockBalance(int OnHand, int Reserved, string Availability)
{
    /// <summary>Units that nobody holds; negative when more is promised than is there.</summary>
    internal int Available => OnHand - Reserved;
}

/// <summary>Units of one SKU at one location.</summary>
internal sealed record StockPick(string Location, int Quantity);

/// <summary>Picks as units.</summary>
internal static class StockPicks
{
    /// <summary>How many units they are, over all locations.</summary>
    public static int Units(this IReadOnlyList<StockPick> picks)
    {
        var units = 0;
        for (var i = 0; i < picks.Count; i++)
        {
            units += picks[i].Quantity;
        }

        return units;
    }
}

/// <summary>Units arrived.</summary>
internal sealed record StockReceived(string Sku, string Location, int Quantity, string? Reference, StockBalance After) : IStockEvent;

/// <summary>A count, a loss or a find changed what is there.</summary>
internal sealed record StockAdjusted(string Sku, string Location, int Delta, string Reason, StockBalance After, Guid? CountId = null) : IStockEvent;

/// <summary>Units moved from one location to another.</summary>
internal sealed record StockTransferred(string Sku, string From, string To, int Quantity, string? Reference, StockBalance After) : IStockEvent;

/// <summary>Units left for another location and are on their way.</summary>
internal sealed record StockSentAway(string Sku, Guid TransferId, string From, string To, int Quantity, string? Reference, StockBalance After) : IStockEvent;

/// <summary>Units that were on their way arrived.</summary>
internal sealed record StockArrived(string Sku, Guid TransferId, string Location, int Quantity, StockBalance After) : IStockEvent;

/// <summary>Units that were on their way will not arrive.</summary>
internal sealed record StockLostInTransit(string Sku, Guid TransferId, int Quantity, string Reason, StockBalance After) : IStockEvent;

/// <summary>Units are held for a while.</summary>
internal sealed record StockReserved(string Sku, Guid ReservationId, IReadOnlyList<StockPick> Picks, DateTimeOffset ExpiresAt, StockBalance After) : IStockEvent;

/// <summary>A hold lasts longer.</summary>
internal sealed record StockHoldExtended(string Sku, Guid ReservationId, DateTimeOffset ExpiresAt, StockBalance After) : IStockEvent;

/// <summary>A hold was given up before its time.</summary>
internal sealed record StockHoldReleased(string Sku, Guid ReservationId, int Quantity, StockBalance After) : IStockEvent;

/// <summary>A hold's time had passed; its units were free from <paramref name="ExpiredAt"/> on, whenever this was recorded.</summary>
internal sealed record StockHoldExpired(string Sku, Guid ReservationId, int Quantity, DateTimeOffset ExpiredAt, StockBalance After) : IStockEvent;

/// <summary>Units were promised to an order, and some perhaps on back-order, without a location yet.</summary>
internal sealed record StockAllocated(
    string Sku, Guid OrderId, IReadOnlyList<StockPick> Picks, int Backordered, StockBalance After, string? Bundle = null) : IStockEvent;

/// <summary>An order gave its units back.</summary>
internal sealed record StockReleased(
    string Sku, Guid OrderId, IReadOnlyList<StockPick> Picks, int Backordered, StockBalance After, string? Bundle = null) : IStockEvent;

/// <summary>Units that were promised to an order left the building.</summary>
internal sealed record StockDispatched(string Sku, Guid OrderId, IReadOnlyList<StockPick> Picks, StockBalance After, string? Bundle = null) : IStockEvent;

/// <summary>Units that an order had sent came back to be sold again.</summary>
internal sealed record StockReturned(
    string Sku, Guid OrderId, Guid ReturnId, string Location, int Quantity, StockBalance After, string? Bundle = null) : IStockEvent;

/// <summary>A reservation's units became an order's; <paramref name="Returned"/> of them were not wanted and are free.</summary>
internal sealed record StockHoldConverted(
    string Sku, Guid ReservationId, Guid OrderId, IReadOnlyList<StockPick> Picks, int Returned, StockBalance After, string? Bundle = null) : IStockEvent;

/// <summary>Free units went to orders that waited for them, in the order in which they had come.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Picks">Where the units are.</param>
/// <param name="After">How it stands after.</param>
/// <param name="Filled">Whose they are now, the first first; unknown in old histories.</param>
internal sealed record BackorderFilled(string Sku, IReadOnlyList<StockPick> Picks, StockBalance After, IReadOnlyList<WaitingUnits>? Filled = null) : IStockEvent;

/// <summary>The SKU is sold before it is there, until its release and up to a limit.</summary>
internal sealed record StockPreorderOpened(string Sku, DateTimeOffset ReleaseAt, int Limit, StockBalance After) : IStockEvent;

/// <summary>The SKU is no longer sold in advance: it was released, or the sale was called off.</summary>
internal sealed record StockPreorderClosed(string Sku, StockBalance After) : IStockEvent;

/// <summary>The available units fell to the SKU's threshold.</summary>
internal sealed record StockRanLow(string Sku, int Available, int Threshold, StockBalance After) : IStockEvent;

/// <summary>There are more units than the SKU's threshold again.</summary>
internal sealed record StockRecovered(string Sku, int Available, int Threshold, StockBalance After) : IStockEvent;

/// <summary>How far the SKU may be oversold and from where on it counts as low.</summary>
internal sealed record StockSettingsChanged(string Sku, int BackorderLimit, int LowStockThreshold, StockBalance After) : IStockEvent;
