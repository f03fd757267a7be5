using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Orders.Paying;
using Commerce.Orders.Pricing;
using Commerce.Outcomes;

namespace Commerce.Orders;

// Changes of an order before its goods leave.
internal sealed partial record Order
{
    /// <summary>Makes the order what the edit asks for, at the prices that it was sold at and the shop's for what is new, and moves the money with it.</summary>
    /// <param name="edit">What to change.</param>
    /// <param name="offers">The shop's offers for the SKUs of the edit.</param>
    /// <param name="pricing">The shop's sums.</param>
    /// <param name="now">When.</param>
    public Decision Edit(OrderEdit edit, IReadOnlyDictionary<string, SkuOffer> offers, OrderPricing pricing, DateTimeOffset now)
    {
        if (Status == OrderStatus.Cancelled)
        {
            return new OrderIsCancelled();
        }

        if (Status is not (OrderStatus.Placed or OrderStatus.Confirmed))
        {
            return new OrderAlreadyShipped(Status);
        }

        var changes = ChangesOf(edit);
        var (address, method) = (edit.ShippingAddress ?? ShippingAddress!, edit.ShippingMethod ?? ShippingMethod);
        var wanted = Lines.Where(line => !changes.Any(change => change.Sku == line.Sku && change.After == 0))
            .Select(line => new SkuQuantity(line.Sku, changes.FirstOrDefault(change => change.Sku == line.Sku)?.After ?? line.Quantity))
            .Concat(changes.Where(change => change.Before == 0).Select(change => new SkuQuantity(change.Sku, change.After)))
            .ToList();
        if (wanted.Count == 0)
        {
            return new OrderWouldBeEmpty();
        }

        if (wanted.Count > Cart.MaxLines)
        {
            return new OrderTooLarge();
        }

        if (changes.Count == 0 && address == ShippingAddress && method == ShippingMethod)
        {
            return edit.ExpectedTotal is { } seen && seen != Totals.Total ? new PriceChanged(seen, Totals.Total) : Decision.Nothing;
        }

        return pricing.Price(DraftOf(wanted, address, method), OffersOf(offers)).Match(
            priced => edit.ExpectedTotal is { } expected && expected != priced.Totals.Total
                ? new PriceChanged(expected, priced.Totals.Total)
                : Edited(priced, address, method, changes, edit.Reason, now),
            refusal => refusal);
    }

    /// <summary>What the edit changes of the goods, as the order stands.</summary>
    public IReadOnlyList<QuantityChange> ChangesOf(OrderEdit edit) =>
        [.. edit.Lines.Select(line => new QuantityChange(line.Sku, QuantityOf(line.Sku), line.Quantity)).Where(change => change.Before != change.After)];

    private Decision Edited(
        PricedDraft priced, PostalAddress address, string method, IReadOnlyList<QuantityChange> changes, string? reason, DateTimeOffset now)
    {
        var totals = priced.Totals;
        var (lowered, overpaid) = Payment.Excess(totals.Total);
        var refund = overpaid <= Payment.Refundable ? overpaid : Payment.Refundable;
        var events = new List<object>(4);
        if (lowered.Amount > 0)
        {
            events.Add(new PaymentHoldLowered(lowered.Amount, now));
        }

        events.Add(new OrderEdited(
            priced.Lines, new PlacedTotals(totals.Subtotal.Amount, totals.Shipping.Amount, totals.Tax.Amount, totals.Discount.Amount, totals.Total.Amount),
            address, method, changes, overpaid.Amount, reason, now));
        if (refund.Amount > 0)
        {
            events.Add(new PaymentRefunded(refund.Amount, reason ?? "The order was changed.", now));
        }

        // An order that costs less may be paid for by what is there already.
        var after = events.Aggregate(this, (order, @event) => order.Evolve(@event));
        if (after.Status == OrderStatus.Placed && after.Payment.IsCovered)
        {
            events.Add(new OrderConfirmed(now));
        }

        return Decision.Of([.. events]);
    }

    private OrderDraft DraftOf(IReadOnlyList<SkuQuantity> lines, PostalAddress address, string method) => new(
        Guid.Empty, Number, CustomerId, Email, AccessHash, SessionId, CartId, Totals.Total.Currency, lines, address, method, Coupon, Payment.Method, null);

    private Dictionary<string, SkuOffer> OffersOf(IReadOnlyDictionary<string, SkuOffer> offers)
    {
        var all = new Dictionary<string, SkuOffer>(offers, StringComparer.Ordinal);
        foreach (var line in Lines)
        {
            all[line.Sku] = new SkuOffer(line.Sku, line.ProductId, line.Name, line.UnitPrice.Amount, line.UnitPrice.Currency);
        }

        return all;
    }

    private Order With(OrderEdited edited)
    {
        var payment = Payment.Evolve(edited);
        return this with
        {
            Lines = OrderLine.Of(edited.Lines, Totals.Total.Currency),
            Totals = OrderTotals.Of(edited.Totals, Totals.Total.Currency),
            ShippingAddress = edited.ShippingAddress,
            ShippingMethod = edited.ShippingMethod,
            Payment = payment,
            // An order that costs more than there is waits for its money again.
            Status = payment.IsCovered ? Status : OrderStatus.Placed,
        };
    }
}

/// <summary>What a shopper or the shop wants of an order that stands.</summary>
/// <param name="Lines">How many units of these SKUs the order shall hold, every SKU once; 0 for none.</param>
/// <param name="ShippingAddress">Where it shall go, or null for where it goes.</param>
/// <param name="ShippingMethod">How it shall go, or null for how it goes.</param>
/// <param name="ExpectedTotal">The total that was shown, or null.</param>
/// <param name="Reason">Why, or null.</param>
internal sealed record OrderEdit(
    IReadOnlyList<SkuQuantity> Lines, PostalAddress? ShippingAddress, string? ShippingMethod, Money? ExpectedTotal, string? Reason);

/// <summary>An order of nothing is cancelled instead.</summary>
[Problem(409, "order-would-be-empty", "Nothing would be left of the order")]
internal sealed record OrderWouldBeEmpty() : Refusal("Nothing would be left of the order; cancel it instead.");
