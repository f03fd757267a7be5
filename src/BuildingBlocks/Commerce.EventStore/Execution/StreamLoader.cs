using Commerce.EventStore.Subscriptions;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.EventStore.Execution;

/// <summary>Reads events of streams.</summary>
internal sealed class StreamLoader(EventTypes types)
{
    private const string Columns = "e.stream_id, e.version, e.seq_id, e.id, e.type, e.data, e.timestamp, e.correlation_id, e.causation_id, e.headers::text, e.user_name, e.commerce_tx";

    /// <summary>The oldest transaction that is still open, as <c>tx</c> of <c>horizon</c>: what stands below it is whole.</summary>
    internal const string Horizon = """
        with horizon as materialized (
            select pg_snapshot_xmin(pg_current_snapshot())::text::bigint + shift as tx from events.commerce_origin)
        """;

    private const string Tails = $"""
        select {Columns}
          from unnest($1, $2) as k (id, version)
          join events.mt_events e on e.stream_id = k.id and e.version > k.version
         order by e.stream_id, e.version
        """;

    private const string Archived = "select id from events.mt_streams where id = any ($1) and is_archived";

    private const string Past = $"""
        select {Columns}
          from events.mt_events e
         where e.stream_id = $1 and e.version <= $2 and e.timestamp <= $3
         order by e.version
        """;

    private const string Upwards = $"""
        select {Columns}
          from events.mt_events e
         where e.stream_id = $1 and e.type = any ($2) and e.version >= $3
         order by e.version
         limit $4
        """;

    private const string Downwards = $"""
        select {Columns}
          from events.mt_events e
         where e.stream_id = $1 and e.type = any ($2) and e.version <= $3
         order by e.version desc
         limit $4
        """;

    private const string Page = $"""
        {Horizon}
        select h.tx, {Columns}
          from horizon h
          left join lateral (
            select * from events.mt_events m
             where (m.commerce_tx, m.seq_id) > ($1, $2) and m.commerce_tx < h.tx and ($3::text[] is null or m.type = any ($3))
             order by m.commerce_tx, m.seq_id
             limit $4) e on true
         order by e.commerce_tx, e.seq_id
        """;

    private const string PageWithoutBodies = $"""
        {Horizon}
        select h.tx, e.stream_id, e.version, e.seq_id, e.id, e.type, case when e.type <> all ($5) then e.data end, e.timestamp, e.correlation_id, e.causation_id, e.headers::text, e.user_name, e.commerce_tx
          from horizon h
          left join lateral (
            select * from events.mt_events m
             where (m.commerce_tx, m.seq_id) > ($1, $2) and m.commerce_tx < h.tx and m.type = any ($3)
             order by m.commerce_tx, m.seq_id
             limit $4) e on true
         order by e.commerce_tx, e.seq_id
        """;

    private const string Places = $"""
        {Horizon}
        select h.tx, e.commerce_tx, e.seq_id, e.id
          from horizon h
          left join lateral (
            select m.commerce_tx, m.seq_id, m.id from events.mt_events m
             where (m.commerce_tx, m.seq_id) > ($1, $2) and m.commerce_tx < h.tx and m.type = any ($3)
             order by m.commerce_tx, m.seq_id
             limit $4) e on true
         order by e.commerce_tx, e.seq_id
        """;

    private const string AtPlaces = $"""
        select {Columns}
          from unnest($1, $2) as k (tx, seq)
          join events.mt_events e on e.commerce_tx = k.tx and e.seq_id = k.seq
        """;

    // What is committed now, besides the horizon: all transactions before next but the open ones.
    private const string Snapshot = """
        with horizon as materialized (
            select pg_snapshot_xmin(s)::text::bigint + shift as tx, pg_snapshot_xmax(s)::text::bigint + shift as next,
                   array(select x::text::bigint + shift from pg_snapshot_xip(s) as x) as open
              from events.commerce_origin, pg_current_snapshot() as s)
        """;

    // The two parts are two ranges of one index, and next to nothing, however long a transaction holds the horizon back.
    private const string PageOfCommitted = $"""
        {Snapshot}
        select h.tx, h.next, h.open, {Columns}
          from horizon h
          left join lateral (
            select * from (
                (select * from events.mt_events m
                  where (m.commerce_tx, m.seq_id) > ($1, $2) and m.commerce_tx >= $6 and m.type = any ($3) and m.commerce_tx <> all ($5)
                  order by m.commerce_tx, m.seq_id
                  limit $4)
                union all
                (select * from events.mt_events m
                  where (m.commerce_tx, m.seq_id) > ($1, $2) and m.commerce_tx = any ($7) and m.type = any ($3) and m.commerce_tx <> all ($5)
                  order by m.commerce_tx, m.seq_id
                  limit $4)) as parts
             order by parts.commerce_tx, parts.seq_id
             limit $4) e on true
         order by e.commerce_tx, e.seq_id
        """;

