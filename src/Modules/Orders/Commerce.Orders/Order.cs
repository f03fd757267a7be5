using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Orders.Paying;
using Commerce.Orders.Pricing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;

namespace Commerce.Orders;

/// <summary>An order from its placing to its end. Immutable; every decision is pure.</summary>
internal sealed partial record Order : IAggregate<Order>
{
    /// <inheritdoc />
    public static string StreamType => "order";

    private PassedDocument _passed;

    /// <inheritdoc />
    public static Order Initial { get; } = new();

    public string Number { get; private init; } = "";

    public OrderStatus Status { get; private init; }

    public Guid? CustomerId { get; private init; }

    public string? Email { get; private init; }

    /// <summary>The language that the shopper asked for, or null.</summary>
    public string? Locale { get; private init; }

    public string? AccessHash { get; private init; }

    public string? SessionId { get; private init; }

    public Guid? CartId { get; private init; }

    public IReadOnlyList<OrderLine> Lines { get; private init; } = [];

    public OrderTotals Totals { get; private init; }

    public PostalAddress? ShippingAddress { get; private init; }

    public string ShippingMethod { get; private init; } = "";

    public IReadOnlyList<string> Coupons { get; private init; } = [];

    /// <summary>What is taken off, one entry for each discount.</summary>
    public IReadOnlyList<OrderDiscount> Discounts { get; private init; } = [];

    /// <summary>The discounts of which the order has a use.</summary>
    public IReadOnlyList<Guid> CountedDiscounts => [.. Discounts.Where(discount => discount.IsCounted).Select(discount => discount.DiscountId)];

    public Payment Payment { get; private init; } = Payment.None;

    public DateTimeOffset PlacedAt { get; private init; }

    public DateTimeOffset? CancelledAt { get; private init; }

    public string? CancelReason { get; private init; }

    /// <summary>Why money was last given back, or null.</summary>
    public string? RefundReason { get; private init; }

    /// <summary>Whether it was ever placed.</summary>
    public bool Exists => Number.Length > 0;

    /// <summary>Passes the document of this state on from the answer that shows it to the row that keeps it.</summary>
    public void PassDocument(long version, byte[] document) => _passed = new PassedDocument(this, version, document);

    /// <summary>Takes what <see cref="PassDocument"/> left for this state at this version; null when there is none.</summary>
    public byte[]? TakeDocument(long version)
    {
        var passed = _passed;
        _passed = default;
        return passed.Of(this, version);
    }

    /// <summary>Places a priced draft: a new order has no other history.</summary>
    public static Decision Place(OrderDraft draft, PricedDraft priced, DateTimeOffset now)
    {
        if (draft.ExpectedTotal is { } expected && expected != priced.Totals.Total)
        {
            return new PriceChanged(expected, priced.Totals.Total);
        }

        var totals = priced.Totals;
        var placed = new OrderPlaced(
            draft.Number, draft.CustomerId, draft.Email, draft.AccessHash, draft.SessionId, draft.CartId, draft.Currency, priced.Lines,
            totals.ToPlaced(), draft.ShippingAddress, priced.ShippingMethod, draft.Coupons.Count > 0 ? draft.Coupons[0] : null, draft.PaymentMethod, now,
            draft.Coupons.Count > 0 ? draft.Coupons : null, priced.Discounts.Count > 0 ? priced.Discounts : null, draft.Locale);
        // There is no money to wait for when there is nothing to pay.
        return totals.Total.Amount == 0 ? Decision.Of(placed, new OrderConfirmed(now)) : Decision.Of(placed);
    }

    /// <summary>Calls the order off, its stock and its money with it. To cancel a cancelled order changes nothing.</summary>
    public Decision Cancel(string? reason, DateTimeOffset now) => Status switch
    {
        OrderStatus.Cancelled => Decision.Nothing,
        OrderStatus.Placed or OrderStatus.Confirmed => Decision.Of([
            new OrderCancelled(CustomerId, SessionId, [.. Lines.Select(line => new ReturnedLine(line.Sku, line.ProductId, line.Quantity))], reason, now),
            .. LettingGo(reason, now),
        ]),
        OrderStatus.PartiallyShipped or OrderStatus.Shipped or OrderStatus.Completed => new OrderAlreadyShipped(Status),
        _ => throw new InvalidOperationException($"An order has no status {Status}."),
    };

