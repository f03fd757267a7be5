using Commerce.Monetary;

namespace Commerce.Orders.Billing;

/// <summary>
/// The shares of an order's sums in its documents. A parcel takes of each line's discounts and tax what its units make of the line's; shares are cut from the
/// running sum and rounded half away from zero, so that the invoices of an order add up, to the cent, to what it costs. Shipping is on the first invoice.
/// What the lines do not say (orders from before discounts and taxes were told by line) is shared by the value of the goods.
/// </summary>
internal static class InvoiceMath
{
    /// <summary>The invoice for a parcel.</summary>
    /// <param name="parcel">The parcel.</param>
    /// <param name="order">Its order.</param>
    /// <param name="soFar">The parcels that are invoiced then, this one included.</param>
    /// <param name="before">What was invoiced before.</param>
    /// <param name="taxesBefore">The taxes of the invoices before.</param>
    public static DocumentDraft For(Shipment parcel, Order order, IReadOnlyList<Shipment> soFar, DocumentSums before, IReadOnlyList<DocumentTax> taxesBefore)
    {
        var lines = parcel.Lines.Select(line => Line(order, line.Sku, line.Quantity)).ToList();
        var sent = soFar.SelectMany(one => one.Lines).GroupBy(line => line.Sku, StringComparer.Ordinal).ToDictionary(line => line.Key, line => line.Sum(part => part.Quantity), StringComparer.Ordinal);
        var taxes = Rest(Taxes(order, sent, withShipping: true), taxesBefore);
        var sums = DocumentSums.Of(
            lines.Sum(line => line.Amount), Rest(Discount(order, sent, withShipping: true), before.Discount), Rest(order.Totals.Shipping.Amount, before.Shipping), Added(taxes));
        return new DocumentDraft(DocumentKind.Invoice, parcel.Id, null, lines, sums, taxes);
    }

    /// <summary>The invoice for what no parcel carries.</summary>
    public static DocumentDraft ForTheRest(Order order, DocumentSums before, IReadOnlyList<DocumentTax> taxesBefore)
    {
        var open = order.Totals.Total.Amount - before.Total;
        var all = order.Lines.ToDictionary(line => line.Sku, line => line.Quantity, StringComparer.Ordinal);
        var taxes = Rest(Taxes(order, all, withShipping: true), taxesBefore);
        var isSound = Added(taxes) <= open;
        var sums = isSound ? DocumentSums.Of(0m, 0m, open - Added(taxes), Added(taxes)) : DocumentSums.Of(0m, 0m, open, 0m);
        return new DocumentDraft(DocumentKind.Invoice, null, null, [], sums, isSound ? taxes : []);
    }

    /// <summary>The credit note for goods that came back.</summary>
    /// <param name="order">Their order.</param>
    /// <param name="back">Their return.</param>
    /// <param name="known">Units of it that are on former credit notes.</param>
    /// <param name="amount">What they are worth.</param>
    public static DocumentDraft ForReturn(Order order, OrderReturn back, int known, decimal amount)
    {
        var lines = new List<DocumentLine>();
        var units = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in back.Received.Where(line => line.IsRefunded))
        {
            var passed = Math.Min(known, line.Quantity);
            known -= passed;
            if (line.Quantity > passed)
            {
                lines.Add(Line(order, line.Sku, line.Quantity - passed));
                units[line.Sku] = units.GetValueOrDefault(line.Sku) + line.Quantity - passed;
            }
        }

