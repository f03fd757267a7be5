using System.Diagnostics;
using Commerce.EventStore.Execution;
using Commerce.EventStore.Subscriptions;
using Npgsql;

namespace Commerce.EventStore.Verification;

/// <summary>
/// Replays a whole database and proves, at every position, the rules of the modules and those of the store itself: versions without holes, positions
/// that grow, stream rows that equal their events, idempotency records that have their events, and read models that equal a fresh replay.
/// Run it while nothing writes.
/// </summary>
public sealed class DatabaseVerifier(
    EventTypes types,
    EventStoreDataSource source,
    IEnumerable<ReplayRule> rules,
    IEnumerable<IInlineProjection> inline,
    IEnumerable<ISubscription> subscriptions,
    IEnumerable<IAnnouncements> announcements)
{
    private const int PageSize = 5000;

    private const string StreamRows = """
        select s.id, s.version, coalesce(e.last, 0)
          from events.mt_streams s
          left join (select stream_id, max(version) as last from events.mt_events group by stream_id) e on e.stream_id = s.id
         where coalesce(s.version, 0) <> coalesce(e.last, 0)
         limit 1
        """;

    private const string Orphans = """
        select e.stream_id, e.version from events.mt_events e left join events.mt_streams s on s.id = e.stream_id where s.id is null limit 1
        """;

    // A refusal has no events and a record of its own. A success has both, stamped by the same command in the same transaction.
    private const string Records = """
        select i.key, i.commerce_tx
          from events.commerce_idempotency i
         where i.status between 200 and 299
           and exists (select 1 from events.mt_events e where e.causation_id = i.causation_id and e.commerce_tx <> i.commerce_tx)
         limit 1
        """;

    /// <summary>Verifies everything.</summary>
    /// <param name="progress">Hears of the number of events replayed, now and then.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<VerificationReport> VerifyAsync(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var checks = rules.ToList();
        var broken = new Dictionary<string, Violation>(StringComparer.Ordinal);
        var streams = new Dictionary<Guid, (object? State, long Version)>();
        var aggregates = types.Events.ToDictionary(e => e.ClrType, e => types.Aggregate(e.Aggregate));
        var loader = new StreamLoader(types);
        var started = Stopwatch.GetTimestamp();
        var (count, position) = (0L, EventPosition.Start);
        await using var connection = await source.Unpooled.OpenConnectionAsync(cancellationToken);

        void Break(string statement, EventPosition at, Guid? stream, string? what)
        {
            if (what is not null)
            {
                broken.TryAdd(statement, new Violation(statement, at, stream, what));
            }
        }

        while (true)
        {
            var page = await loader.ReadPageAsync(connection, position, null, PageSize, cancellationToken);
            foreach (var e in page.Events)
            {
                if (e.Position.Transaction != position.Transaction && count > 0)
                {
                    checks.ForEach(rule => Break(rule.Statement, position, null, rule.AfterTransaction()));
                }

                var (state, version) = streams.GetValueOrDefault(e.StreamId);
                if (e.Version != version + 1)
                {
                    Break("versions of a stream have no holes and arrive in order", e.Position, e.StreamId, $"version {e.Version} follows {version}");
                }

                if (aggregates.TryGetValue(e.Data.GetType(), out var aggregate))
                {
                    state = aggregate.Evolve(state ?? aggregate.Initial, e.Data);
                    foreach (var rule in checks)
                    {
                        Break(rule.Statement, e.Position, e.StreamId, rule.After(e, state));
                    }
                }

                streams[e.StreamId] = (state, e.Version);
                position = e.Position;
                count++;
            }

            progress?.Report(count);
            if (page.AtHead)
            {
                break;
            }
        }

        if (count > 0)
        {
            checks.ForEach(rule => Break(rule.Statement, position, null, rule.AfterTransaction()));
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await LookAsync(connection, StreamRows, "a stream's row has the version of its last event", r => (r.GetGuid(0), $"the row says {r.GetInt64(1)}, the events {r.GetInt64(2)}"), Break, cancellationToken);
        await LookAsync(connection, Orphans, "every event belongs to a stream", r => (r.GetGuid(0), $"version {r.GetInt64(1)} has no stream row"), Break, cancellationToken);
        await LookAsync(connection, Records, "an idempotency record was committed with its events", r => (null, $"key {r.GetString(0)} stands in transaction {r.GetInt64(1)}, its events elsewhere"), Break, cancellationToken);
        await using var counted = new NpgsqlCommand("select count(*) from events.commerce_idempotency", connection);
        var records = (long)(await counted.ExecuteScalarAsync(cancellationToken))!;

        var compared = await CompareAsync(loader, Break, cancellationToken);
        return new VerificationReport(count, streams.Count, compared, records, seconds, [.. broken.Values.OrderBy(v => v.Position)]);
    }

    private async Task<int> CompareAsync(StreamLoader loader, Action<string, EventPosition, Guid?, string?> broken, CancellationToken cancellationToken)
    {
        var rebuild = new ProjectionRebuild(source, loader, types);
        var compared = 0;
        foreach (var projection in inline)
        {
            broken($"{projection.Name} equals a fresh replay", EventPosition.Start, null, await rebuild.CompareAsync(projection, cancellationToken));
            compared++;
        }

        foreach (var subscription in subscriptions.Where(subscription => subscription.Tables.Count > 0))
        {
            var running = new RunningSubscription(subscription, types, announcements);
            broken($"{subscription.Name} equals a fresh replay", EventPosition.Start, null, await rebuild.CompareAsync(running, cancellationToken));
            compared++;
        }

        return compared;
    }

    private static async Task LookAsync(
        NpgsqlConnection connection,
        string sql,
        string statement,
        Func<NpgsqlDataReader, (Guid? Stream, string What)> describe,
        Action<string, EventPosition, Guid?, string?> broken,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken))
        {
            var (stream, what) = describe(reader);
            broken(statement, EventPosition.Start, stream, what);
        }
    }
}
