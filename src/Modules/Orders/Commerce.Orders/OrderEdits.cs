using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Monetary;
using Commerce.Orders.Paying;
using Commerce.Orders.Pricing;
using Commerce.Outcomes;

namespace Commerce.Orders;

// Changes of an order before its goods leave, and of the rest of one whose goods leave in parts.
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

        var changes = ChangesOf(edit);
        var (address, method) = (edit.ShippingAddress ?? ShippingAddress!, edit.ShippingMethod ?? ShippingMethod);
        var isElsewhere = address != ShippingAddress || method != ShippingMethod;
        // What is under way went to an address, in a way, and was invoiced at that tax: the rest follows it.
        if (Status is OrderStatus.Shipped or OrderStatus.Completed || (Shipments.Length > 0 && isElsewhere))
        {
            return new OrderAlreadyShipped(Status);
        }

        var kept = changes.Where(change => change.After < Shipments.Shipped(change.Sku)).Select(change => new ShippedLine(change.Sku, Shipments.Shipped(change.Sku))).ToList();
        if (kept.Count > 0)
        {
            return new LinesAlreadyShipped(kept);
        }

        var wanted = With(changes);
        if (wanted.Count == 0)
        {
            return new OrderWouldBeEmpty();
        }

        if (wanted.Count > Cart.MaxLines)
        {
            return new OrderTooLarge();
        }

        if (changes.Count == 0 && !isElsewhere)
        {
            return edit.ExpectedTotal is { } seen && seen != Totals.Total ? new PriceChanged(seen, Totals.Total) : Decision.Nothing;
        }

        return pricing.Reprice(DraftOf(wanted, address, method), OffersOf(offers), HeldDiscounts, isElsewhere ? null : Totals.Shipping).Match(
            priced => edit.ExpectedTotal is { } expected && expected != priced.Totals.Total
                ? new PriceChanged(expected, priced.Totals.Total)
                : Edited(priced, address, method, changes, edit.Reason, now),
            refusal => refusal);
    }

    /// <summary>What the edit changes of the goods, as the order stands.</summary>
    public IReadOnlyList<QuantityChange> ChangesOf(OrderEdit edit) =>
        [.. edit.Lines.Select(line => new QuantityChange(line.Sku, QuantityOf(line.Sku), line.Quantity)).Where(change => change.Before != change.After)];

    /// <summary>Lines that could be sent instead of returned ones: at the price the SKU was sold at in this order, or at the shop's.</summary>
    public Outcome<IReadOnlyList<PlacedLine>> Replacements(IReadOnlyList<SkuQuantity> wanted, IReadOnlyDictionary<string, SkuOffer> offers)
    {
        var known = OffersOf(offers);
        var missing = wanted.Where(line => !known.ContainsKey(line.Sku)).Select(line => line.Sku).ToList();
        return missing.Count > 0
            ? new SkuUnavailable(missing)
            : wanted.Select(line => (line.Quantity, Offer: known[line.Sku]))
                .Select(line => new PlacedLine(line.Offer.Sku, line.Offer.ProductId, line.Offer.ProductName, line.Quantity, line.Offer.UnitAmount)).ToList();
    }

    /// <summary>Units that this order holds and an earlier state of it did not.</summary>
    public IReadOnlyList<StockLine> MoreThan(Order before) =>
        [.. Lines.Select(line => new StockLine(line.Sku, line.Quantity - before.QuantityOf(line.Sku))).Where(line => line.Quantity > 0)];

    /// <summary>Discounts of which an earlier state of this order had a use and this one has none.</summary>
    public IReadOnlyList<Guid> DroppedSince(Order before) => [.. before.CountedDiscounts.Except(CountedDiscounts)];

    private IReadOnlyCollection<Guid> HeldDiscounts => [.. Discounts.Select(discount => discount.DiscountId)];

    /// <summary>The lines with these changes: what stays in its order, what is new behind it.</summary>
    private List<SkuQuantity> With(IReadOnlyList<QuantityChange> changes) =>
    [
        .. Lines.Where(line => !changes.Any(change => change.Sku == line.Sku && change.After == 0))
            .Select(line => new SkuQuantity(line.Sku, changes.FirstOrDefault(change => change.Sku == line.Sku)?.After ?? line.Quantity)),
        .. changes.Where(change => change.Before == 0).Select(change => new SkuQuantity(change.Sku, change.After)),
    ];

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
            priced.Lines, totals.ToPlaced(), address, method, changes, overpaid.Amount, reason, now, priced.Discounts.Count > 0 ? priced.Discounts : null));
        if (refund.Amount > 0)
        {
            events.AddRange(GivingBack(refund, reason ?? "The order was changed.", now));
        }

        // An order that costs less may be paid for by what is there already.
        var after = After(Decision.Of([.. events]));
        if (after.Status == OrderStatus.Placed && after.Payment.IsCovered)
        {
            events.Add(new OrderConfirmed(now));
        }

        return Decision.Of([.. events]);
    }

    /// <summary>Puts what shall be sent instead of a return into the order, at the price that was asked for it when the return was announced.</summary>
    private Decision Replace(OrderReturn known, OrderPricing pricing, DateTimeOffset now)
    {
        var changes = known.Replacements.Select(line => new QuantityChange(line.Sku, QuantityOf(line.Sku), QuantityOf(line.Sku) + line.Quantity)).ToList();
        var offers = known.Replacements.ToDictionary(
            line => line.Sku, line => new SkuOffer(line.Sku, line.ProductId, line.Name, line.UnitAmount, Totals.Total.Currency), StringComparer.Ordinal);
        var wanted = With(changes);
        return wanted.Count > Cart.MaxLines
            ? new OrderTooLarge()
            : pricing.Reprice(DraftOf(wanted, ShippingAddress!, ShippingMethod), OffersOf(offers), HeldDiscounts, Totals.Shipping)
                .Match(priced => Edited(priced, ShippingAddress!, ShippingMethod, changes, "Goods were exchanged.", now), refusal => refusal);
    }

    private OrderDraft DraftOf(IReadOnlyList<SkuQuantity> lines, PostalAddress address, string method) => new(
        Guid.Empty, Number, CustomerId, Email, AccessHash, SessionId, CartId, Totals.Total.Currency, lines, address, method, Coupons, Payment.Method, null);

    private Dictionary<string, SkuOffer> OffersOf(IReadOnlyDictionary<string, SkuOffer> offers)
    {
        var all = new Dictionary<string, SkuOffer>(offers, StringComparer.Ordinal);
        foreach (var line in Lines)
        {
            // Sold is sold: price, name and tax class stay; what the goods weigh and where they are listed the shop knows.
            var known = offers.GetValueOrDefault(line.Sku);
            all[line.Sku] = new SkuOffer(
                line.Sku, line.ProductId, line.Name, line.UnitPrice.Amount, line.UnitPrice.Currency, known?.WeightGrams, known?.CategoryIds, line.Tax?.Class ?? known?.TaxClass);
        }

        return all;
    }

    private Order With(OrderEdited edited)
    {
        var payment = Payment.Evolve(edited);
        var lines = OrderLine.Of(edited.Lines, Totals.Total.Currency);
        return this with
        {
            Lines = lines,
            Totals = OrderTotals.Of(edited.Totals, Totals.Total.Currency),
            Discounts = edited.Discounts ?? [],
            ShippingAddress = edited.ShippingAddress,
            ShippingMethod = edited.ShippingMethod,
            Payment = payment,
            // An order that costs more than there is waits for its money again; one whose goods are under way says how far they are.
            Status = Shipments.Length > 0 ? Fulfilment(lines, Shipments) : payment.IsCovered ? Status : OrderStatus.Placed,
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

/// <summary>An order keeps what it has sent.</summary>
/// <param name="Lines">The units of each SKU that were shipped: the least that the order can hold.</param>
[Problem(409, "lines-already-shipped", "Some of this has been shipped")]
internal sealed record LinesAlreadyShipped(IReadOnlyList<ShippedLine> Lines) : Refusal("More units were shipped than the order would hold, see lines; ask for a return.");

/// <summary>An order of nothing is cancelled instead.</summary>
[Problem(409, "order-would-be-empty", "Nothing would be left of the order")]
internal sealed record OrderWouldBeEmpty() : Refusal("Nothing would be left of the order; cancel it instead.");
