using Commerce.EventStore;
using Npgsql;

namespace Commerce.Payments.ReadModels;

/// <summary>Keeps <c>payments.stored_values</c> in the transaction of the ledgers' events.</summary>
internal sealed class StoredValueRows : IInlineProjection
{
    internal const string Upsert =
        """
        INSERT INTO payments.stored_values (id, kind, customer_id, currency, balance, code_end, expires_at, issued_at, version)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::numeric[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::bigint[])
        ON CONFLICT (id) DO UPDATE SET balance = excluded.balance, expires_at = excluded.expires_at, version = excluded.version
        """;

    /// <inheritdoc />
    public string Name => "Payments.StoredValueRows";

    /// <inheritdoc />
    public Type Aggregate => typeof(StoredValue);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["payments.stored_values"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var rows = changes.Select(change => (change.StreamId, change.Version, State: (StoredValue)change.State)).ToArray();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
        {
            Parameters =
            {
                Of(Array.ConvertAll(rows, row => row.StreamId)),
                Of(Array.ConvertAll(rows, row => row.State.Kind == StoredValueKind.GiftCard ? "giftCard" : "storeCredit")),
                Of(Array.ConvertAll(rows, row => row.State.CustomerId)),
                Of(Array.ConvertAll(rows, row => row.State.Currency)),
                Of(Array.ConvertAll(rows, row => row.State.Balance)),
                Of(Array.ConvertAll(rows, row => row.State.CodeEnd)),
                Of(Array.ConvertAll(rows, row => row.State.ExpiresAt?.UtcDateTime)),
                Of(Array.ConvertAll(rows, row => row.State.IssuedAt.UtcDateTime)),
                Of(Array.ConvertAll(rows, row => row.Version)),
            },
        });
    }

    private static NpgsqlParameter<T> Of<T>(T values) => new() { TypedValue = values };
}
