using Commerce.EventStore;
using Commerce.Orders.Billing;
using Npgsql;

namespace Commerce.Orders.ReadModels;

/// <summary>Keeps <c>orders.documents</c> in the transaction that issues them. A document never changes, so a row is written once.</summary>
internal sealed class DocumentRows : IInlineProjection
{
    private const string InsertDocuments =
        """
        INSERT INTO orders.documents (number, kind, order_id, issued_at, document)
        SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::bytea[])
        """;

    /// <inheritdoc />
    public string Name => "Orders.DocumentRows";

    /// <inheritdoc />
    public Type Aggregate => typeof(OrderBooks);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["orders.documents"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var issued = changes.SelectMany(change => change.Events).Select(recorded => recorded.Data switch
        {
            InvoiceIssued { Document: var invoice } => invoice,
            CreditNoteIssued { Document: var note } => note,
            _ => throw new InvalidOperationException($"{recorded.Name} issues no document."),
        }).OrderBy(document => document.Number, StringComparer.Ordinal).ToArray();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(InsertDocuments)
        {
            Parameters =
            {
                Of(Array.ConvertAll(issued, document => document.Number)),
                Of(Array.ConvertAll(issued, document => DocumentResponse.Word(document.Kind))),
                Of(Array.ConvertAll(issued, document => document.OrderId)),
                Of(Array.ConvertAll(issued, document => document.IssuedAt.UtcDateTime)),
                Of(Array.ConvertAll(issued, OrderDocuments.Bytes)),
            },
        });
    }

    private static NpgsqlParameter<T> Of<T>(T values) => new() { TypedValue = values };
}
