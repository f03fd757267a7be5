using Commerce.EventStore;
using Commerce.Inventory.Contracts;

namespace Commerce.Inventory;

/// <summary>Own event to contract: the module's only translator.</summary>
internal sealed class Announcements : IAnnouncements
{
    /// <inheritdoc />
    public IReadOnlyDictionary<Type, IReadOnlyCollection<Type>> Announced { get; } = new Dictionary<Type, IReadOnlyCollection<Type>>
    {
        [typeof(StockChangedAnnouncement)] = InventoryModule.StockEvents,
    };

    /// <inheritdoc />
    public object? Announce(RecordedEvent @event)
    {
        var (order, taken) = @event.Data switch
        {
            StockAllocated e => (e.OrderId, Units(e.Picks) + e.Backordered),
            StockReleased e => (e.OrderId, -Units(e.Picks) - e.Backordered),
            _ => (default(Guid?), 0),
        };
        return @event.Data is IStockEvent stock ? new StockChangedAnnouncement(stock.Sku, stock.After.Available, stock.After.Availability, order, taken) : null;
    }

    private static int Units(IReadOnlyList<StockPick> picks)
    {
        var units = 0;
        for (var i = 0; i < picks.Count; i++)
        {
            units += picks[i].Quantity;
        }

        return units;
    }
}
