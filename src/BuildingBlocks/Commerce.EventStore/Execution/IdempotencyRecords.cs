using Npgsql;
using NpgsqlTypes;

namespace Commerce.EventStore.Execution;

/// <summary>Responses under idempotency keys: the recent ones in memory, all of them in <c>commerce_idempotency</c>.</summary>
internal sealed class IdempotencyRecords(int capacity)
{
    private const string Find = """
        select i.id, i.caller, i.key, i.request_hash, i.status, i.content_type, i.headers, i.body, i.causation_id, i.commerce_tx
          from events.commerce_idempotency i
         where i.id = any ($1)
        """;

    private const string Insert = """
        insert into events.commerce_idempotency (id, caller, key, request_hash, status, content_type, headers, body, causation_id)
        select unnest($1), unnest($2), unnest($3), unnest($4), unnest($5), unnest($6), unnest($7), unnest($8), unnest($9)
        """;

    private readonly RecentlyUsed<IdempotencyRecord> _recent = new(capacity);

    public IdempotencyRecord? Recent(Guid id) => _recent.TryGet(id, out var record) ? record : null;

    public void Remember(IdempotencyRecord record) => _recent.Set(record.Id, record);

    /// <summary>Brings stored records of these keys into memory.</summary>
    public async Task LoadAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Find, connection) { Parameters = { new() { Value = ids } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            Remember(new IdempotencyRecord(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetFieldValue<byte[]>(3),
                new RecordedResponse(
                    reader.GetInt32(4),
                    reader.IsDBNull(5) ? null : reader.GetString(5),
                    reader.IsDBNull(6) ? null : reader.GetString(6),
                    reader.GetFieldValue<byte[]>(7)),
                reader.IsDBNull(8) ? null : reader.GetString(8),
                new EventPosition(reader.GetInt64(9), long.MaxValue)));
        }
    }

    public static NpgsqlBatchCommand InsertCommand(IReadOnlyList<IdempotencyRecord> records)
    {
        // Ids in one order, so that two hosts that insert the same keys wait for each other instead of in a circle.
        var rows = records.OrderBy(record => record.Id).ToArray();
        return new NpgsqlBatchCommand(Insert)
        {
            Parameters =
            {
                Of(rows, record => record.Id, NpgsqlDbType.Uuid),
                Of(rows, record => record.Caller, NpgsqlDbType.Text),
                Of(rows, record => record.Key, NpgsqlDbType.Text),
                Of(rows, record => record.RequestHash, NpgsqlDbType.Bytea),
                Of(rows, record => record.Response.Status, NpgsqlDbType.Integer),
                Of(rows, record => record.Response.ContentType, NpgsqlDbType.Text),
                Of(rows, record => record.Response.Headers, NpgsqlDbType.Text),
                Of(rows, record => record.Response.Body, NpgsqlDbType.Bytea),
                Of(rows, record => record.CausationId, NpgsqlDbType.Text),
            },
        };
    }

    private static NpgsqlParameter<T[]> Of<T>(IdempotencyRecord[] rows, Converter<IdempotencyRecord, T> column, NpgsqlDbType type) =>
        new() { TypedValue = Array.ConvertAll(rows, column), NpgsqlDbType = NpgsqlDbType.Array | type };
}