    private const string CommittedAfter = $"""
        select {Columns}
          from events.mt_events e
         where (e.commerce_tx, e.seq_id) > ($1, $2) and e.type = any ($3)
         order by e.commerce_tx, e.seq_id
        """;

    /// <summary>Everything that is committed after a position, the horizon notwithstanding: for a caller that has locked out the writers it cares for.</summary>
    public async Task<IReadOnlyList<RecordedEvent>> ReadCommittedAsync(NpgsqlConnection connection, EventPosition after, string[] names, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(CommittedAfter, connection)
        {
            Parameters = { new() { Value = after.Transaction }, new() { Value = after.Sequence }, new() { Value = names } },
        };
        return await ReadEventsAsync(command, cancellationToken);
    }

    /// <summary>Brings streams, known up to some version, to the present: folds the events after it into the state.</summary>
    public async Task CatchUpAsync(NpgsqlConnection connection, Dictionary<Guid, (AggregateType Type, CachedStream Stream)> streams, CancellationToken cancellationToken)
    {
        var ids = streams.Keys.ToArray();
        var versions = Array.ConvertAll(ids, id => streams[id].Stream.Version);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(Tails) { Parameters = { new() { Value = ids }, new() { Value = versions } } },
                new(Archived) { Parameters = { new() { Value = ids } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetGuid(0);
            var (type, stream) = streams[id];
            var body = types.Deserialize(reader.GetString(4), reader.GetFieldValue<byte[]>(5));
            streams[id] = (type, new CachedStream(type.Evolve(stream.State, body), reader.GetInt64(1), false, reader.GetFieldValue<DateTimeOffset>(6)));
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetGuid(0);
            var (type, stream) = streams[id];
            streams[id] = (type, stream with { IsArchived = true });
        }
    }

    public async Task<IReadOnlyList<RecordedEvent>> FetchAsync(NpgsqlConnection connection, Guid id, long? version, DateTimeOffset? timestamp, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Past, connection)
        {
            Parameters =
            {
                new() { Value = id },
                new() { Value = version ?? long.MaxValue },
                new() { Value = timestamp is { } limit ? limit.UtcDateTime : DateTime.MaxValue, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        return await ReadEventsAsync(command, cancellationToken);
    }

    public async Task<IReadOnlyList<RecordedEvent>> FetchPageAsync(
        NpgsqlConnection connection, Guid id, string[] names, long from, bool newestFirst, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(newestFirst ? Downwards : Upwards, connection)
        {
            Parameters = { new() { Value = id }, new() { Value = names }, new() { Value = from }, new() { Value = limit } },
        };
        return await ReadEventsAsync(command, cancellationToken);
    }

    public async Task<EventPage> ReadPageAsync(NpgsqlConnection connection, EventPosition after, string[]? names, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Page, connection)
        {
            Parameters =
            {
                new() { Value = after.Transaction },
                new() { Value = after.Sequence },
                new() { Value = names ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = limit },
            },
        };
        return await ReadPageAsync(command, after, limit, cancellationToken);
    }

    /// <summary>A page in which events of some names have no bodies.</summary>
    public async Task<EventPage> ReadPageAsync(NpgsqlConnection connection, EventPosition after, string[] names, string[] bodiless, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(PageWithoutBodies, connection)
        {
            Parameters =
            {
                new() { Value = after.Transaction }, new() { Value = after.Sequence }, new() { Value = names }, new() { Value = limit }, new() { Value = bodiless },
            },
        };
        return await ReadPageAsync(command, after, limit, cancellationToken);
    }

    /// <summary>A page of which only what this process does not remember is fetched.</summary>
    public async Task<EventPage> ReadPageAsync(
        NpgsqlConnection connection, EventPosition after, string[] names, int limit, RecentCommits commits, CancellationToken cancellationToken)
    {
        var (horizon, places) = await ReadPlacesAsync(connection, after, names, limit, cancellationToken);
        var events = new RecordedEvent?[places.Count];
        List<EventPosition> missing = [];
        for (var i = 0; i < events.Length; i++)
        {
            if (commits.TryGet(places[i].Id, out var known) && known.Position == places[i].Position)
            {
                events[i] = known;
            }
            else
            {
                missing.Add(places[i].Position);
            }
        }

        if (missing.Count > 0)
        {
            var fetched = (await ReadAtAsync(connection, missing, cancellationToken)).ToDictionary(recorded => recorded.Position);
            for (var i = 0; i < events.Length; i++)
            {
                events[i] ??= fetched.GetValueOrDefault(places[i].Position);
            }
        }

        return PageOf([.. events.OfType<RecordedEvent>()], horizon, after, atHead: places.Count < limit);
    }

    private static async Task<(long Horizon, List<(EventPosition Position, Guid Id)> Places)> ReadPlacesAsync(
        NpgsqlConnection connection, EventPosition after, string[] names, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Places, connection)
        {
            Parameters = { new() { Value = after.Transaction }, new() { Value = after.Sequence }, new() { Value = names }, new() { Value = limit } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var places = new List<(EventPosition, Guid)>();
        var horizon = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            horizon = reader.GetInt64(0);
            if (!reader.IsDBNull(1))
            {
                places.Add((new EventPosition(reader.GetInt64(1), reader.GetInt64(2)), reader.GetGuid(3)));
            }
        }

        return (horizon, places);
    }

    private async Task<IReadOnlyList<RecordedEvent>> ReadAtAsync(NpgsqlConnection connection, List<EventPosition> places, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(AtPlaces, connection)
        {
            Parameters = { new() { Value = places.ConvertAll(place => place.Transaction).ToArray() }, new() { Value = places.ConvertAll(place => place.Sequence).ToArray() } },
        };
        return await ReadEventsAsync(command, cancellationToken);
    }

    public async Task<CommittedPage> ReadCommittedPageAsync(
        NpgsqlConnection connection, EventPosition after, CommittedMark? since, long[] seen, string[] names, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(PageOfCommitted, connection)
        {
            Parameters =
            {
                new() { Value = after.Transaction }, new() { Value = after.Sequence }, new() { Value = names }, new() { Value = limit }, new() { Value = seen },
                // Without a mark everything has begun since.
                new() { Value = since?.Next ?? long.MinValue }, new() { Value = since?.Open ?? [] },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<RecordedEvent>();
        var (horizon, mark) = (0L, new CommittedMark(0, []));
        while (await reader.ReadAsync(cancellationToken))
        {
            if (horizon == 0)
            {
                (horizon, mark) = (reader.GetInt64(0), new CommittedMark(reader.GetInt64(1), reader.GetFieldValue<long[]>(2)));
            }

            if (!reader.IsDBNull(3))
            {
                events.Add(Read(reader, 3));
            }
        }

        return new CommittedPage(events, horizon, events.Count < limit, mark);
    }

    private async Task<EventPage> ReadPageAsync(NpgsqlCommand command, EventPosition after, int limit, CancellationToken cancellationToken)
    {
        var (horizon, events) = await ReadWithHorizonAsync(command, cancellationToken);
        return PageOf(events, horizon, after, atHead: events.Count < limit);
    }

    private static EventPage PageOf(List<RecordedEvent> events, long horizon, EventPosition after, bool atHead)
    {
        var next = atHead ? new EventPosition(Math.Max(horizon - 1, after.Transaction), long.MaxValue) : events[^1].Position;
        return new EventPage(events, next > after ? next : after, atHead);
    }

    private async Task<(long Horizon, List<RecordedEvent> Events)> ReadWithHorizonAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<RecordedEvent>();
        var horizon = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            horizon = reader.GetInt64(0);
            if (!reader.IsDBNull(1))
            {
                events.Add(Read(reader, 1));
            }
        }

        return (horizon, events);
    }

    private async Task<IReadOnlyList<RecordedEvent>> ReadEventsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<RecordedEvent>();
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(Read(reader, 0));
        }

        return events;
    }

