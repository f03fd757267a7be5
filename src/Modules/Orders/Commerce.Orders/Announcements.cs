using Commerce.EventStore;
using Commerce.Orders.Contracts;

namespace Commerce.Orders;

/// <summary>The only place where this module's events become contracts.</summary>
internal sealed class Announcements : IAnnouncements
{
    /// <inheritdoc />
    public IReadOnlyDictionary<Type, IReadOnlyCollection<Type>> Announced { get; } = new Dictionary<Type, IReadOnlyCollection<Type>>
    {
        [typeof(OrderPlacedAnnouncement)] = [typeof(OrderPlaced)],
        [typeof(OrderCancelledAnnouncement)] = [typeof(OrderCancelled)],
    };

    /// <inheritdoc />
    public object? Announce(RecordedEvent @event) => @event.Data switch
    {
        OrderPlaced placed => new OrderPlacedAnnouncement(
            @event.StreamId, placed.CustomerId, placed.SessionId,
            [.. placed.Lines.Select(line => new OrderedLine(line.Sku, line.ProductId, line.Quantity))], placed.PlacedAt),
        OrderCancelled cancelled => new OrderCancelledAnnouncement(
            @event.StreamId, cancelled.CustomerId, cancelled.SessionId,
            [.. cancelled.Lines.Select(line => new OrderedLine(line.Sku, line.ProductId, line.Quantity))], cancelled.CancelledAt),
        _ => null,
    };
}
