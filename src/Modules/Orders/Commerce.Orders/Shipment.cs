using System.Collections.Immutable;
using Commerce.Outcomes;

namespace Commerce.Orders;

/// <summary>A parcel of an order.</summary>
internal sealed record Shipment(
    Guid Id, IReadOnlyList<ShippedLine> Lines, string Carrier, string TrackingNumber, DateTimeOffset DispatchedAt, DateTimeOffset? DeliveredAt = null);

/// <summary>The parcels of an order, and sums over them.</summary>
internal static class Shipments
{
    /// <summary>Units of a SKU that are under way or have arrived.</summary>
    public static int Shipped(this ImmutableArray<Shipment> shipments, string sku) =>
        shipments.Sum(shipment => shipment.Lines.Sum(line => string.Equals(line.Sku, sku, StringComparison.Ordinal) ? line.Quantity : 0));

    /// <summary>The parcels with one of them changed.</summary>
    public static ImmutableArray<Shipment> With(this ImmutableArray<Shipment> shipments, Guid id, Func<Shipment, Shipment> change) =>
        [.. shipments.Select(shipment => shipment.Id == id ? change(shipment) : shipment)];
}

/// <summary>More units of a SKU than there are.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Requested">What was asked for.</param>
/// <param name="Remaining">What there is.</param>
internal sealed record UnitsExceeded(string Sku, int Requested, int Remaining);

/// <summary>The money is not there yet, so nothing is sent.</summary>
[Problem(409, "order-not-confirmed", "The order is not paid for")]
internal sealed record OrderNotConfirmed(OrderStatus OrderStatus) : Refusal("The money for the whole order is not there; authorize or capture it first.");

/// <summary>The parcel would hold more than the order still waits for.</summary>
[Problem(409, "shipment-exceeds-order", "More than remains to be shipped")]
internal sealed record ShipmentExceedsOrder(IReadOnlyList<UnitsExceeded> Lines) : Refusal("More units than remain to be shipped; see lines.");

/// <summary>The order has no such parcel.</summary>
[Problem(404, "shipment-not-found", "There is no such shipment")]
internal sealed record ShipmentNotFound() : Refusal("This order has no shipment with this id.");
