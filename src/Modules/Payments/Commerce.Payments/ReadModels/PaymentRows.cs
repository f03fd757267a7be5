using Commerce.EventStore;
using Npgsql;

namespace Commerce.Payments.ReadModels;

/// <summary>Keeps <c>payments.payments</c> and <c>payments.calls</c> in the transaction of the payments' events: what the worker finds is what was decided.</summary>
internal sealed class PaymentRows : IInlineProjection
{
    internal const string UpsertPayments =
        """
        INSERT INTO payments.payments (id, order_id, provider, reference, status, awaits, opened_at, version, document)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::timestamptz[], $8::bigint[], $9::bytea[])
        ON CONFLICT (id) DO UPDATE SET reference = excluded.reference, status = excluded.status, awaits = excluded.awaits, version = excluded.version, document = excluded.document
        """;

    internal const string UpsertCalls =
        """
        INSERT INTO payments.calls (id, payment_id, place, is_open, due_at)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::boolean[], $5::timestamptz[])
        ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, due_at = excluded.due_at
        """;

    /// <inheritdoc />
    public string Name => "Payments.PaymentRows";

    /// <inheritdoc />
    public Type Aggregate => typeof(Payment);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["payments.payments", "payments.calls"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var rows = changes.Select(change => (change.StreamId, change.Version, State: (Payment)change.State)).ToArray();
        Add(
            batch, UpsertPayments,
            Array.ConvertAll(rows, row => row.StreamId),
            Array.ConvertAll(rows, row => row.State.OrderId),
            Array.ConvertAll(rows, row => row.State.Provider),
            Array.ConvertAll(rows, row => row.State.Reference),
            Array.ConvertAll(rows, row => row.State.Status),
            Array.ConvertAll(rows, row => row.State.Awaits),
            Array.ConvertAll(rows, row => row.State.OpenedAt.UtcDateTime),
            Array.ConvertAll(rows, row => row.Version),
            Array.ConvertAll(rows, row => PaymentResponse.Bytes(row.StreamId, row.Version, row.State)));
        var calls = rows.SelectMany(row => row.State.Calls.Select((call, place) => (call, place, row.StreamId))).ToArray();
        if (calls.Length > 0)
        {
            Add(
                batch, UpsertCalls,
                Array.ConvertAll(calls, row => row.call.Id),
                Array.ConvertAll(calls, row => row.StreamId),
                Array.ConvertAll(calls, row => row.place),
                Array.ConvertAll(calls, row => row.call.IsOpen),
                Array.ConvertAll(calls, row => (row.call.RetryAt ?? row.call.IntendedAt).UtcDateTime));
        }
    }

    private static void Add(NpgsqlBatch batch, string sql, params Array[] arguments)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var argument in arguments)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        }

        batch.BatchCommands.Add(command);
    }
}
