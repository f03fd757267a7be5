using System.Collections.Immutable;
using Commerce.EventStore;

namespace Commerce.Orders.Billing;

/// <summary>
/// The documents of one order. An invoice is for a parcel: its goods, their share of discount and tax, and on the first one the shipping. A credit note is for
/// goods that came back and for money that was given back of what was invoiced. Pure; what is due follows from the order as it stands.
/// </summary>
internal sealed record OrderBooks : IAggregate<OrderBooks>
{
    private static readonly Guid Space = new("5a5ef8a7-39a0-4d0e-8f0c-8d4f4c4f2b11");

    /// <inheritdoc />
    public static string StreamType => "order_books";

    /// <inheritdoc />
    public static OrderBooks Initial { get; } = new();

    /// <summary>Every document, in order.</summary>
    public ImmutableList<IssuedDocument> Documents { get; private init; } = [];

    /// <summary>What was invoiced, in all.</summary>
    public DocumentSums Invoiced { get; private init; } = DocumentSums.None;

    /// <summary>What was credited, in all.</summary>
    public decimal Credited { get; private init; }

    /// <summary>The stream of an order's books.</summary>
    public static Guid IdOf(Guid orderId) => Identifiers.FromName(Space, orderId.ToString("N"));

    /// <summary>The next document that the order calls for, without its number; null when the books are up to date.</summary>
    public DocumentDraft? Next(Order order) => NextInvoice(order) ?? NextCreditNote(order);

    /// <summary>Issues what is due under a number.</summary>
    public static Decision Issue(DocumentDraft draft, Guid orderId, Order order, string number, Seller seller, DateTimeOffset now)
    {
        var document = new IssuedDocument(
            number, draft.Kind, orderId, order.Number, draft.ShipmentId, draft.ReturnId, order.Totals.Total.Currency, draft.Lines, draft.Sums, draft.Taxes, seller,
            order.ShippingAddress!, order.Email, draft.Corrects, draft.Reason, now);
        return draft.Kind == DocumentKind.Invoice ? Decision.Of(new InvoiceIssued(document)) : Decision.Of(new CreditNoteIssued(document));
    }

    /// <inheritdoc />
    public OrderBooks Evolve(object @event) => @event switch
    {
        InvoiceIssued { Document: var invoice } => this with { Documents = Documents.Add(invoice), Invoiced = Invoiced.Plus(invoice.Sums) },
        CreditNoteIssued { Document: var note } => this with { Documents = Documents.Add(note), Credited = Credited + note.Sums.Total },
        _ => this,
    };

    private DocumentDraft? NextInvoice(Order order)
    {
        var billed = Documents.Where(document => document.ShipmentId is not null).Select(document => document.ShipmentId!.Value).ToHashSet();
        var parcel = order.Shipments.FirstOrDefault(shipment => !billed.Contains(shipment.Id));
        if (parcel is not null)
        {
            return InvoiceMath.For(parcel, order, [.. order.Shipments.Where(shipment => billed.Contains(shipment.Id)), parcel], Invoiced, Taxes());
        }

        // The last edit may have left shipping or tax that no parcel is left to carry.
        var isAllSent = order.Status is OrderStatus.Shipped or OrderStatus.Completed;
        return isAllSent && order.Totals.Total.Amount > Invoiced.Total ? InvoiceMath.ForTheRest(order, Invoiced, Taxes()) : null;
    }

    private List<DocumentTax> Taxes() => [.. Documents.Where(document => document.Kind == DocumentKind.Invoice).SelectMany(document => document.Taxes)];

    private DocumentDraft? NextCreditNote(Order order)
    {
        var payment = order.Payment;
        var givenBack = payment.Refunded.Amount;
        // What was given back because an edit lowered the total was never invoiced; everything else was, as far as anything was.
        var open = Math.Min(givenBack + payment.Exchanged.Amount - payment.Overpaid.Amount, Invoiced.Total) - Credited;
        // Nobody is billed for more than the shop may keep, as when an edit took back shipping that a former invoice holds.
        var beyond = Invoiced.Total - Credited - (payment.Due.Amount - givenBack);
        var amount = Math.Max(open, beyond);
        if (amount <= 0m || Invoiced.Total == 0m)
        {
            return null;
        }

        var invoices = Documents.Where(document => document.Kind == DocumentKind.Invoice).Select(document => document.Number).ToArray();
        foreach (var back in order.Returns.Where(one => one.Received.Count > 0))
        {
            var before = Documents.Where(document => document.ReturnId == back.Id).ToList();
            var left = back.Refund.Amount - before.Sum(document => document.Sums.Total);
            if (left > 0m)
            {
                var known = before.Sum(document => document.Lines.Sum(line => line.Quantity));
                return InvoiceMath.ForReturn(order, back, known, Math.Min(left, amount)) with { Corrects = invoices };
            }
        }

        return InvoiceMath.ForRefund(order, amount) with { Corrects = invoices };
    }
}

/// <summary>A document before it has its number.</summary>
internal sealed record DocumentDraft(
    DocumentKind Kind, Guid? ShipmentId, Guid? ReturnId, IReadOnlyList<DocumentLine> Lines, DocumentSums Sums, IReadOnlyList<DocumentTax> Taxes, string? Reason = null)
{
    /// <summary>The invoices that it takes from.</summary>
    public IReadOnlyList<string> Corrects { get; init; } = [];
}
