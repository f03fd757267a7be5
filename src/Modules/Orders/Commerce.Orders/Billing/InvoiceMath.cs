using Commerce.Monetary;

namespace Commerce.Orders.Billing;

/// <summary>
/// The shares of an order's sums in its documents. Shares are cut from the running sum and rounded half away from zero, and the parcel that sends the last unit
/// takes what is left, so that the invoices of an order add up, to the cent, to what it costs.
/// </summary>
internal static class InvoiceMath
{
    /// <summary>The invoice for a parcel.</summary>
    /// <param name="parcel">The parcel.</param>
    /// <param name="order">Its order.</param>
    /// <param name="soFar">The parcels that are invoiced then, this one included.</param>
    /// <param name="before">What was invoiced before.</param>
    public static DocumentDraft For(Shipment parcel, Order order, IReadOnlyList<Shipment> soFar, DocumentSums before)
    {
        var (totals, currency) = (order.Totals, order.Totals.Total.Currency);
        var lines = parcel.Lines.Select(line => Line(order, line.Sku, line.Quantity)).ToList();
        var isLast = order.Lines.All(line => soFar.Sum(one => one.Lines.Where(sent => sent.Sku == line.Sku).Sum(sent => sent.Quantity)) >= line.Quantity);
        var goods = soFar.SelectMany(one => one.Lines).Sum(line => PriceOf(order, line.Sku) * line.Quantity);
        var discount = isLast ? totals.Discount.Amount : Share(totals.Discount.Amount, goods, totals.Subtotal.Amount, currency);
        var taxable = goods - discount + totals.Shipping.Amount;
        var tax = isLast ? totals.Tax.Amount : Share(totals.Tax.Amount, taxable, (totals.Subtotal - totals.Discount + totals.Shipping).Amount, currency);
        var sums = DocumentSums.Of(
            lines.Sum(line => line.Amount), Rest(discount, before.Discount), Rest(totals.Shipping.Amount, before.Shipping), Rest(tax, before.Tax));
        return new DocumentDraft(DocumentKind.Invoice, parcel.Id, null, lines, sums, Taxes(sums, order));
    }

    /// <summary>The invoice for what no parcel carries.</summary>
    public static DocumentDraft ForTheRest(Order order, DocumentSums before)
    {
        var open = order.Totals.Total.Amount - before.Total;
        var tax = Math.Min(open, Rest(order.Totals.Tax.Amount, before.Tax));
        var sums = DocumentSums.Of(0m, 0m, open - tax, tax);
        return new DocumentDraft(DocumentKind.Invoice, null, null, [], sums, Taxes(sums, order));
    }

    /// <summary>The credit note for goods that came back.</summary>
    /// <param name="order">Their order.</param>
    /// <param name="back">Their return.</param>
    /// <param name="known">Units of it that are on former credit notes.</param>
    /// <param name="amount">What they are worth.</param>
    public static DocumentDraft ForReturn(Order order, OrderReturn back, int known, decimal amount)
    {
        var lines = new List<DocumentLine>();
        foreach (var line in back.Received.Where(line => line.IsRefunded))
        {
            var passed = Math.Min(known, line.Quantity);
            known -= passed;
            if (line.Quantity > passed)
            {
                lines.Add(Line(order, line.Sku, line.Quantity - passed));
            }
        }

        var reason = back.Lines.Select(line => line.Reason).FirstOrDefault(text => text is not null) ?? "Goods came back.";
        return Credit(order, amount, lines, back.Id, reason);
    }

    /// <summary>The credit note for money that was given back.</summary>
    public static DocumentDraft ForRefund(Order order, decimal amount) => Credit(order, amount, [], null, order.RefundReason ?? "Refund");

    private static DocumentDraft Credit(Order order, decimal amount, List<DocumentLine> lines, Guid? returnId, string reason)
    {
        var total = order.Totals.Total;
        var tax = total.Amount > 0m ? Share(order.Totals.Tax.Amount, amount, total.Amount, total.Currency) : 0m;
        var goods = lines.Sum(line => line.Amount);
        if (lines.Count == 0 || goods + tax < amount)
        {
            lines.Add(new DocumentLine(null, reason, 1, amount - tax - goods, amount - tax - goods));
            goods = amount - tax;
        }

        var sums = DocumentSums.Of(goods, goods + tax - amount, 0m, tax);
        return new DocumentDraft(DocumentKind.CreditNote, null, returnId, lines, sums, Taxes(sums, order), reason);
    }

    private static IReadOnlyList<DocumentTax> Taxes(DocumentSums sums, Order order) =>
        order.Totals.Tax.Amount == 0m ? [] : [new DocumentTax(null, sums.Total - sums.Tax, sums.Tax, false)];

    private static DocumentLine Line(Order order, string sku, int quantity)
    {
        var line = order.Lines.First(own => own.Sku == sku);
        return new DocumentLine(sku, line.Name, quantity, line.UnitPrice.Amount, line.UnitPrice.Amount * quantity);
    }

    private static decimal PriceOf(Order order, string sku) => order.Lines.First(own => own.Sku == sku).UnitPrice.Amount;

    private static decimal Share(decimal whole, decimal part, decimal of, string currency) => of == 0m ? 0m : Money.Rounded(whole * (part / of), currency).Amount;

    private static decimal Rest(decimal sum, decimal before) => Math.Max(0m, sum - before);
}
