using Commerce.EventStore;
using Commerce.Inventory.Contracts;

namespace Commerce.Inventory;

/// <summary>Own event to contract: the module's only translator.</summary>
internal sealed class Announcements : IAnnouncements
{
    /// <inheritdoc />
    public IReadOnlyDictionary<Type, IReadOnlyCollection<Type>> Announced { get; } = new Dictionary<Type, IReadOnlyCollection<Type>>
    {
        [typeof(StockChangedAnnouncement)] = [.. InventoryModule.StockEvents.Except([typeof(StockRanLow)])],
        [typeof(StockRanLowAnnouncement)] = [typeof(StockRanLow)],
    };

    /// <inheritdoc />
    public object? Announce(RecordedEvent @event)
    {
        if (@event.Data is StockRanLow low)
        {
            return new StockRanLowAnnouncement(low.Sku, low.Available, low.Threshold);
        }

        var (order, taken, sent) = @event.Data switch
        {
            StockAllocated { Bundle: null } e => (e.OrderId, e.Picks.Units() + e.Backordered, 0),
            StockHoldConverted { Bundle: null } e => (e.OrderId, e.Picks.Units(), 0),
            StockReleased { Bundle: null } e => (e.OrderId, -e.Picks.Units() - e.Backordered, 0),
            StockDispatched { Bundle: null } e => (e.OrderId, 0, e.Picks.Units()),
            StockReturned { Bundle: null } e => (e.OrderId, 0, -e.Quantity),
            // The order knows the bundle; its parts are the bundle's affair.
            BundleAllocated e => (e.OrderId, e.Quantity, 0),
            BundleReleased e => (e.OrderId, -e.Quantity, 0),
            BundleDispatched e => (e.OrderId, 0, e.Quantity),
            BundleReturned e => (e.OrderId, 0, -e.Quantity),
            _ => (default(Guid?), 0, 0),
        };
        return @event.Data is IStockEvent stock ? new StockChangedAnnouncement(stock.Sku, stock.After.Available, stock.After.Availability, order, taken, sent) : null;
    }
}
