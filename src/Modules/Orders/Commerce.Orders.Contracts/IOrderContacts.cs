namespace Commerce.Orders.Contracts;

/// <summary>
/// Where to write to about an order, and what to write of it. A question instead of announcements that carry it: personal data stays in the order, and whoever asks
/// late gets what is true then.
/// </summary>
public interface IOrderContacts
{
    /// <summary>The contact of an order as it stands; null when nobody placed it.</summary>
    ValueTask<OrderContact?> FindAsync(Guid orderId, CancellationToken cancellationToken);
}

/// <summary>An order for those who write to its shopper. Amounts are in <paramref name="Currency"/>; total = subtotal + shipping + tax - discount.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Number">What people read out.</param>
/// <param name="CustomerId">The customer, or null for a guest.</param>
/// <param name="Email">The address that the order names, or null.</param>
/// <param name="Locale">The language that the shopper asked for, or null.</param>
/// <param name="Name">Who receives the goods.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Lines">One line per SKU.</param>
/// <param name="Subtotal">The sum of the lines.</param>
/// <param name="Shipping">What shipping costs.</param>
/// <param name="Tax">Tax on top.</param>
/// <param name="Discount">What is taken off.</param>
/// <param name="Total">What is to be paid.</param>
/// <param name="Parcels">What was sent, in order.</param>
public sealed record OrderContact(
    Guid OrderId, string Number, Guid? CustomerId, string? Email, string? Locale, string Name, string Currency, IReadOnlyList<ContactLine> Lines,
    decimal Subtotal, decimal Shipping, decimal Tax, decimal Discount, decimal Total, IReadOnlyList<ContactParcel> Parcels);

/// <summary>One SKU of an order.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Name">Under which name it was sold.</param>
/// <param name="Quantity">How many.</param>
/// <param name="Total">What they cost together.</param>
public sealed record ContactLine(string Sku, string Name, int Quantity, decimal Total);

/// <summary>A parcel of an order.</summary>
/// <param name="ShipmentId">The shipment.</param>
/// <param name="Carrier">Who carries it.</param>
/// <param name="TrackingNumber">The carrier's name for it.</param>
/// <param name="Lines">What it holds.</param>
public sealed record ContactParcel(Guid ShipmentId, string Carrier, string TrackingNumber, IReadOnlyList<OrderedUnits> Lines);
