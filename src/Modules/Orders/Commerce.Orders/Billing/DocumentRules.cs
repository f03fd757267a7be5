using Commerce.EventStore;
using Commerce.EventStore.Verification;

namespace Commerce.Orders.Billing;

/// <summary>No number is missing, none is there twice, and each belongs to the document of its commit.</summary>
internal sealed class DocumentsAreNumberedWithoutGaps : ReplayRule
{
    private readonly List<string> _given = [];
    private readonly List<string> _used = [];

    /// <inheritdoc />
    public override string Statement => "the numbers of invoices and credit notes have no gap, none twice, and each is that of one document of the same commit";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        switch (@event.Data)
        {
            case DocumentNumbered numbered:
                _given.Add(DocumentSeries.Write(numbered.Series, numbered.Serial));
                return numbered.Serial == @event.Version ? null : $"{numbered.Series}: {numbered.Serial} is number {@event.Version} of the series";
            case InvoiceIssued { Document: var invoice }:
                _used.Add(invoice.Number);
                return null;
            case CreditNoteIssued { Document: var note }:
                _used.Add(note.Number);
                return null;
            default:
                return null;
        }
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_given.Count == 0 && _used.Count == 0)
        {
            return null;
        }

        var isEven = _given.Order(StringComparer.Ordinal).SequenceEqual(_used.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        var broken = isEven ? null : $"given {string.Join(", ", _given)}; used {string.Join(", ", _used)}";
        _given.Clear();
        _used.Clear();
        return broken;
    }
}

/// <summary>The books of an order say what became of it.</summary>
internal sealed class DocumentsSayWhatWasSentAndGivenBack : ReplayRule
{
    // Orders of which something was sent; and the books that were written in a transaction, each with its order as it was then: the same transaction may go on
    // with the order afterwards.
    private readonly Dictionary<Guid, Order> _sent = [];
    private readonly Dictionary<Guid, (OrderBooks Books, Order? Order)> _written = [];

    /// <inheritdoc />
    public override string Statement =>
        "an invoice holds a parcel's lines and adds up, the invoices of an order that was sent are what it costs, and its credit notes are what was given back of them";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        switch (state)
        {
            case Order order when order.Shipments.Length > 0:
                _sent[@event.StreamId] = order;
                return null;
            case OrderBooks books:
                var document = books.Documents[^1];
                _written[document.OrderId] = (books, _sent.GetValueOrDefault(document.OrderId));
                return Fault(document);
            default:
                return null;
        }
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_written.Count == 0)
        {
            return null;
        }

        var broken = _written.Values.Select(written => Fault(written.Books, written.Order)).FirstOrDefault(fault => fault is not null);
        _written.Clear();
        return broken;
    }

    private static string? Fault(IssuedDocument document)
    {
        var sums = document.Sums;
        var isSound = sums.Goods == document.Lines.Sum(line => line.Amount) && document.Lines.All(line => line.Amount == line.UnitAmount * line.Quantity)
            && sums.Total == sums.Goods + sums.Shipping + sums.Tax - sums.Discount && sums.Total >= 0m;
        return isSound ? null : $"{document.Number} does not add up: {sums}";
    }

    private static string? Fault(OrderBooks books, Order? order)
    {
        var last = books.Documents[^1];
        if (order is null)
        {
            return $"{last.Number} is of an order of which nothing was sent";
        }

        if (books.Next(order) is { } missing)
        {
            return $"after {last.Number} order {order.Number} lacks a {missing.Kind} of {missing.Sums.Total}";
        }

        foreach (var invoice in books.Documents.Where(document => document.ShipmentId is not null))
        {
            var parcel = order.Shipments.FirstOrDefault(shipment => shipment.Id == invoice.ShipmentId);
            if (parcel is null || !parcel.Lines.Select(line => (line.Sku, line.Quantity)).SequenceEqual(invoice.Lines.Select(line => (line.Sku!, line.Quantity))))
            {
                return $"{invoice.Number} is not its parcel";
            }
        }

        return books.Credited > books.Invoiced.Total ? $"order {order.Number} was credited {books.Credited} of {books.Invoiced.Total}" : null;
    }
}
