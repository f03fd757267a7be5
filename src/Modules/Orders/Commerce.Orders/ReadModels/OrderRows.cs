using Commerce.EventStore;
using Npgsql;

namespace Commerce.Orders.ReadModels;

/// <summary>Keeps <c>orders.orders</c> and <c>orders.order_lines</c> in the transaction of the orders' events.</summary>
internal sealed class OrderRows : IInlineProjection
{
    // unnest in a select list hands rows on as it walks the arrays; in a from clause it would keep a copy of every column first.
    private const string UpsertOrders =
        """
        INSERT INTO orders.orders (id, number, customer_id, access_hash, status, placed_at, version, document, email, payment_status)
        SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::uuid[]), unnest($4::text[]), unnest($5::text[]), unnest($6::timestamptz[]), unnest($7::bigint[]),
               unnest($8::bytea[]), unnest($9::text[]), unnest($10::text[])
        ON CONFLICT (id) DO UPDATE SET status = excluded.status, version = excluded.version, document = excluded.document, payment_status = excluded.payment_status
        """;

    private const string InsertLines =
        """
        INSERT INTO orders.order_lines (sku, placed_at, order_id, quantity)
        SELECT unnest($1::text[]), unnest($2::timestamptz[]), unnest($3::uuid[]), unnest($4::integer[])
        ON CONFLICT (sku, placed_at, order_id) DO UPDATE SET quantity = excluded.quantity
        """;

    private const string DeleteLines =
        """
        DELETE FROM orders.order_lines AS line
        USING unnest($1::text[], $2::timestamptz[], $3::uuid[]) AS gone (sku, placed_at, order_id)
        WHERE line.sku = gone.sku AND line.placed_at = gone.placed_at AND line.order_id = gone.order_id
        """;

    /// <inheritdoc />
    public string Name => "Orders.OrderRows";

    /// <inheritdoc />
    public Type Aggregate => typeof(Order);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["orders.orders", "orders.order_lines"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var count = changes.Count;
        var (ids, numbers, customers, hashes) = (new Guid[count], new string[count], new Guid?[count], new string?[count]);
        var (statuses, placed, versions, documents) = (new string[count], new DateTime[count], new long[count], new byte[count][]);
        var (emails, payments) = (new string?[count], new string[count]);
        var lines = new List<(string Sku, DateTime PlacedAt, Guid OrderId, int Quantity)>(count * 2);
        var gone = new List<(string Sku, DateTime PlacedAt, Guid OrderId)>();
        for (var i = 0; i < count; i++)
        {
            var (id, state, version, events) = changes[i];
            var order = (Order)state;
            (ids[i], numbers[i], customers[i], hashes[i]) = (id, order.Number, order.CustomerId, order.AccessHash);
            (statuses[i], placed[i], versions[i]) = (order.Status.Word(), order.PlacedAt.UtcDateTime, version);
            (emails[i], payments[i]) = (order.Email?.ToLowerInvariant(), order.Payment.Status.Word());
            documents[i] = OrderDocuments.Bytes(id, version, order);
            var isEdited = false;
            foreach (var recorded in events)
            {
                if (recorded.Data is OrderEdited edit)
                {
                    isEdited = true;
                    gone.AddRange(edit.Changes.Select(change => change.Sku).Where(sku => order.Lines.All(line => line.Sku != sku)).Select(sku => (sku, placed[i], id)));
                }
            }

            if (isEdited || events[0].Version == 1)
            {
                foreach (var line in order.Lines)
                {
                    lines.Add((line.Sku, placed[i], id, line.Quantity));
                }
            }
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(UpsertOrders)
        {
            Parameters =
            {
                Of(ids), Of(numbers), Of(customers), Of(hashes), Of(statuses), Of(placed), Of(versions), Of(documents),
                Of(emails), Of(payments),
            },
        });
        if (gone.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(DeleteLines)
            {
                Parameters = { Of(gone.ConvertAll(line => line.Sku).ToArray()), Of(gone.ConvertAll(line => line.PlacedAt).ToArray()), Of(gone.ConvertAll(line => line.OrderId).ToArray()) },
            });
        }

        if (lines.Count > 0)
        {
            // One order of keys, so that two batches never wait for each other in a circle.
            lines.Sort(static (left, right) => string.CompareOrdinal(left.Sku, right.Sku) is var bySku and not 0 ? bySku : left.OrderId.CompareTo(right.OrderId));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(InsertLines)
            {
                Parameters =
                {
                    Of(lines.ConvertAll(line => line.Sku).ToArray()), Of(lines.ConvertAll(line => line.PlacedAt).ToArray()),
                    Of(lines.ConvertAll(line => line.OrderId).ToArray()), Of(lines.ConvertAll(line => line.Quantity).ToArray()),
                },
            });
        }
    }

    private static NpgsqlParameter<T> Of<T>(T values) => new() { TypedValue = values };
}
