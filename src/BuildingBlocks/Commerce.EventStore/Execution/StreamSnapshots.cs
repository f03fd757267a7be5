using Npgsql;
using NpgsqlTypes;

namespace Commerce.EventStore.Execution;

/// <summary>
/// Snapshots of the streams that grow for ever. One is written with the events that pass every so many versions, in their transaction, so a host that starts reads a
/// bounded number of events for any stream; and once where a stream was read that had grown without one.
/// </summary>
/// <param name="types">How the states are written, for the aggregates that have snapshots.</param>
/// <param name="every">Versions between two snapshots.</param>
internal sealed class StreamSnapshots(IEnumerable<SnapshotType> types, int every)
{
    private const string Find = "select stream_id, format, version, last_at, state from events.commerce_snapshots where stream_id = any ($1)";

    // A host that writes another format does not undo the work of one that writes a newer one.
    private const string Keep = """
        insert into events.commerce_snapshots as s (stream_id, format, version, last_at, state)
        select unnest($1), unnest($2), unnest($3), unnest($4), unnest($5)
        on conflict (stream_id) do update set format = excluded.format, version = excluded.version, last_at = excluded.last_at, state = excluded.state
         where (s.format, s.version) < (excluded.format, excluded.version)
        """;

    private readonly Dictionary<Type, SnapshotType> _types = types.ToDictionary(type => type.Aggregate);

    /// <summary>Takes over stored states of streams of which nothing is known yet.</summary>
    public async Task RestoreAsync(NpgsqlConnection connection, Dictionary<Guid, (AggregateType Type, CachedStream Stream)> streams, CancellationToken cancellationToken)
    {
        var ids = streams.Where(entry => entry.Value.Stream.Version == 0 && _types.ContainsKey(entry.Value.Type.ClrType)).Select(entry => entry.Key).ToArray();
        if (ids.Length == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(Find, connection) { Parameters = { new() { Value = ids } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetGuid(0);
            var type = streams[id].Type;
            if (_types[type.ClrType] is var snapshot && reader.GetInt32(1) == snapshot.Format)
            {
                streams[id] = (type, new CachedStream(snapshot.Restore(reader.GetFieldValue<byte[]>(4)), reader.GetInt64(2), false, reader.GetFieldValue<DateTimeOffset>(3)));
            }
        }
    }

    /// <summary>The versions from which streams are read on, to tell afterwards how far that was.</summary>
    public static Dictionary<Guid, long> VersionsOf(Dictionary<Guid, (AggregateType Type, CachedStream Stream)> streams) =>
        streams.ToDictionary(entry => entry.Key, entry => entry.Value.Stream.Version);

    /// <summary>Writes snapshots of those that were read further than one should have to.</summary>
    public async Task KeepAsync(
        NpgsqlConnection connection, Dictionary<Guid, (AggregateType Type, CachedStream Stream)> streams, Dictionary<Guid, long> before, CancellationToken cancellationToken)
    {
        var far = streams.Where(entry => entry.Value.Stream.Version - before[entry.Key] >= every && _types.ContainsKey(entry.Value.Type.ClrType))
            .Select(entry => (entry.Key, entry.Value.Type.ClrType, entry.Value.Stream)).ToList();
        if (far.Count == 0)
        {
            return;
        }

        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { CommandFor(far) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The statement that belongs into the transaction of these streams; null when none of them has come to its next snapshot.</summary>
    /// <param name="written">Streams with new events, in the order of ids.</param>
    public NpgsqlBatchCommand? CommandFor(List<BatchSlot> written)
    {
        List<(Guid, Type, CachedStream)>? due = null;
        foreach (var slot in written)
        {
            if (slot.Version / every > slot.From / every && _types.ContainsKey(slot.Aggregate.ClrType))
            {
                (due ??= []).Add((slot.Id, slot.Aggregate.ClrType, slot.AsCached()));
            }
        }

        return due is null ? null : CommandFor(due);
    }

    private NpgsqlBatchCommand CommandFor(List<(Guid Id, Type Aggregate, CachedStream Stream)> streams)
    {
        // One order of rows for all writers.
        streams.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        return new NpgsqlBatchCommand(Keep)
        {
            Parameters =
            {
                new() { Value = streams.ConvertAll(one => one.Id).ToArray() },
                new() { Value = streams.ConvertAll(one => _types[one.Aggregate].Format).ToArray() },
                new() { Value = streams.ConvertAll(one => one.Stream.Version).ToArray() },
                new() { Value = streams.ConvertAll(one => one.Stream.LastAt.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                new() { Value = streams.ConvertAll(one => _types[one.Aggregate].Save(one.Stream.State)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
            },
        };
    }
}
