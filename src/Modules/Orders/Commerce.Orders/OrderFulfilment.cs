using System.Collections.Immutable;
using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Orders.Paying;
using Commerce.Orders.Pricing;

namespace Commerce.Orders;

// Goods out and goods back.
internal sealed partial record Order
{
    public ImmutableArray<Shipment> Shipments { get; private init; } = [];

    public ImmutableArray<OrderReturn> Returns { get; private init; } = [];

    /// <summary>Sends goods off once the money for the whole order is there. Lines hold every SKU once.</summary>
    public Decision Ship(Guid shipmentId, IReadOnlyList<ShippedLine> lines, string carrier, string trackingNumber, DateTimeOffset now)
    {
        if (Status == OrderStatus.Cancelled)
        {
            return new OrderIsCancelled();
        }

        // Money may have been voided or given back since the order was confirmed.
        if (Status == OrderStatus.Placed || !Payment.IsCovered || Payment.Status == PaymentStatus.Refunded)
        {
            return new OrderNotConfirmed(Status);
        }

        var beyond = Beyond(lines.Select(line => (line.Sku, line.Quantity)), sku => QuantityOf(sku) - Shipments.Shipped(sku));
        return beyond.Count > 0 ? new ShipmentExceedsOrder(beyond) : Decision.Of(new ShipmentDispatched(shipmentId, lines, carrier, trackingNumber, now));
    }

    /// <summary>Records that a parcel arrived. A second time changes nothing.</summary>
    public Decision Deliver(Guid shipmentId, DateTimeOffset now) => Shipments.FirstOrDefault(shipment => shipment.Id == shipmentId) switch
    {
        null => new ShipmentNotFound(),
        { DeliveredAt: not null } => Decision.Nothing,
        _ => Decision.Of(new ShipmentDelivered(shipmentId, now)),
    };

    /// <summary>Announces goods that are to come back: never more than were sent and are not announced or back already. Lines hold every SKU once.</summary>
    public Decision RequestReturn(Guid returnId, IReadOnlyList<RequestedReturnLine> lines, IReadOnlyList<PlacedLine>? replacements, DateTimeOffset now)
    {
        var beyond = Beyond(lines.Select(line => (line.Sku, line.Quantity)), sku => Shipments.Shipped(sku) - Returns.Sum(one => one.Claims(sku)));
        return beyond.Count > 0 ? new ReturnExceedsShipment(beyond) : Decision.Of(new ReturnRequested(returnId, lines, now, replacements));
    }

    /// <summary>Agrees to a return. A second time changes nothing.</summary>
    public Decision ApproveReturn(Guid returnId, DateTimeOffset now) => ReturnOf(returnId) switch
    {
        null => new ReturnNotFound(),
        { Status: ReturnStatus.Requested } => Decision.Of(new ReturnApproved(returnId, now)),
        { Status: ReturnStatus.Approved } => Decision.Nothing,
        var other => new ReturnNotAtThisStep(other.Status),
    };

    /// <summary>Declines a return, also after it was agreed to, as long as the goods are not back. A second time changes nothing.</summary>
    public Decision RejectReturn(Guid returnId, string? reason, DateTimeOffset now) => ReturnOf(returnId) switch
    {
        null => new ReturnNotFound(),
        { Status: ReturnStatus.Requested or ReturnStatus.Approved } => Decision.Of(new ReturnRejected(returnId, reason, now)),
        { Status: ReturnStatus.Rejected } => Decision.Nothing,
        var other => new ReturnNotAtThisStep(other.Status),
    };

    /// <summary>
    /// Takes goods back. Their share of the money pays for what shall be sent instead, as far as that still waits for money; the rest is given back, as far
    /// as it was taken.
    /// </summary>
    public Decision ReceiveReturn(Guid returnId, ReturnReceipt receipt, OrderPricing pricing, DateTimeOffset now)
    {
        if (ReturnOf(returnId) is not { } known)
        {
            return new ReturnNotFound();
        }

        var isFirst = known.Status == ReturnStatus.Approved;
        var lines = receipt.Lines ?? known.AllSellable();
        // Nothing came: that says only of a return that has begun that the rest will not come either.
        if (!(isFirst || known.Status == ReturnStatus.PartiallyReceived) || (lines.Count == 0 && (isFirst || receipt.MoreExpected)))
        {
            return new ReturnNotAtThisStep(known.Status);
        }

        var beyond = Beyond(
            lines.GroupBy(line => line.Sku, StringComparer.Ordinal).Select(line => (line.Key, line.Sum(part => part.Quantity))), known.Awaited);
        if (beyond.Count > 0)
        {
            return new ReturnExceedsShipment(beyond);
        }

        if (!isFirst || known.Replacements.Count == 0 || receipt.RefundInstead)
        {
            return Received(known, lines, receipt.MoreExpected, [], paysForReplacements: known.Exchanged.Amount > 0 && !receipt.RefundInstead, now);
        }

        var replaced = Replace(known, pricing, now);
        return replaced.Refusal is not null ? replaced : After(replaced).Received(known, lines, receipt.MoreExpected, replaced.Events, paysForReplacements: true, now);
    }

