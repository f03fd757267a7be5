using System.Text.Json.Serialization;
using Commerce.Monetary;
using Commerce.Orders.Paying;
using Commerce.Web;

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
/// <param name="IncludedTax">Tax that is a part of the prices already and is not added.</param>
/// <param name="ShippingDiscount">The part of the discount that is taken off the shipping.</param>
/// <param name="ShippingTax">The tax on the shipping; null where none is asked for.</param>
/// <param name="Discounts">What is taken off, one entry for each discount; their sum is the discount.</param>
/// <param name="Payment">Where the money stands.</param>
/// <param name="ShippingAddress">Where it goes.</param>
/// <param name="ShippingMethod">How it goes.</param>
/// <param name="Coupon">The first coupon that was entered.</param>
/// <param name="Coupons">All coupons that were entered.</param>
/// <param name="CartId">The cart it came from.</param>
/// <param name="PlacedAt">When it was placed, UTC.</param>
/// <param name="CancelledAt">When it was called off, UTC.</param>
/// <param name="CancelReason">Why it was called off.</param>
/// <param name="Shipments">What was sent, in order.</param>
/// <param name="Returns">What comes or came back, in order.</param>
/// <param name="Version">The number of its events, also in <c>ETag</c>.</param>
/// <param name="AccessToken">A guest's secret for reading this order; only in the answer to its placing.</param>
/// <param name="Locale">The language that the shopper asked for; absent when none was.</param>
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
    Money IncludedTax,
    Money ShippingDiscount,
    AppliedTaxResponse? ShippingTax,
    IReadOnlyList<AppliedDiscountResponse> Discounts,
    OrderPaymentResponse Payment,
    PostalAddress ShippingAddress,
    string ShippingMethod,
    string? Coupon,
    IReadOnlyList<string> Coupons,
    Guid? CartId,
    DateTimeOffset PlacedAt,
    DateTimeOffset? CancelledAt,
    string? CancelReason,
    IReadOnlyList<ShipmentResponse> Shipments,
    IReadOnlyList<ReturnResponse> Returns,
    long Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AccessToken = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Locale = null) : IWireDocument
{
    /// <summary>The document without the secret, where it is made already.</summary>
    internal byte[]? Document { get; init; }

    /// <inheritdoc />
    public ReadOnlyMemory<byte>? ToUtf8()
    {
        if (Document is null)
        {
            return null;
        }

        return AccessToken is null ? Document : OrderDocuments.WithSecret(Document, AccessToken, Locale);
    }

    /// <summary>The state of an order as a document.</summary>
    public static OrderResponse Of(Guid id, long version, Order order) => new(
        id, order.Number, order.Status, order.CustomerId, order.Email, order.Totals.Total.Currency,
        [.. order.Lines.Select(line => new OrderLineResponse(
            line.Sku, line.ProductId, line.Name, line.Quantity, line.UnitPrice, line.Total, order.Shipments.Shipped(line.Sku), order.ReturnedOf(line.Sku),
            [.. line.Discounts.Select(part => new AppliedDiscountResponse(part.Code, part.Label, Money.Of(part.Amount, line.UnitPrice.Currency)))],
            AppliedTaxResponse.Of(line.Tax, line.UnitPrice.Currency)))],
        order.Totals.Subtotal, order.Totals.Shipping, order.Totals.Tax, order.Totals.Discount, order.Totals.Total,
        Money.Of(order.Totals.IncludedTax, order.Totals.Total.Currency), Money.Of(order.Totals.ShippingDiscount, order.Totals.Total.Currency),
        AppliedTaxResponse.Of(order.Totals.ShippingTax, order.Totals.Total.Currency),
        [.. order.Discounts.Select(one => new AppliedDiscountResponse(one.Code, one.Label, Money.Of(one.Amount, order.Totals.Total.Currency)))],
        OrderPaymentResponse.Of(order.Payment), order.ShippingAddress!, order.ShippingMethod, order.Coupons.Count > 0 ? order.Coupons[0] : null, order.Coupons, order.CartId,
        order.PlacedAt, order.CancelledAt, order.CancelReason,
        [.. order.Shipments.Select(shipment => ShipmentResponse.Of(id, shipment, order))], [.. order.Returns.Select(one => ReturnResponse.Of(id, one, order))],
        version, null, order.Locale);
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
/// <param name="Discounts">What is taken off the line.</param>
/// <param name="Tax">Its tax, worked out on what is left; null where none is asked for.</param>
internal sealed record OrderLineResponse(
    string Sku, Guid ProductId, string Name, int Quantity, Money UnitPrice, Money Total, int Shipped, int Returned,
    IReadOnlyList<AppliedDiscountResponse> Discounts, AppliedTaxResponse? Tax);

/// <summary>A discount and what it takes off.</summary>
/// <param name="Code">Its coupon; null for one that came by itself.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Amount">What it takes off.</param>
internal sealed record AppliedDiscountResponse(string? Code, string Label, Money Amount);

/// <summary>A tax.</summary>
/// <param name="Class">The tax class of the goods.</param>
/// <param name="Rate">Such as 0.19.</param>
/// <param name="Amount">The tax.</param>
/// <param name="IsIncluded">Whether it is a part of the price already instead of coming on top.</param>
internal sealed record AppliedTaxResponse(string Class, decimal Rate, Money Amount, bool IsIncluded)
{
    /// <summary>A tax as a document.</summary>
    public static AppliedTaxResponse? Of(PlacedTax? tax, string currency) => tax is null ? null : new AppliedTaxResponse(tax.Class, tax.Rate, Money.Of(tax.Amount, currency), tax.IsIncluded);
}

/// <summary>Where the money of an order stands.</summary>
/// <param name="Method">How it is paid.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Authorized">Set aside and not taken yet.</param>
/// <param name="Captured">Taken, in all.</param>
/// <param name="Refunded">Given back, in all.</param>
/// <param name="Due">Neither set aside nor taken yet.</param>
/// <param name="Provider">Through whom it is paid; absent while staff records the money.</param>
/// <param name="NextAction">What the shopper has to do before the money is there.</param>
/// <param name="Failure">Why the last attempt to pay failed.</param>
/// <param name="Awaited">What was asked of the provider and is not answered yet.</param>
internal sealed record OrderPaymentResponse(
    string Method, PaymentStatus Status, Money Authorized, Money Captured, Money Refunded, Money Due,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Provider = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] NextActionResponse? NextAction = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PaymentFailureResponse? Failure = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<MoneyRequestResponse>? Awaited = null)
{
    /// <summary>The money as a document.</summary>
    public static OrderPaymentResponse Of(Payment payment) => new(
        payment.Method, payment.Status, payment.Held, payment.Captured, payment.Refunded, payment.Authorizable, payment.Provider,
        payment.NextAction is { } url ? new NextActionResponse("redirect", url) : null,
        payment.Failure is { } failure ? new PaymentFailureResponse(failure.Code, failure.Message) : null,
        payment.Requests.Any(request => request.IsOpen)
            ? [.. payment.Requests.Where(request => request.IsOpen).Select(request => new MoneyRequestResponse(request.Id, request.Kind, request.Left))]
            : null);
}

/// <summary>What the shopper has to do.</summary>
/// <param name="Type">Always <c>redirect</c>.</param>
/// <param name="Url">Where to.</param>
internal sealed record NextActionResponse(string Type, string Url);

/// <summary>Why a payment failed.</summary>
/// <param name="Code">A word such as <c>insufficient_funds</c>.</param>
/// <param name="Message">For people.</param>
internal sealed record PaymentFailureResponse(string Code, string? Message);

/// <summary>What was asked of the provider and is not answered yet.</summary>
/// <param name="Id">The request.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Amount">What of it is awaited.</param>
internal sealed record MoneyRequestResponse(Guid Id, MoneyRequestKind Kind, Money Amount);
