using Npgsql;
using NpgsqlTypes;

namespace Commerce.EventStore.Execution;

/// <summary>What a committed batch was given by the database.</summary>
/// <param name="Transaction">The transaction's place in the global order.</param>
/// <param name="Sequences">The sequence numbers of the batch's events, in order.</param>
internal readonly record struct Committed(long Transaction, long[] Sequences);

/// <summary>Writes one batch with a few set-based statements in one round trip and one transaction.</summary>
internal sealed class BatchWriter(IReadOnlyList<IInlineProjection> projections, StreamSnapshots snapshots, EventTypes types)
{
    private const string Append = "select * from events.commerce_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
    private const string Expect = "select events.commerce_expect($1, $2, false)";

    private readonly ILookup<Type, IInlineProjection> _projections = projections.ToLookup(projection => projection.Aggregate);

    /// <summary>
    /// Sends the batch. Without an explicit transaction on the connection, all its statements form one implicit transaction that commits when the
    /// last one has run.
    /// </summary>
    public async Task<Committed?> WriteAsync(NpgsqlConnection connection, StagedBatch staged, CancellationToken cancellationToken)
    {
        var records = staged.Decisions.Where(decision => decision is { Record: not null, Fault: null }).Select(decision => decision.Record!).ToList();
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

        if (snapshots.CommandFor(written) is { } due)
        {
            batch.BatchCommands.Add(due);
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
        var places = new Dictionary<Guid, int>(written.Count);
        var streams = new StreamColumns(written.Count);
        foreach (var slot in written)
        {
            streams.Ids[places.Count] = slot.Id;
            streams.Types[places.Count] = slot.Aggregate.StreamType;
            streams.From[places.Count] = slot.From;
            streams.To[places.Count] = slot.Version;
            streams.At[places.Count] = slot.LastAt.UtcDateTime;
            streams.Existing += slot.From > 0 ? 1 : 0;
            places.Add(slot.Id, places.Count + 1);
        }

        // What events have in common is sent once: their names by type, their metadata by decision, whose events stand together.
        var events = staged.Events;
        var count = events.Count;
        var ids = new Guid[count];
        var streamPlaces = new int[count];
        var versions = new long[count];
        var typePlaces = new int[count];
        var decisionPlaces = new int[count];
        var bodies = new ReadOnlyMemory<byte>[count];
        List<EventType> kinds = [];
        List<RecordedEvent> decisions = [];
        for (var i = 0; i < count; i++)
        {
            var @event = events[i];
            var type = types.Of(@event.Data.GetType());
            var kind = kinds.IndexOf(type);
            if (kind < 0)
            {
                kind = kinds.Count;
                kinds.Add(type);
            }

            if (decisions.Count == 0 || !ReferenceEquals(decisions[^1].CausationId, @event.CausationId))
            {
                decisions.Add(@event);
            }

            ids[i] = @event.Id;
            streamPlaces[i] = places[@event.StreamId];
            versions[i] = @event.Version;
            typePlaces[i] = kind + 1;
            decisionPlaces[i] = decisions.Count;
            bodies[i] = EventTypes.Serialize(@event.Data, type);
        }

        const NpgsqlDbType texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
        return new NpgsqlBatchCommand(Append)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid[]> { TypedValue = streams.Ids },
                new NpgsqlParameter<string[]> { TypedValue = streams.Types, NpgsqlDbType = texts },
                new NpgsqlParameter<long[]> { TypedValue = streams.From },
                new NpgsqlParameter<long[]> { TypedValue = streams.To },
                new NpgsqlParameter<DateTime[]> { TypedValue = streams.At, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                new NpgsqlParameter<int> { TypedValue = streams.Existing },
                new NpgsqlParameter<Guid[]> { TypedValue = read.ConvertAll(s => s.Id).ToArray() },
                new NpgsqlParameter<long[]> { TypedValue = read.ConvertAll(s => s.From).ToArray() },
                new NpgsqlParameter<string[]> { TypedValue = kinds.ConvertAll(k => k.Name).ToArray(), NpgsqlDbType = texts },
                new NpgsqlParameter<string[]> { TypedValue = kinds.ConvertAll(k => k.DotnetType).ToArray(), NpgsqlDbType = texts },
                new NpgsqlParameter<string?[]> { TypedValue = decisions.ConvertAll(d => d.CorrelationId).ToArray(), NpgsqlDbType = texts },
                new NpgsqlParameter<string?[]> { TypedValue = decisions.ConvertAll(d => d.CausationId).ToArray(), NpgsqlDbType = texts },
                new NpgsqlParameter<string?[]> { TypedValue = decisions.ConvertAll(d => d.Headers).ToArray(), NpgsqlDbType = texts },
                new NpgsqlParameter<string?[]> { TypedValue = decisions.ConvertAll(d => d.Actor).ToArray(), NpgsqlDbType = texts },
                new NpgsqlParameter<DateTime[]> { TypedValue = decisions.ConvertAll(d => d.Timestamp.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                new NpgsqlParameter<Guid[]> { TypedValue = ids },
                new NpgsqlParameter<int[]> { TypedValue = streamPlaces },
                new NpgsqlParameter<long[]> { TypedValue = versions },
                new NpgsqlParameter<int[]> { TypedValue = typePlaces },
                new NpgsqlParameter<int[]> { TypedValue = decisionPlaces },
                new NpgsqlParameter<ReadOnlyMemory<byte>[]> { TypedValue = bodies, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
            },
        };
    }

    private struct StreamColumns(int count)
    {
        public readonly Guid[] Ids = new Guid[count];
        public readonly string[] Types = new string[count];
        public readonly long[] From = new long[count];
        public readonly long[] To = new long[count];
        public readonly DateTime[] At = new DateTime[count];
        public int Existing;
    }
}
