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
        [typeof(OrderEditedAnnouncement)] = [typeof(OrderEdited)],
        [typeof(OrderShippedAnnouncement)] = [typeof(ShipmentDispatched)],
        [typeof(OrderReturnReceivedAnnouncement)] = [typeof(ReturnReceived)],
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
        OrderEdited edited => new OrderEditedAnnouncement(
            @event.StreamId, [.. edited.Changes.Select(change => new OrderedUnits(change.Sku, change.Units()))], edited.EditedAt),
        ShipmentDispatched sent => new OrderShippedAnnouncement(
            @event.StreamId, sent.ShipmentId, [.. sent.Lines.Select(line => new OrderedUnits(line.Sku, line.Quantity))], sent.DispatchedAt),
        ReturnReceived received => new OrderReturnReceivedAnnouncement(
            @event.StreamId, received.ReturnId,
            [.. received.Lines.Where(line => line.GoesOnTheShelf()).Select(line => new OrderedUnits(line.Sku, line.Quantity))], received.ReceivedAt),
        _ => null,
    };
}