    private Decision Received(
        OrderReturn known, IReadOnlyList<ReceivedReturnLine> lines, bool moreExpected, IReadOnlyList<object> before, bool paysForReplacements, DateTimeOffset now)
    {
        var refund = RefundFor(lines);
        var open = paysForReplacements ? Payment.Authorizable : Money.Zero(refund.Currency);
        var exchanged = refund <= open ? refund : open;
        var back = refund - exchanged;
        return Decision.Of(
        [
            .. before,
            new ReturnReceived(known.Id, lines, refund.Amount, now, moreExpected, exchanged.Amount),
            .. GivingBack(back, "Goods came back.", now),
        ]);
    }

    private Order After(Decision decision) => decision.Events.Aggregate(this, static (order, @event) => order.Evolve(@event));

    /// <summary>
    /// What is given back for these goods: their share of what was paid for their lines, discount and tax in, the sending not. Shares are cut from the running
    /// sum, so that the last unit takes the remainder: returns of one unit each add up, to the cent, to what the line cost. No more is given back than is there.
    /// </summary>
    private Money RefundFor(IReadOnlyList<ReceivedReturnLine> lines)
    {
        var back = Returns.SelectMany(one => one.Received).Concat(lines).Where(line => line.IsRefunded).ToLookup(line => line.Sku, line => line.Quantity, StringComparer.Ordinal);
        var share = Lines.Aggregate(Money.Zero(Payment.Due.Currency), (sum, line) => sum + ShareOf(line, Math.Min(line.Quantity, back[line.Sku].Sum())));
        var open = share - Returns.Aggregate(Money.Zero(share.Currency), (sum, one) => one.Received.Count > 0 ? sum + one.Refund : sum);
        var most = open <= Payment.Refundable ? open : Payment.Refundable;
        return most.Amount > 0 ? most : Money.Zero(share.Currency);
    }

    private Money ShareOf(OrderLine line, int units) =>
        units == line.Quantity ? PaidFor(line) : Money.Rounded(PaidFor(line).Amount * units / line.Quantity, Payment.Due.Currency);

    /// <summary>What was paid for a line. Orders of the time before lines told their discounts and tax share those out by value.</summary>
    private Money PaidFor(OrderLine line)
    {
        var goods = Totals.Subtotal.Amount - Totals.Discount.Amount;
        return Totals.ShippingTax is not null || Discounts.Count > 0 || Lines.Any(one => one.Tax is not null) || Totals.Subtotal.Amount == 0m || goods + Totals.Shipping.Amount <= 0m
            ? line.Paid
            : Money.Rounded(goods * (Totals.Total.Amount / (goods + Totals.Shipping.Amount)) * (line.Total.Amount / Totals.Subtotal.Amount), line.Total.Currency);
    }

    /// <summary>Units of a SKU that came back.</summary>
    public int ReturnedOf(string sku) => Returns.Sum(one => one.Received.Where(line => line.Sku == sku).Sum(line => line.Quantity));

    /// <summary>The return with this id, or null.</summary>
    public OrderReturn? ReturnOf(Guid returnId) => Returns.FirstOrDefault(one => one.Id == returnId);

    private static List<UnitsExceeded> Beyond(IEnumerable<(string Sku, int Quantity)> lines, Func<string, int> most) =>
        [.. lines.Select(line => new UnitsExceeded(line.Sku, line.Quantity, most(line.Sku))).Where(line => line.Requested > line.Remaining)];

    /// <summary>Units of a SKU that the order holds.</summary>
    public int QuantityOf(string sku) => Lines.FirstOrDefault(line => line.Sku == sku)?.Quantity ?? 0;

    private Order With(ShipmentDispatched sent)
    {
        var shipments = Shipments.Add(new Shipment(sent.ShipmentId, sent.Lines, sent.Carrier, sent.TrackingNumber, sent.DispatchedAt));
        return this with { Shipments = shipments, Status = Fulfilment(Lines, shipments) };
    }

    private Order With(ShipmentDelivered arrived)
    {
        var shipments = Shipments.With(arrived.ShipmentId, shipment => shipment with { DeliveredAt = arrived.DeliveredAt });
        return this with { Shipments = shipments, Status = Fulfilment(Lines, shipments) };
    }

    /// <summary>How far the goods of an order are of which something was sent.</summary>
    private static OrderStatus Fulfilment(IReadOnlyList<OrderLine> lines, ImmutableArray<Shipment> shipments) =>
        lines.Any(line => shipments.Shipped(line.Sku) < line.Quantity) ? OrderStatus.PartiallyShipped
        : shipments.Any(shipment => shipment.DeliveredAt is null) ? OrderStatus.Shipped
        : OrderStatus.Completed;

    private Order With(ReturnReceived received) => this with
    {
        Payment = Payment.Evolve(received),
        Returns = Returns.With(received.ReturnId, one => one with
        {
            Status = received.MoreExpected ? ReturnStatus.PartiallyReceived : ReturnStatus.Received,
            Received = [.. one.Received, .. received.Lines],
            Refund = Sum(one.Refund, received.Refund),
            Exchanged = Sum(one.Exchanged, received.Exchanged),
            ReceivedAt = received.ReceivedAt,
        }),
    };

    private Money Sum(Money before, decimal more) => Money.Of(before.Amount + more, Payment.Due.Currency);
}