    /// <summary>Sets money aside; null is all that is open. The order is confirmed once the whole of it is there.</summary>
    public Decision AuthorizePayment(Money? asked, DateTimeOffset now, Guid? requestId = null) =>
        Payment.Provider is not { } provider ? WithMoney(asked, Payment.Authorizable, amount => new PaymentAuthorized(amount.Amount, now), now)
        // All of it is set aside already, as placing the order began it: a repeat is harmless.
        : asked is null && Status != OrderStatus.Cancelled && Payment.Held.Amount > 0 && Payment.Authorizable.Amount == 0 ? Decision.Nothing
        : Pay(provider, asked, requestId, now);

    /// <summary>Takes money; null is all that can be taken. The order is confirmed once the whole of it is there.</summary>
    public Decision CapturePayment(Money? asked, DateTimeOffset now, Guid? requestId = null)
    {
        if (Payment.Provider is null)
        {
            return WithMoney(asked, Payment.Capturable, amount => new PaymentCaptured(amount.Amount, now), now);
        }

        return IsKnown(requestId) ? Decision.Nothing
            : Status == OrderStatus.Cancelled ? new OrderIsCancelled()
            : Payment.Within(asked, Payment.CapturableThrough).Match(amount => Decision.Of(Requested(MoneyRequestKind.Capture, amount, null, now, requestId)), refusal => refusal);
    }

    /// <summary>Gives money back; null is all that was taken.</summary>
    public Decision RefundPayment(Money? asked, string? reason, DateTimeOffset now, Guid? requestId = null) => IsKnown(requestId)
        ? Decision.Nothing
        : Payment.Within(asked, Payment.Refundable).Match(amount => Decision.Of([.. GivingBack(amount, reason, now, requestId)]), refusal => refusal);

