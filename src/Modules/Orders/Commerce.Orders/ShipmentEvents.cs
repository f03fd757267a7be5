namespace Commerce.Orders;

/// <summary>Goods of an order left the building; their stock fell in the same commit.</summary>
/// <param name="ShipmentId">The shipment.</param>
/// <param name="Lines">What it holds, one line per SKU.</param>
/// <param name="Carrier">Who carries it.</param>
/// <param name="TrackingNumber">The carrier's name for it.</param>
/// <param name="DispatchedAt">When, UTC.</param>
internal sealed record ShipmentDispatched(
    Guid ShipmentId, IReadOnlyList<ShippedLine> Lines, string Carrier, string TrackingNumber, DateTimeOffset DispatchedAt);

/// <summary>So many units of a SKU in a shipment.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">At least 1.</param>
internal sealed record ShippedLine(string Sku, int Quantity);

/// <summary>A shipment arrived.</summary>
/// <param name="ShipmentId">The shipment.</param>
/// <param name="DeliveredAt">When, UTC.</param>
internal sealed record ShipmentDelivered(Guid ShipmentId, DateTimeOffset DeliveredAt);
