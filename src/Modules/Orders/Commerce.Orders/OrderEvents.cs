namespace Commerce.Orders;

/// <summary>A shopper's order stands: priced by the shop, its stock taken. Amounts are in <paramref name="Currency"/>.</summary>
/// <param name="Number">What people read out; see <see cref="OrderNumber"/>.</param>
/// <param name="CustomerId">The customer, or null for a guest.</param>
/// <param name="Email">Where to write to, or null.</param>
/// <param name="AccessHash">The hash of the guest's secret; the secret itself is never stored. Null for a customer's order.</param>
/// <param name="SessionId">The browsing session as the storefront named it, or null.</param>
/// <param name="CartId">The cart it came from, or null.</param>
/// <param name="Currency">ISO 4217 code of every amount.</param>
/// <param name="Lines">One line per SKU.</param>
/// <param name="Totals">The sums as they were shown.</param>
/// <param name="ShippingAddress">Where it goes.</param>
/// <param name="ShippingMethod">How it goes.</param>
/// <param name="Coupon">The coupon that was applied, or null.</param>
/// <param name="PaymentMethod">How it will be paid.</param>
/// <param name="PlacedAt">When, UTC.</param>
internal sealed record OrderPlaced(
    string Number,
    Guid? CustomerId,
    string? Email,
    string? AccessHash,
    string? SessionId,
    Guid? CartId,
    string Currency,
    IReadOnlyList<PlacedLine> Lines,
    PlacedTotals Totals,
    PostalAddress ShippingAddress,
    string ShippingMethod,
    string? Coupon,
    string PaymentMethod,
    DateTimeOffset PlacedAt);

/// <summary>One SKU of an order, at the price and under the name that it was sold.</summary>
internal sealed record PlacedLine(string Sku, Guid ProductId, string Name, int Quantity, decimal UnitAmount);

/// <summary>The sums of an order in major units: total = subtotal + shipping + tax - discount.</summary>
internal sealed record PlacedTotals(decimal Subtotal, decimal Shipping, decimal Tax, decimal Discount, decimal Total);

/// <summary>A postal address, the same on the wire and in events: a change of one is a change of both.</summary>
/// <param name="Name">Who receives.</param>
/// <param name="Line1">Street and number.</param>
/// <param name="City">The city.</param>
/// <param name="PostalCode">The postal code.</param>
/// <param name="Country">ISO 3166-1 alpha-2, upper case.</param>
/// <param name="Line2">Flat, floor, building.</param>
/// <param name="Region">State or province.</param>
/// <param name="Phone">For the carrier.</param>
internal sealed record PostalAddress(
    string Name, string Line1, string City, string PostalCode, string Country, string? Line2 = null, string? Region = null, string? Phone = null);

/// <summary>The order is called off and its stock given back.</summary>
/// <param name="CustomerId">As placed: announcements are made from the event alone.</param>
/// <param name="SessionId">As placed.</param>
/// <param name="Lines">What was given back.</param>
/// <param name="Reason">Why, in the caller's words, or null.</param>
/// <param name="CancelledAt">When, UTC.</param>
internal sealed record OrderCancelled(Guid? CustomerId, string? SessionId, IReadOnlyList<ReturnedLine> Lines, string? Reason, DateTimeOffset CancelledAt);

/// <summary>Units of a SKU that an order no longer holds.</summary>
internal sealed record ReturnedLine(string Sku, Guid ProductId, int Quantity);
