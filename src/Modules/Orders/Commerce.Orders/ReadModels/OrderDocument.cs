using System.Text.Json.Serialization;
using Commerce.Monetary;
using Commerce.Orders.Paying;

namespace Commerce.Orders.ReadModels;

/// <summary>An order as its reader sees it.</summary>
/// <param name="Id">The order's id.</param>
/// <param name="Number">The number that people read out.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CustomerId">Whose it is; absent for a guest's.</param>
/// <param name="Email">Where to write to.</param>
/// <param name="Currency">ISO 4217 code of every amount.</param>
/// <param name="Lines">One line per SKU.</param>
/// <param name="Subtotal">The sum of the lines.</param>
/// <param name="Shipping">What the shipping costs.</param>
/// <param name="Tax">The tax on top.</param>
/// <param name="Discount">What is taken off; total = subtotal + shipping + tax - discount.</param>
/// <param name="Total">What is to be paid.</param>
/// <param name="Payment">Where the money stands.</param>
/// <param name="ShippingAddress">Where it goes.</param>
/// <param name="ShippingMethod">How it goes.</param>
/// <param name="Coupon">The coupon that was applied.</param>
/// <param name="CartId">The cart it came from.</param>
/// <param name="PlacedAt">When it was placed, UTC.</param>
/// <param name="CancelledAt">When it was called off, UTC.</param>
/// <param name="CancelReason">Why it was called off.</param>
/// <param name="Shipments">What was sent, in order.</param>
/// <param name="Returns">What comes or came back, in order.</param>
/// <param name="Version">The number of its events, also in <c>ETag</c>.</param>
/// <param name="AccessToken">A guest's secret for reading this order; only in the answer to its placing.</param>
internal sealed record OrderResponse(
    Guid Id,
    string Number,
    OrderStatus Status,
    Guid? CustomerId,
    string? Email,
    string Currency,
    IReadOnlyList<OrderLineResponse> Lines,
    Money Subtotal,
    Money Shipping,
    Money Tax,
    Money Discount,
    Money Total,
    OrderPaymentResponse Payment,
    PostalAddress ShippingAddress,
    string ShippingMethod,
    string? Coupon,
    Guid? CartId,
    DateTimeOffset PlacedAt,
    DateTimeOffset? CancelledAt,
    string? CancelReason,
    IReadOnlyList<ShipmentResponse> Shipments,
    IReadOnlyList<ReturnResponse> Returns,
    long Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AccessToken = null)
{
    /// <summary>The state of an order as a document.</summary>
    public static OrderResponse Of(Guid id, long version, Order order, string? accessToken = null) => new(
        id, order.Number, order.Status, order.CustomerId, order.Email, order.Totals.Total.Currency,
        [.. order.Lines.Select(line => new OrderLineResponse(
            line.Sku, line.ProductId, line.Name, line.Quantity, line.UnitPrice, line.Total, order.Shipments.Shipped(line.Sku), order.ReturnedOf(line.Sku)))],
        order.Totals.Subtotal, order.Totals.Shipping, order.Totals.Tax, order.Totals.Discount, order.Totals.Total,
        OrderPaymentResponse.Of(order.Payment), order.ShippingAddress!, order.ShippingMethod, order.Coupon, order.CartId,
        order.PlacedAt, order.CancelledAt, order.CancelReason,
        [.. order.Shipments.Select(shipment => ShipmentResponse.Of(id, shipment, order))], [.. order.Returns.Select(one => ReturnResponse.Of(id, one, order))],
        version, accessToken);
}

/// <summary>One SKU of an order.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="ProductId">The product it is a variant of.</param>
/// <param name="Name">Under which name it was sold.</param>
/// <param name="Quantity">How many.</param>
/// <param name="UnitPrice">The price of one.</param>
/// <param name="Total">The line's part of the subtotal.</param>
/// <param name="Shipped">How many of them were sent.</param>
/// <param name="Returned">How many of those came back.</param>
internal sealed record OrderLineResponse(string Sku, Guid ProductId, string Name, int Quantity, Money UnitPrice, Money Total, int Shipped, int Returned);

/// <summary>Where the money of an order stands.</summary>
/// <param name="Method">How it is paid.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Authorized">Set aside and not taken yet.</param>
/// <param name="Captured">Taken, in all.</param>
/// <param name="Refunded">Given back, in all.</param>
/// <param name="Due">Neither set aside nor taken yet.</param>
internal sealed record OrderPaymentResponse(string Method, PaymentStatus Status, Money Authorized, Money Captured, Money Refunded, Money Due)
{
    /// <summary>The money as a document.</summary>
    public static OrderPaymentResponse Of(Payment payment) => new(payment.Method, payment.Status, payment.Held, payment.Captured, payment.Refunded, payment.Authorizable);
}