    /// <summary>Gives up what is set aside. To void a voided payment changes nothing.</summary>
    public Decision VoidPayment(DateTimeOffset now, Guid? requestId = null) =>
        Payment.VoidableThrough.Amount > 0 ? Decision.Of([.. GivingUp(now, requestId)])
        : Payment.Held.Amount > 0 || Payment.Status == PaymentStatus.Pending ? Decision.Of(new PaymentVoided(Payment.Held.Amount, now))
        : Payment.IsVoided || Payment.Status == PaymentStatus.Failed ? Decision.Nothing
        : new PaymentAlreadyCaptured(Payment.Captured);

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
            Locale = placed.Locale,
            AccessHash = placed.AccessHash,
            SessionId = placed.SessionId,
            CartId = placed.CartId,
            Lines = OrderLine.Of(placed.Lines, placed.Currency),
            Totals = OrderTotals.Of(placed.Totals, placed.Currency),
            ShippingAddress = placed.ShippingAddress,
            ShippingMethod = placed.ShippingMethod,
            Coupons = placed.Coupons ?? (placed.Coupon is null ? [] : [placed.Coupon]),
            Discounts = placed.Discounts ?? [],
            Payment = Payment.Of(placed.PaymentMethod, Money.Of(placed.Totals.Total, placed.Currency)),
            PlacedAt = placed.PlacedAt,
        },
        OrderCancelled cancelled => this with
        {
            Status = OrderStatus.Cancelled,
            Payment = Payment.Evolve(cancelled),
            CancelledAt = cancelled.CancelledAt,
            CancelReason = cancelled.Reason,
        },
        OrderConfirmed => this with { Status = OrderStatus.Confirmed, WasConfirmed = true },
        ShipmentDispatched sent => With(sent),
        ShipmentDelivered arrived => With(arrived),
        ReturnRequested asked => this with
        {
            Returns = Returns.Add(new OrderReturn(asked.ReturnId, ReturnStatus.Requested, asked.Lines, asked.RequestedAt) { Replacements = asked.Replacements ?? [] }),
        },
        ReturnApproved e => this with { Returns = Returns.With(e.ReturnId, one => one with { Status = ReturnStatus.Approved, ApprovedAt = e.ApprovedAt }) },
        ReturnRejected e => this with
        {
            Returns = Returns.With(e.ReturnId, one => one with { Status = ReturnStatus.Rejected, RejectedAt = e.RejectedAt, RejectReason = e.Reason }),
        },
        ReturnReceived received => With(received),
        OrderEdited edited => With(edited),
        OrderNoteAdded => this with { Notes = Notes + 1 },
        PaymentRefunded refunded => this with { Payment = Payment.Evolve(refunded), RefundReason = refunded.Reason ?? RefundReason },
        PaymentRequested { Kind: MoneyRequestKind.Refund } asked => this with { Payment = Payment.Evolve(asked), RefundReason = asked.Reason ?? RefundReason },
        PaymentAuthorized or PaymentCaptured or PaymentVoided or PaymentHoldLowered or PaymentRequested or PaymentRequestFailed or PaymentActionRequired =>
            this with { Payment = Payment.Evolve(@event) },
        _ => this,
    };

    private Decision WithMoney(Money? asked, Money allowed, Func<Money, object> fact, DateTimeOffset now)
    {
        if (Status == OrderStatus.Cancelled)
        {
            return new OrderIsCancelled();
        }

        return Payment.Within(asked, allowed).Match(
            amount => fact(amount) is var money && Status == OrderStatus.Placed && Payment.Evolve(money).IsCovered
                ? Decision.Of(money, new OrderConfirmed(now))
                : Decision.Of(fact(amount)),
            refusal => refusal);
    }
}

/// <summary>One SKU of an order.</summary>
internal sealed record OrderLine(string Sku, Guid ProductId, string Name, int Quantity, Money UnitPrice)
{
    /// <summary>What is taken off the line.</summary>
    public IReadOnlyList<PlacedDiscount> Discounts { get; init; } = [];

    /// <summary>Its tax; null where none is asked for.</summary>
    public PlacedTax? Tax { get; init; }

    /// <summary>The line's part of the subtotal.</summary>
    public Money Total => UnitPrice * Quantity;

    /// <summary>What the shopper pays for the line: less its discounts, with the tax that comes on top.</summary>
    public Money Paid => Money.Of(Total.Amount - Discounts.Sum(part => part.Amount) + (Tax?.Added() ?? 0m), UnitPrice.Currency);

    /// <summary>The lines of an event.</summary>
    public static IReadOnlyList<OrderLine> Of(IReadOnlyList<PlacedLine> lines, string currency) =>
        [.. lines.Select(line => new OrderLine(line.Sku, line.ProductId, line.Name, line.Quantity, Money.Of(line.UnitAmount, currency)) { Discounts = line.Discounts ?? [], Tax = line.Tax })];
}

/// <summary>There is no such order for this caller: an order of somebody else is as good as none.</summary>
[Problem(404, "order-not-found", "There is no such order")]
internal sealed record OrderNotFound() : Refusal("There is no order with this id that you may see.");

/// <summary>Goods are under way, so the order cannot be called off as a whole.</summary>
[Problem(409, "order-already-shipped", "The order has been shipped")]
internal sealed record OrderAlreadyShipped(OrderStatus OrderStatus) : Refusal("Goods of this order have been shipped, so it can no longer be cancelled or changed; ask for a return.");

/// <summary>The shop's total is another than the shopper was shown.</summary>
[Problem(409, "price-changed", "The price has changed")]
internal sealed record PriceChanged(Money ExpectedTotal, Money ActualTotal)
    : Refusal($"The total is {ActualTotal}, not {ExpectedTotal}. Show it to the shopper and order again with the new expectedTotal.");
