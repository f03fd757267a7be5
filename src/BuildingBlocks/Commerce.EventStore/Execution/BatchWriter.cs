using Npgsql;
using NpgsqlTypes;

namespace Commerce.EventStore.Execution;

/// <summary>What a committed batch was given by the database.</summary>
/// <param name="Transaction">The transaction's place in the global order.</param>
/// <param name="Sequences">The sequence numbers of the batch's events, in order.</param>
internal readonly record struct Committed(long Transaction, long[] Sequences);

/// <summary>Writes one batch with a few set-based statements in one round trip and one transaction.</summary>
internal sealed class BatchWriter(IReadOnlyList<IInlineProjection> projections, EventTypes types)
{
    private const string Append = "select * from events.commerce_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    private const string Expect = "select events.commerce_expect($1, $2, false)";

    private readonly ILookup<Type, IInlineProjection> _projections = projections.ToLookup(projection => projection.Aggregate);

    /// <summary>
    /// Sends the batch. Without an explicit transaction on the connection, all its statements form one implicit transaction that commits when the
    /// last one has run.
    /// </summary>
    public async Task<Committed?> WriteAsync(NpgsqlConnection connection, StagedBatch staged, IReadOnlyList<IdempotencyRecord> records, CancellationToken cancellationToken)
    {
        var written = staged.Slots.Where(slot => slot.Events.Count > 0).OrderBy(slot => slot.Id).ToList();
        var read = staged.Slots.Where(slot => slot.Events.Count == 0 && slot.IsRead && !(slot.AssumedNew && !slot.HoldRead)).OrderBy(slot => slot.Id).ToList();
        await using var batch = new NpgsqlBatch(connection);
        var hasTransaction = written.Count > 0 || records.Count > 0;
        if (hasTransaction)
        {
            batch.BatchCommands.Add(AppendCommand(staged, written, read));
        }
        else if (read.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Expect)
            {
                Parameters = { new() { Value = read.ConvertAll(s => s.Id).ToArray() }, new() { Value = read.ConvertAll(s => s.From).ToArray() } },
            });
        }
        else
        {
            return null;
        }

        foreach (var group in written.GroupBy(slot => slot.Aggregate.ClrType))
        {
            var changes = group.Select(slot => new StreamChange(slot.Id, slot.State, slot.Version, slot.Events)).ToList();
            foreach (var projection in _projections[group.Key])
            {
                projection.Project(changes, batch);
            }
        }

        if (records.Count > 0)
        {
            batch.BatchCommands.Add(IdempotencyRecords.InsertCommand(records));
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        Committed? committed = null;
        if (hasTransaction && await reader.ReadAsync(cancellationToken))
        {
            committed = new Committed(reader.GetInt64(0), reader.IsDBNull(1) ? [] : reader.GetFieldValue<long[]>(1));
        }

        // Reading to the end is what waits for the commit.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        return committed;
    }

    private NpgsqlBatchCommand AppendCommand(StagedBatch staged, List<BatchSlot> written, List<BatchSlot> read)
    {
        var events = staged.Events;
        var count = events.Count;
        var ids = new Guid[count];
        var streams = new Guid[count];
        var versions = new long[count];
        var names = new string[count];
        var dotnet = new string[count];
        var bodies = new byte[count][];
        var correlations = new string?[count];
        var causations = new string?[count];
        var headers = new string?[count];
        var users = new string?[count];
        for (var i = 0; i < count; i++)
        {
            var @event = events[i];
            var type = types.Of(@event.Data.GetType());
            ids[i] = @event.Id;
            streams[i] = @event.StreamId;
            versions[i] = @event.Version;
            names[i] = type.Name;
            dotnet[i] = type.DotnetType;
            bodies[i] = EventTypes.Serialize(@event.Data, type);
            correlations[i] = @event.CorrelationId;
            causations[i] = @event.CausationId;
            headers[i] = @event.Headers;
            users[i] = @event.Actor;
        }

        const NpgsqlDbType texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
        return new NpgsqlBatchCommand(Append)
        {
            Parameters =
            {
                new() { Value = written.ConvertAll(s => s.Id).ToArray() },
                new() { Value = written.ConvertAll(s => s.Aggregate.StreamType).ToArray() },
                new() { Value = written.ConvertAll(s => s.From).ToArray() },
                new() { Value = written.ConvertAll(s => s.Version).ToArray() },
                new() { Value = read.ConvertAll(s => s.Id).ToArray() },
                new() { Value = read.ConvertAll(s => s.From).ToArray() },
                new() { Value = ids },
                new() { Value = streams },
                new() { Value = versions },
                new() { Value = names },
                new() { Value = dotnet },
                new() { Value = bodies, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
                new() { Value = correlations, NpgsqlDbType = texts },
                new() { Value = causations, NpgsqlDbType = texts },
                new() { Value = headers, NpgsqlDbType = texts },
                new() { Value = users, NpgsqlDbType = texts },
                new() { Value = staged.RecordedAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
    }
}
