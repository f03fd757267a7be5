using System.Text.Json.Serialization;

namespace Commerce.Orders.ReadModels;

/// <summary>A parcel as its reader sees it.</summary>
/// <param name="Id">The shipment's id.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Lines">What it holds.</param>
/// <param name="Carrier">Who carries it.</param>
/// <param name="TrackingNumber">The carrier's name for it.</param>
/// <param name="ShippedAt">When it left, UTC.</param>
/// <param name="DeliveredAt">When it arrived, UTC.</param>
/// <param name="OrderStatus">Where the order stands.</param>
internal sealed record ShipmentResponse(
    Guid Id, Guid OrderId, ShipmentStatus Status, IReadOnlyList<ShippedLine> Lines, string Carrier, string TrackingNumber,
    DateTimeOffset ShippedAt, DateTimeOffset? DeliveredAt, OrderStatus OrderStatus)
{
    /// <summary>The version of the order: a shipment's tag is its order's.</summary>
    [JsonIgnore]
    public long OrderVersion { get; init; }

    /// <summary>A parcel as a document.</summary>
    public static ShipmentResponse Of(Guid orderId, Shipment shipment, Order order) => new(
        shipment.Id, orderId, shipment.DeliveredAt is null ? ShipmentStatus.Shipped : ShipmentStatus.Delivered, shipment.Lines, shipment.Carrier,
        shipment.TrackingNumber, shipment.DispatchedAt, shipment.DeliveredAt, order.Status);

    /// <summary>One parcel of an order as a document.</summary>
    public static ShipmentResponse Of(Guid orderId, long version, Order order, Guid shipmentId) =>
        Of(orderId, order.Shipments.First(shipment => shipment.Id == shipmentId), order) with { OrderVersion = version };
}

/// <summary>Where a parcel stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ShipmentStatus>))]
internal enum ShipmentStatus
{
    /// <summary>Under way.</summary>
    [JsonStringEnumMemberName("shipped")]
    Shipped,

    /// <summary>Arrived.</summary>
    [JsonStringEnumMemberName("delivered")]
    Delivered,
}