    // A database may hold events of a Marten application or of a module that is not in this process: they keep their place, unread.
    internal object Body(string name, byte[] utf8) =>
        types.Knows(name) ? types.Deserialize(name, utf8) : new UnknownEvent(System.Text.Encoding.UTF8.GetString(utf8));

    private RecordedEvent Read(NpgsqlDataReader reader, int at)
    {
        var name = reader.GetString(at + 4);
        var body = reader.IsDBNull(at + 5) ? null : reader.GetFieldValue<byte[]>(at + 5);
        return new RecordedEvent
        {
            StreamId = reader.GetGuid(at),
            Version = reader.GetInt64(at + 1),
            Position = new EventPosition(reader.GetInt64(at + 11), reader.GetInt64(at + 2)),
            Id = reader.GetGuid(at + 3),
            Name = name,
            Data = types.KindOf(name) is { } kind ? new StoredBody(types, name, body, kind) : Body(name, body!),
            Timestamp = reader.GetFieldValue<DateTimeOffset>(at + 6),
            CorrelationId = reader.IsDBNull(at + 7) ? null : reader.GetString(at + 7),
            CausationId = reader.IsDBNull(at + 8) ? null : reader.GetString(at + 8),
            Headers = reader.IsDBNull(at + 9) ? null : reader.GetString(at + 9),
            Actor = reader.IsDBNull(at + 10) ? null : reader.GetString(at + 10),
        };
    }
}

/// <summary>The body of an event whose name nobody registered in this process.</summary>
/// <param name="Json">The stored JSON.</param>
public sealed record UnknownEvent(string Json);

/// <summary>The body of an event that its registered type cannot be read from; only a verification meets one without failing.</summary>
/// <param name="Why">What is wrong with it.</param>
internal sealed record UnreadableEvent(string Why);
