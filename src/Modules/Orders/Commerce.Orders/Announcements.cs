using Commerce.EventStore;
using Commerce.Orders.Contracts;
using Commerce.Orders.Paying;

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
        [typeof(OrderMoneyRequestedAnnouncement)] = [typeof(PaymentRequested)],
        [typeof(OrderMoneyRecordedAnnouncement)] = [typeof(PaymentAuthorized), typeof(PaymentCaptured), typeof(PaymentRefunded)],
        [typeof(OrderRefundedByHandAnnouncement)] = [typeof(PaymentRefunded)],
    };

    /// <inheritdoc />
    public object? Announce(RecordedEvent @event) => @event.Data switch
    {
        OrderPlaced placed => new OrderPlacedAnnouncement(
            @event.StreamId, placed.CustomerId, placed.SessionId,
            [.. placed.Lines.Select(line => new OrderedLine(line.Sku, line.ProductId, line.Quantity))], placed.PlacedAt, Counted(placed.Discounts)),
        OrderCancelled cancelled => new OrderCancelledAnnouncement(
            @event.StreamId, cancelled.CustomerId, cancelled.SessionId,
            [.. cancelled.Lines.Select(line => new OrderedLine(line.Sku, line.ProductId, line.Quantity))], cancelled.CancelledAt),
        OrderEdited edited => new OrderEditedAnnouncement(
            @event.StreamId, [.. edited.Changes.Select(change => new OrderedUnits(change.Sku, change.Units()))], edited.EditedAt, Counted(edited.Discounts)),
        ShipmentDispatched sent => new OrderShippedAnnouncement(
            @event.StreamId, sent.ShipmentId, [.. sent.Lines.Select(line => new OrderedUnits(line.Sku, line.Quantity))], sent.DispatchedAt),
        ReturnReceived received => new OrderReturnReceivedAnnouncement(
            @event.StreamId, received.ReturnId,
            [.. received.Lines.Where(line => line.GoesOnTheShelf()).Select(line => new OrderedUnits(line.Sku, line.Quantity))], received.ReceivedAt),
        PaymentRequested asked => new OrderMoneyRequestedAnnouncement(
            @event.StreamId, asked.RequestId, KindOf(asked.Kind), asked.Amount, asked.Currency, asked.Provider, asked.Reason, asked.RequestedAt),
        PaymentAuthorized { PaymentId: { } payment } money => new OrderMoneyRecordedAnnouncement(@event.StreamId, payment, "authorized", money.Amount, money.AuthorizedAt),
        PaymentCaptured { PaymentId: { } payment } money => new OrderMoneyRecordedAnnouncement(@event.StreamId, payment, "captured", money.Amount, money.CapturedAt),
        PaymentRefunded { PaymentId: { } payment } money => new OrderMoneyRecordedAnnouncement(@event.StreamId, payment, "refunded", money.Amount, money.RefundedAt),
        PaymentRefunded { PaymentId: null } refunded => new OrderRefundedByHandAnnouncement(@event.StreamId, refunded.Amount, refunded.RefundedAt),
        _ => null,
    };

    private static OrderMoneyRequestKind KindOf(MoneyRequestKind kind) => kind switch
    {
        MoneyRequestKind.Authorize => OrderMoneyRequestKind.Authorize,
        MoneyRequestKind.Capture => OrderMoneyRequestKind.Capture,
        MoneyRequestKind.Refund => OrderMoneyRequestKind.Refund,
        MoneyRequestKind.Void => OrderMoneyRequestKind.Void,
        _ => throw new InvalidOperationException($"An order does not ask for {kind}."),
    };

    private static IReadOnlyList<Guid>? Counted(IReadOnlyList<OrderDiscount>? discounts) =>
        discounts is null ? null : [.. discounts.Where(discount => discount.IsCounted).Select(discount => discount.DiscountId)];
}
