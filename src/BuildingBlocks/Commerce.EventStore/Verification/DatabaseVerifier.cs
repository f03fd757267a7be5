using System.Diagnostics;
using System.Globalization;
using Commerce.EventStore.Execution;
using Commerce.EventStore.Reading;
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
    IEnumerable<SnapshotType> snapshots,
    IEnumerable<IInlineProjection> inline,
    IEnumerable<ISubscription> subscriptions,
    IEnumerable<IAnnouncements> announcements)
{
    private const string IsBehindHorizon = $"{StreamLoader.Horizon} select tx > $1 from horizon";

    // The store's own sessions avoid plans that a busy shop must not get by accident; whole-table questions need them.
    private const string PlanFreely = "set enable_hashjoin = on; set enable_mergejoin = on; set plan_cache_mode = auto";

    private static readonly TimeSpan MostUnsettled = TimeSpan.FromSeconds(50);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

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

    // A refusal has no events and a record of its own. A success has both, stamped by the same command in the same transaction. All breaches are sought before
    // the first is taken: a plan made for the first one alone expects to meet it soon, and in a sound database reads all events for each record.
    private const string Records = """
        with apart as materialized (
            select i.key, i.commerce_tx
              from events.commerce_idempotency i
             where i.status between 200 and 299
               and exists (select 1 from events.mt_events e where e.causation_id = i.causation_id and e.commerce_tx <> i.commerce_tx))
        select key, commerce_tx from apart limit 1
        """;

    /// <summary>Verifies everything.</summary>
    /// <param name="progress">Hears how far it is, now and then.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public Task<VerificationReport> VerifyAsync(IProgress<VerificationStep>? progress, CancellationToken cancellationToken) => VerifyAsync(progress, true, cancellationToken);

    /// <summary>Verifies the events and, when asked to, that read models equal a fresh replay of them.</summary>
    /// <param name="progress">Hears how far it is, now and then.</param>
    /// <param name="readModels">Whether read models are compared: that takes a rebuild of each.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<VerificationReport> VerifyAsync(IProgress<VerificationStep>? progress, bool readModels, CancellationToken cancellationToken)
    {
        var findings = new Findings();
        var loader = new StreamLoader(types);
        await using var connection = await source.Unpooled.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(connection, PlanFreely, cancellationToken);
        var total = await CountAsync(connection, "events.mt_events", cancellationToken);
        ReplayRule[] all = [.. rules, await SnapshotsEqualTheirStates.ReadAsync(connection, snapshots, cancellationToken)];
        var (started, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var (count, streams, last) = await Task.Factory.StartNew(
            () => Replay(loader, all, findings, total, progress, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var (seconds, cpuSeconds) = (Stopwatch.GetElapsedTime(started).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);

        // Told at once: what follows takes longer, and how fast the replay was is known now.
        progress?.Report(new VerificationStep(
            string.Create(CultureInfo.InvariantCulture, $"events replayed at {count / Math.Max(seconds, 0.001):N0} a second, {count / Math.Max(cpuSeconds, 0.001):N0} a second of processor time"), count, total));
        progress?.Report(new VerificationStep("streams and idempotency records", 0, 3));
        await LookAsync(connection, StreamRows, "a stream's row has the version of its last event", r => (r.GetGuid(0), $"the row says {r.GetInt64(1)}, the events {r.GetInt64(2)}"), findings, cancellationToken);
        await LookAsync(connection, Orphans, "every event belongs to a stream", r => (r.GetGuid(0), $"version {r.GetInt64(1)} has no stream row"), findings, cancellationToken);
        await LookAsync(connection, Records, "an idempotency record was committed with its events", r => (null, $"key {r.GetString(0)} stands in transaction {r.GetInt64(1)}, its events elsewhere"), findings, cancellationToken);
        var records = await CountAsync(connection, "events.commerce_idempotency", cancellationToken);

        var compared = 0;
        if (readModels)
        {
            await SettleAsync(connection, last, cancellationToken);
            compared = await CompareAsync(loader, findings, progress, cancellationToken);
        }

        return new VerificationReport(count, streams, compared, records, seconds, cpuSeconds, findings.Statements, findings.Violations);
    }

    private (long Events, long Streams, EventPosition Last) Replay(
        StreamLoader loader, ReplayRule[] all, Findings findings, long total, IProgress<VerificationStep>? progress, CancellationToken cancellationToken)
    {
        var names = new StoredNames(types, loader);
        using var reader = new ReplayReader(source, names);
        using var states = new ReplayStates(types, names, source);
        var replay = new EventReplay(reader, states, all, findings);
        replay.Run(total, progress, cancellationToken);
        return (replay.Events, states.Streams, replay.Last);
    }

    private async Task<int> CompareAsync(StreamLoader loader, Findings findings, IProgress<VerificationStep>? progress, CancellationToken cancellationToken)
    {
        var rebuild = new ProjectionRebuild(source, loader, types);
        // Those of one aggregate share the reading and folding of its streams.
        var models = inline.GroupBy(projection => projection.Aggregate)
            .Select(of => (Names: of.Select(projection => projection.Name).ToArray(), Compare: (Func<Task<IReadOnlyList<string?>>>)(() => rebuild.CompareAsync([.. of], cancellationToken))))
            .Concat(subscriptions.Where(subscription => subscription.Tables.Count > 0).Select(subscription => (
                Names: new[] { subscription.Name },
                Compare: (Func<Task<IReadOnlyList<string?>>>)(async () => [await rebuild.CompareAsync(new RunningSubscription(subscription, types, announcements), cancellationToken)]))))
            .ToList();
        var (compared, total) = (0, models.Sum(model => model.Names.Length));
        foreach (var (names, compare) in models)
        {
            progress?.Report(new VerificationStep($"read model {string.Join(", ", names)}", compared, total));
            var statements = Array.ConvertAll(names, name => $"{name} equals a fresh replay");
            Array.ForEach(statements, findings.Test);
            try
            {
                var differences = await compare();
                for (var i = 0; i < names.Length; i++)
                {
                    if (differences[i] is { } difference)
                    {
                        findings.Break(statements[i], EventPosition.Start, null, difference);
                    }
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException && findings.Violations.Count > 0)
            {
                // What cannot be folded cannot be projected either; the replay has said where.
                Array.ForEach(statements, statement => findings.Break(statement, EventPosition.Start, null, $"cannot be replayed: {fault.Message}"));
            }

            compared += names.Length;
        }

        return compared;
    }

    /// <summary>
    /// Waits until the last event is behind the horizon, where the replay of read models ends: a transaction of another database of the cluster holds it back
    /// for as long as it is open, and rows would then look as if nothing had made them. One that stays open for long is not waited for.
    /// </summary>
    private static async Task SettleAsync(NpgsqlConnection connection, EventPosition last, CancellationToken cancellationToken)
    {
        await using var behind = new NpgsqlCommand(IsBehindHorizon, connection) { Parameters = { new() { Value = last.Transaction } } };
        var since = Stopwatch.GetTimestamp();
        while (await behind.ExecuteScalarAsync(cancellationToken) is not true && Stopwatch.GetElapsedTime(since) < MostUnsettled)
        {
            await Task.Delay(BetweenLooks, cancellationToken);
        }
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select count(*) from {table}", connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task LookAsync(
        NpgsqlConnection connection,
        string sql,
        string statement,
        Func<NpgsqlDataReader, (Guid? Stream, string What)> describe,
        Findings findings,
        CancellationToken cancellationToken)
    {
        findings.Test(statement);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (await reader.ReadAsync(cancellationToken))
        {
            var (stream, what) = describe(reader);
            findings.Break(statement, EventPosition.Start, stream, what);
        }
    }
}