        var reason = back.Lines.Select(line => line.Reason).FirstOrDefault(text => text is not null) ?? "Goods came back.";
        return Credit(amount, lines, Taxes(order, units, withShipping: false), back.Id, reason);
    }

    /// <summary>The credit note for money that was given back: each rate has the part in it that it has in the order.</summary>
    public static DocumentDraft ForRefund(Order order, decimal amount)
    {
        var all = order.Lines.ToDictionary(line => line.Sku, line => line.Quantity, StringComparer.Ordinal);
        var total = order.Totals.Total;
        var taxes = Taxes(order, all, withShipping: true)
            .Select(tax => tax with { Amount = Share(tax.Amount, amount, total.Amount, total.Currency), Taxable = Share(tax.Taxable, amount, total.Amount, total.Currency) }).ToList();
        return Credit(amount, [], taxes, null, order.RefundReason ?? "Refund");
    }

    private static DocumentDraft Credit(decimal amount, List<DocumentLine> lines, IReadOnlyList<DocumentTax> shares, Guid? returnId, string reason)
    {
        // Less may be given back than the goods were worth; then there is no telling what of it was tax.
        var taxes = Added(shares) <= amount ? shares : [];
        var (tax, goods) = (Added(taxes), lines.Sum(line => line.Amount));
        if (lines.Count == 0 || goods + tax < amount)
        {
            lines.Add(new DocumentLine(null, reason, 1, amount - tax - goods, amount - tax - goods));
            goods = amount - tax;
        }

        return new DocumentDraft(DocumentKind.CreditNote, null, returnId, lines, DocumentSums.Of(goods, goods + tax - amount, 0m, tax), taxes, reason);
    }

    /// <summary>What is taken off so many units of each SKU.</summary>
    private static decimal Discount(Order order, Dictionary<string, int> units, bool withShipping)
    {
        var byLine = order.Lines.Sum(line => Share(Off(line), units.GetValueOrDefault(line.Sku), line.Quantity, order.Totals.Total.Currency));
        var untold = order.Totals.Discount.Amount - order.Totals.ShippingDiscount - order.Lines.Sum(Off);
        return byLine + (withShipping ? order.Totals.ShippingDiscount : 0m) + Share(untold, Goods(order, units), order.Totals.Subtotal.Amount, order.Totals.Total.Currency);
    }

    /// <summary>The taxes of so many units of each SKU, by rate.</summary>
    private static List<DocumentTax> Taxes(Order order, Dictionary<string, int> units, bool withShipping)
    {
        var (totals, currency) = (order.Totals, order.Totals.Total.Currency);
        var parts = order.Lines.Where(line => line.Tax is not null).Select(line => (Tax: line.Tax!, Part: units.GetValueOrDefault(line.Sku), Of: line.Quantity, Base: line.Total.Amount - Off(line))).ToList();
        if (withShipping && totals.ShippingTax is { } onShipping)
        {
            parts.Add((onShipping, 1, 1, totals.Shipping.Amount - totals.ShippingDiscount));
        }

        var taxes = parts.GroupBy(part => (part.Tax.Rate, part.Tax.IsIncluded)).OrderByDescending(rate => rate.Key.Rate).Select(rate => new DocumentTax(
            rate.Key.Rate, rate.Sum(part => Share(part.Base, part.Part, part.Of, currency)), rate.Sum(part => Share(part.Tax.Amount, part.Part, part.Of, currency)), rate.Key.IsIncluded)).ToList();
        var untold = totals.Tax.Amount - order.Lines.Sum(line => line.Tax?.Added() ?? 0m) - (totals.ShippingTax?.Added() ?? 0m);
        if (untold > 0m)
        {
            var taxable = Goods(order, units) - Discount(order, units, withShipping) + (withShipping ? totals.Shipping.Amount : 0m);
            taxes.Add(new DocumentTax(null, taxable, Share(untold, taxable, (totals.Subtotal - totals.Discount + totals.Shipping).Amount, currency), false));
        }

        return [.. taxes.Where(tax => tax.Amount > 0m)];
    }

    private static List<DocumentTax> Rest(List<DocumentTax> taxes, IReadOnlyList<DocumentTax> before) =>
    [
        .. taxes.Select(tax => tax with
        {
            Amount = Rest(tax.Amount, before.Where(one => (one.Rate, one.IsIncluded) == (tax.Rate, tax.IsIncluded)).Sum(one => one.Amount)),
            Taxable = Rest(tax.Taxable, before.Where(one => (one.Rate, one.IsIncluded) == (tax.Rate, tax.IsIncluded)).Sum(one => one.Taxable)),
        }).Where(tax => tax.Amount > 0m),
    ];

    private static decimal Added(IReadOnlyList<DocumentTax> taxes) => taxes.Where(tax => !tax.IsIncluded).Sum(tax => tax.Amount);

    private static decimal Off(OrderLine line) => line.Discounts.Sum(part => part.Amount);

    private static decimal Goods(Order order, Dictionary<string, int> units) => order.Lines.Sum(line => line.UnitPrice.Amount * units.GetValueOrDefault(line.Sku));

    private static DocumentLine Line(Order order, string sku, int quantity)
    {
        var line = order.Lines.First(own => own.Sku == sku);
        return new DocumentLine(sku, line.Name, quantity, line.UnitPrice.Amount, line.UnitPrice.Amount * quantity);
    }

    private static decimal Share(decimal whole, decimal part, decimal of, string currency) => of == 0m ? 0m : Money.Rounded(whole * (part / of), currency).Amount;

    private static decimal Rest(decimal sum, decimal before) => Math.Max(0m, sum - before);
}
