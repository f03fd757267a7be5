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
    public object? Announce(RecordedEvent @event) =>
        @event.Data is IStockEvent stock ? new StockChangedAnnouncement(stock.Sku, stock.After.Available, stock.After.Availability) : null;
}
