using System.Data;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.EventStore.Execution;

/// <summary>
/// Carries one batch through: answers repeats, loads states, decides, writes, and answers the callers. After a conflict with another process it
/// reloads and decides again; after a lost answer it looks what happened.
/// </summary>
internal sealed class BatchRunner(
    NpgsqlDataSource source,
    StreamLoader loader,
    BatchWriter writer,
    RecentlyUsed<CachedStream> states,
    IdempotencyRecords idempotency,
    EventTypes types,
    IReadOnlyList<ICommitListener> listeners,
    TimeProvider time,
    ILogger log)
{
    private const int MaxAttempts = 30;
    private const string Lock = "select pg_advisory_xact_lock(1129270605, b) from (select distinct (hashtextextended(i::text, 0) & 255)::int as b from unnest($1::uuid[]) i order by 1) l";
    private const string BackendIsBusy = "select exists (select 1 from pg_stat_activity where pid = $1 and state <> 'idle' and query like '%commerce_%')";
    private const string CommittedEvents = """
        select e.commerce_tx, array_agg(f.seq_id order by f.seq_id)
          from events.mt_events e
          join events.mt_events f on f.commerce_tx = e.commerce_tx
         where e.stream_id = $1 and e.version = $2 and e.id = $3
         group by 1
        """;

    private static readonly TimeSpan LookFor = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Contention = TimeSpan.FromSeconds(2);

    private long _contendedUntil;

    /// <summary>Runs the decisions and answers every one of them.</summary>
    /// <returns>The number of events committed.</returns>
    public async Task<int> RunAsync(List<PendingDecision> decisions)
    {
        var open = decisions;
        for (var attempt = 1; ; attempt++)
        {
            open = AnswerRepeats(open);
            if (open.Count == 0)
            {
                return 0;
            }

            StagedBatch? staged = null;
            List<PendingDecision> ran = [];
            var backend = 0;
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                backend = connection.ProcessID;
                var contended = attempt > 1 || time.GetTimestamp() < Volatile.Read(ref _contendedUntil);
                await using var transaction = contended ? await connection.BeginTransactionAsync() : null;
                staged = await StageAsync(connection, open, contended);
                ran = Decide(staged, open);
                var records = ran.Where(decision => decision.Record is not null).Select(decision => decision.Record!).ToList();
                try
                {
                    var committed = await writer.WriteAsync(connection, staged, records, CancellationToken.None);
                    if (transaction is not null)
                    {
                        await transaction.CommitAsync();
                    }

                    return Finish(staged, ran, committed);
                }
                catch (PostgresException) when (connection.State == ConnectionState.Open)
                {
                    // When the server refuses a parameter of a statement that was just being prepared, the driver keeps the statement without its
                    // description and breaks on its next use. It forgets them all, and prepares again.
                    if (transaction is not null)
                    {
                        await transaction.RollbackAsync();
                    }

                    connection.UnprepareAll();
                    throw;
                }
            }
            catch (PostgresException exception) when (attempt < MaxAttempts && IsRepeatedKey(exception))
            {
                await using var connection = await source.OpenConnectionAsync();
                await idempotency.LoadAsync(connection, open.Where(d => d.KeyId is not null).Select(d => d.KeyId!.Value).ToArray(), CancellationToken.None);
            }
            catch (PostgresException exception) when (attempt < MaxAttempts && IsConflict(exception))
            {
                DecisionExecutor.CountConflict();
                Volatile.Write(ref _contendedUntil, time.GetTimestamp() + (long)(Contention.TotalSeconds * time.TimestampFrequency));
                Forget(open);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(attempt, 10)), time);
            }
            catch (NpgsqlException exception) when (IsBroken(exception))
            {
                Forget(open);
                StoreLog.AnswerLost(log, exception);
                if (staged is not null && await LookAsync(staged, ran, backend) is { } committed)
                {
                    return Finish(staged, ran, committed);
                }

                if (attempt >= 3)
                {
                    open.ForEach(decision => decision.Fail(exception));
                    return 0;
                }
            }
            catch (PostgresException) when (open.Count > 1)
            {
                // One decision of the batch is one that the database will not take: alone, each meets its own fate.
                Forget(open);
                var total = 0;
                foreach (var decision in open)
                {
                    total += await RunAsync([decision]);
                }

                return total;
            }
            catch (Exception exception)
            {
                Forget(open);
                open.ForEach(decision => decision.Fail(exception));
                return 0;
            }
        }
    }

    private static bool IsConflict(PostgresException exception) =>
        exception.SqlState is "ES001" or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
        || (exception.SqlState == PostgresErrorCodes.UniqueViolation && exception.ConstraintName is "pkey_mt_streams_id" or "pk_mt_events_stream_and_version" or "mt_events_default_stream_and_version");

    private static bool IsRepeatedKey(PostgresException exception) =>
        exception.SqlState == PostgresErrorCodes.UniqueViolation && exception.ConstraintName == "commerce_idempotency_pkey";

    private static bool IsBroken(NpgsqlException exception) =>
        exception is not PostgresException
        || exception.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.DatabaseDropped
        || exception.SqlState?.StartsWith("08", StringComparison.Ordinal) == true;

    private List<PendingDecision> AnswerRepeats(List<PendingDecision> decisions)
    {
        var open = new List<PendingDecision>(decisions.Count);
        foreach (var decision in decisions)
        {
            if (decision.KeyId is { } key && idempotency.Recent(key) is { } record)
            {
                decision.CompleteFrom(record);
            }
            else if (!decision.IsDone)
            {
                open.Add(decision);
            }
        }

        return open;
    }

    private async Task<StagedBatch> StageAsync(NpgsqlConnection connection, List<PendingDecision> decisions, bool contended)
    {
        var staged = new StagedBatch(types, Now());
        var missing = new Dictionary<Guid, (AggregateType Type, CachedStream Stream)>();
        foreach (var key in decisions.SelectMany(decision => decision.Streams))
        {
            if (staged.Contains(key.Id) || missing.ContainsKey(key.Id))
            {
                continue;
            }

            var type = types.Aggregate(key.Aggregate);
            var known = states.TryGet(key.Id, out var cached);
            if (!contended && (known || key.IsNew))
            {
                staged.Add(key.Id, type, known ? cached : new CachedStream(type.Initial, 0, false, default), assumedNew: !known);
            }
            else
            {
                missing[key.Id] = (type, known ? cached : new CachedStream(type.Initial, 0, false, default));
            }
        }

        if (missing.Count == 0)
        {
            return staged;
        }

        if (contended)
        {
            // Processes that fight over streams take turns: an advisory lock, unlike a row lock, does not give the transaction its id, so the
            // order by transaction stays the order of the streams' versions. 256 buckets bound the lock table.
            await using var command = new NpgsqlCommand(Lock, connection) { Parameters = { new() { Value = missing.Keys.ToArray() } } };
            await command.ExecuteNonQueryAsync();
        }

        await loader.CatchUpAsync(connection, missing, CancellationToken.None);
        foreach (var (id, (type, stream)) in missing)
        {
            staged.Add(id, type, stream, assumedNew: false);
            states.Set(id, stream);
        }

        return staged;
    }

    private List<PendingDecision> Decide(StagedBatch staged, List<PendingDecision> decisions)
    {
        var ran = new List<PendingDecision>(decisions.Count);
        foreach (var decision in decisions)
        {
            if (staged.Run(decision) is { } exception)
            {
                StoreLog.DecisionThrew(log, exception);
                decision.Fail(exception);
            }
            else if (!decision.IsDone || decision.Record is not null)
            {
                ran.Add(decision);
            }
        }

        return ran;
    }

    private int Finish(StagedBatch staged, List<PendingDecision> ran, Committed? committed)
    {
        EventPosition? written = null;
        if (committed is { } commit)
        {
            written = new EventPosition(commit.Transaction, commit.Sequences.Length > 0 ? commit.Sequences[^1] : 0);
            var events = staged.Events;
            for (var i = 0; i < events.Count; i++)
            {
                events[i].Position = new EventPosition(commit.Transaction, commit.Sequences[i]);
            }

            foreach (var slot in staged.Slots.Where(slot => slot.Events.Count > 0))
            {
                states.Set(slot.Id, new CachedStream(slot.State, slot.Version, false, staged.RecordedAt));
            }

            foreach (var decision in ran)
            {
                if (decision.Record is { } record)
                {
                    idempotency.Remember(record with { Position = written });
                }
            }

            if (events.Count > 0)
            {
                Tell(events);
            }
        }

        foreach (var decision in ran)
        {
            decision.Complete(decision.IsRefused ? null : written);
        }

        return staged.Events.Count;
    }

    private void Tell(List<RecordedEvent> events)
    {
        foreach (var listener in listeners)
        {
            try
            {
                listener.Committed(events);
            }
            catch (Exception exception)
            {
                StoreLog.ListenerThrew(log, exception);
            }
        }
    }

    /// <summary>Finds out whether a batch committed whose answer was lost: waits until its backend is done with it, then looks for its rows.</summary>
    /// <returns>What the commit was given, or null when it did not happen.</returns>
    /// <exception cref="NpgsqlException">The database stayed away.</exception>
    private async Task<Committed?> LookAsync(StagedBatch staged, List<PendingDecision> ran, int backend)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                await using (var busy = new NpgsqlCommand(BackendIsBusy, connection) { Parameters = { new() { Value = backend } } })
                {
                    if (await busy.ExecuteScalarAsync() is true && connection.ProcessID != backend)
                    {
                        throw new TimeoutException("The lost connection's backend still works on the batch.");
                    }
                }

                if (staged.Events.Count > 0)
                {
                    var first = staged.Events[0];
                    await using var look = new NpgsqlCommand(CommittedEvents, connection)
                    {
                        Parameters = { new() { Value = first.StreamId }, new() { Value = first.Version }, new() { Value = first.Id } },
                    };
                    await using var reader = await look.ExecuteReaderAsync();
                    return await reader.ReadAsync() ? new Committed(reader.GetInt64(0), reader.GetFieldValue<long[]>(1)) : null;
                }

                var records = ran.Where(decision => decision.Record is not null).ToList();
                if (records.Count > 0)
                {
                    // Nothing but records: those that stand answer their callers as repeats on the next attempt.
                    await idempotency.LoadAsync(connection, records.ConvertAll(decision => decision.KeyId!.Value).ToArray(), CancellationToken.None);
                }

                return null;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or SocketException && time.GetElapsedTime(started) < LookFor)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), time);
            }
        }
    }

    private void Forget(List<PendingDecision> decisions)
    {
        foreach (var key in decisions.SelectMany(decision => decision.Streams))
        {
            states.Remove(key.Id);
        }
    }

    /// <summary>The clock in PostgreSQL's microseconds.</summary>
    private DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
