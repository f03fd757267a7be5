using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Orders.Pricing;
using Commerce.Outcomes;

namespace Commerce.Orders;

/// <summary>An order from its placing to its end. Immutable; every decision is pure.</summary>
internal sealed record Order : IAggregate<Order>
{
    /// <inheritdoc />
    public static string StreamType => "order";

    /// <inheritdoc />
    public static Order Initial { get; } = new();

    public string Number { get; private init; } = "";

    public OrderStatus Status { get; private init; }

    public Guid? CustomerId { get; private init; }

    public string? Email { get; private init; }

    public string? AccessHash { get; private init; }

    public string? SessionId { get; private init; }

    public Guid? CartId { get; private init; }

    public IReadOnlyList<OrderLine> Lines { get; private init; } = [];

    public OrderTotals Totals { get; private init; }

    public PostalAddress? ShippingAddress { get; private init; }

    public string ShippingMethod { get; private init; } = "";

    public string? Coupon { get; private init; }

    public string PaymentMethod { get; private init; } = "";

    public PaymentStatus PaymentStatus { get; private init; }

    public DateTimeOffset PlacedAt { get; private init; }

    public DateTimeOffset? CancelledAt { get; private init; }

    public string? CancelReason { get; private init; }

    private bool Exists => Number.Length > 0;

    /// <summary>Places a priced draft: a new order has no other history.</summary>
    public static Decision Place(OrderDraft draft, PricedDraft priced, DateTimeOffset now)
    {
        if (draft.ExpectedTotal is { } expected && expected != priced.Totals.Total)
        {
            return new PriceChanged(expected, priced.Totals.Total);
        }

        var totals = priced.Totals;
        return Decision.Of(new OrderPlaced(
            draft.Number, draft.CustomerId, draft.Email, draft.AccessHash, draft.SessionId, draft.CartId, draft.Currency, priced.Lines,
            new PlacedTotals(totals.Subtotal.Amount, totals.Shipping.Amount, totals.Tax.Amount, totals.Discount.Amount, totals.Total.Amount),
            draft.ShippingAddress, draft.ShippingMethod, draft.Coupon, draft.PaymentMethod, now));
    }

    /// <summary>Calls the order off. To cancel a cancelled order changes nothing.</summary>
    public Decision Cancel(string? reason, DateTimeOffset now) => Status switch
    {
        OrderStatus.Cancelled => Decision.Nothing,
        OrderStatus.Placed or OrderStatus.Confirmed => Decision.Of(new OrderCancelled(
            CustomerId, SessionId, [.. Lines.Select(line => new ReturnedLine(line.Sku, line.ProductId, line.Quantity))], reason, now)),
        OrderStatus.PartiallyShipped or OrderStatus.Shipped or OrderStatus.Completed => new OrderAlreadyShipped(Status),
        _ => throw new InvalidOperationException($"An order has no status {Status}."),
    };

    /// <summary>Whether this caller may know of the order: its owner, staff with the scope, or the holder of its secret.</summary>
    public bool IsOpenTo(OrderReader reader) => Exists && reader.MayRead(CustomerId, AccessHash);

    /// <inheritdoc />
    public Order Evolve(object @event) => @event switch
    {
        OrderPlaced placed => new Order
        {
            Number = placed.Number,
            Status = OrderStatus.Placed,
            CustomerId = placed.CustomerId,
            Email = placed.Email,
            AccessHash = placed.AccessHash,
            SessionId = placed.SessionId,
            CartId = placed.CartId,
            Lines = [.. placed.Lines.Select(line => new OrderLine(line.Sku, line.ProductId, line.Name, line.Quantity, Money.Of(line.UnitAmount, placed.Currency)))],
            Totals = OrderTotals.Of(placed.Totals, placed.Currency),
            ShippingAddress = placed.ShippingAddress,
            ShippingMethod = placed.ShippingMethod,
            Coupon = placed.Coupon,
            PaymentMethod = placed.PaymentMethod,
            PaymentStatus = PaymentStatus.Pending,
            PlacedAt = placed.PlacedAt,
        },
        OrderCancelled cancelled => this with
        {
            Status = OrderStatus.Cancelled,
            PaymentStatus = PaymentStatus == PaymentStatus.Pending ? PaymentStatus.Voided : PaymentStatus,
            CancelledAt = cancelled.CancelledAt,
            CancelReason = cancelled.Reason,
        },
        _ => this,
    };
}

/// <summary>One SKU of an order.</summary>
internal sealed record OrderLine(string Sku, Guid ProductId, string Name, int Quantity, Money UnitPrice)
{
    /// <summary>The line's part of the subtotal.</summary>
    public Money Total => UnitPrice * Quantity;
}

/// <summary>There is no such order for this caller: an order of somebody else is as good as none.</summary>
[Problem(404, "order-not-found", "There is no such order")]
internal sealed record OrderNotFound() : Refusal("There is no order with this id that you may see.");

/// <summary>Goods are under way, so the order cannot be called off as a whole.</summary>
[Problem(409, "order-already-shipped", "The order has been shipped")]
internal sealed record OrderAlreadyShipped(OrderStatus Status) : Refusal("Goods of this order have been shipped, so it can no longer be cancelled; ask for a return.");

/// <summary>The shop's total is another than the shopper was shown.</summary>
[Problem(409, "price-changed", "The price has changed")]
internal sealed record PriceChanged(Money ExpectedTotal, Money ActualTotal)
    : Refusal($"The total is {ActualTotal}, not {ExpectedTotal}. Show it to the shopper and order again with the new expectedTotal.");
