namespace Commerce.Orders.Contracts;

/// <summary>An order was placed and its stock taken.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="CustomerId">The customer, or null for a guest.</param>
/// <param name="SessionId">The shopper's browsing session as the storefront named it, or null.</param>
/// <param name="Lines">What was bought, one line per SKU.</param>
/// <param name="PlacedAt">When, UTC.</param>
/// <param name="CountedDiscounts">The discounts that it has a use of; null for none.</param>
public sealed record OrderPlacedAnnouncement(
    Guid OrderId, Guid? CustomerId, string? SessionId, IReadOnlyList<OrderedLine> Lines, DateTimeOffset PlacedAt, IReadOnlyList<Guid>? CountedDiscounts = null);

/// <summary>An order was cancelled and its stock given back.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="CustomerId">The customer, or null for a guest.</param>
/// <param name="SessionId">The session that placed it, or null.</param>
/// <param name="Lines">What had been bought, one line per SKU.</param>
/// <param name="CancelledAt">When, UTC.</param>
public sealed record OrderCancelledAnnouncement(
    Guid OrderId, Guid? CustomerId, string? SessionId, IReadOnlyList<OrderedLine> Lines, DateTimeOffset CancelledAt);

/// <summary>An order was changed before it was shipped, and its stock with it.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Changes">How many units more, or fewer, it holds of each SKU that changed.</param>
/// <param name="EditedAt">When, UTC.</param>
/// <param name="CountedDiscounts">The discounts that it has a use of now; null for none.</param>
public sealed record OrderEditedAnnouncement(Guid OrderId, IReadOnlyList<OrderedUnits> Changes, DateTimeOffset EditedAt, IReadOnlyList<Guid>? CountedDiscounts = null);

/// <summary>Goods of an order left the building.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="ShipmentId">The shipment.</param>
/// <param name="Lines">What it holds.</param>
/// <param name="ShippedAt">When, UTC.</param>
public sealed record OrderShippedAnnouncement(Guid OrderId, Guid ShipmentId, IReadOnlyList<OrderedUnits> Lines, DateTimeOffset ShippedAt);

/// <summary>Goods of an order came back.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="ReturnId">The return.</param>
/// <param name="Restocked">What of them is for sale again; a SKU may stand there twice.</param>
/// <param name="ReceivedAt">When, UTC.</param>
public sealed record OrderReturnReceivedAnnouncement(Guid OrderId, Guid ReturnId, IReadOnlyList<OrderedUnits> Restocked, DateTimeOffset ReceivedAt);

/// <summary>Staff gave money of an order back by hand. What a payment gave back is an <see cref="OrderMoneyRecordedAnnouncement"/>.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Amount">In the order's currency.</param>
/// <param name="RefundedAt">When, UTC.</param>
public sealed record OrderRefundedByHandAnnouncement(Guid OrderId, decimal Amount, DateTimeOffset RefundedAt);

/// <summary>So many units of a SKU.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">How many; below zero for fewer.</param>
public sealed record OrderedUnits(string Sku, int Quantity);

/// <summary>One SKU of an order.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="ProductId">The product it is a variant of.</param>
/// <param name="Quantity">How many, at least 1.</param>
public sealed record OrderedLine(string Sku, Guid ProductId, int Quantity);
