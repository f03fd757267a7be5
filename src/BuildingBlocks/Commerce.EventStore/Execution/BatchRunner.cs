using System.Data;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.EventStore.Execution;

/// <summary>
/// What happens to a batch: it is decided, written, settled and answered. One whose write failed is carried through on its own: after a conflict with
/// another process it is decided again on what the database says; after a lost answer this looks what happened.
/// </summary>
internal sealed class BatchRunner(
    NpgsqlDataSource source,
    NpgsqlDataSource writers,
    StreamLoader loader,
    StreamSnapshots snapshots,
    BatchWriter writer,
    StreamStates states,
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

    // Batches end on several threads; a listener hears of one at a time.
    private readonly Lock _telling = new();
    private long _contendedUntil;

    /// <summary>Whether processes fought over streams a moment ago: then batches are carried through one after another, under locks.</summary>
    public bool IsContended => time.GetTimestamp() < Volatile.Read(ref _contendedUntil);

    /// <summary>An empty batch.</summary>
    public StagedBatch Open() => new(types);

    /// <summary>The registration of a stream's aggregate.</summary>
    public AggregateType TypeOf(StreamKey key) => types.Aggregate(key.Aggregate);

    /// <summary>The state that was last committed, as far as this process remembers it.</summary>
    public bool TryKnow(Guid id, out CachedStream stream) => states.TryGet(id, out stream);

    /// <summary>Remembers a state that was read.</summary>
    public void Know(Guid id, CachedStream stream) => states.Set(id, stream);

    /// <summary>Answers a decision whose idempotency key was used before.</summary>
    public bool TryRepeat(PendingDecision decision)
    {
        if (decision.KeyId is not { } key || idempotency.Recent(key) is not { } record)
        {
            return false;
        }

        decision.CompleteFrom(record);
        return true;
    }

    /// <summary>Runs one decision on the staged states; its caller is told by <see cref="Answer"/>.</summary>
    public void Decide(StagedBatch staged, PendingDecision decision)
    {
        staged.Run(decision, Now());
        if (decision.Fault is { } exception)
        {
            StoreLog.DecisionThrew(log, exception);
        }
    }

    /// <summary>Reads streams that are not known.</summary>
    /// <returns>Null when the database could not be asked.</returns>
    public async Task<IReadOnlyDictionary<Guid, CachedStream>?> TryLoadAsync(Dictionary<Guid, AggregateType> wanted)
    {
        try
        {
            var streams = wanted.ToDictionary(entry => entry.Key, entry => (entry.Value, new CachedStream(entry.Value.Initial, 0, false, default)));
            await using var connection = await source.OpenConnectionAsync();
            await snapshots.RestoreAsync(connection, streams, CancellationToken.None);
            var before = StreamSnapshots.VersionsOf(streams);
            await loader.CatchUpAsync(connection, streams, CancellationToken.None);
            await snapshots.KeepAsync(connection, streams, before, CancellationToken.None);
            return streams.ToDictionary(entry => entry.Key, entry => entry.Value.Item2);
        }
        catch (Exception exception)
        {
            StoreLog.LoadFailed(log, exception, wanted.Count);
            return null;
        }
    }

    /// <summary>Writes a batch that was decided on known states, once.</summary>
    /// <returns>What went wrong, or null when it is committed.</returns>
    public async Task<FailedWrite?> TryWriteAsync(StagedBatch staged)
    {
        var backend = 0;
        try
        {
            await using var connection = await writers.OpenConnectionAsync();
            backend = connection.ProcessID;
            await WriteAsync(connection, null, staged);
            return null;
        }
        catch (Exception exception)
        {
            return new FailedWrite(exception, staged, backend);
        }
    }

    /// <summary>Takes over what a committed batch left behind: states and idempotency records for those who come after it.</summary>
    public void Settle(StagedBatch staged)
    {
        if (staged.Committed is not { } commit)
        {
            return;
        }

        for (var i = 0; i < staged.Events.Count; i++)
        {
            staged.Events[i].Position = new EventPosition(commit.Transaction, commit.Sequences[i]);
        }

        // What bulk calls began nobody comes back to soon: the database remembers it.
        HashSet<Guid>? passing = staged.Decisions.Exists(decision => decision.Context.IsBulk)
            ? [.. staged.Decisions.Where(decision => decision.Context.IsBulk).SelectMany(decision => decision.Streams).Select(stream => stream.Id)]
            : null;
        foreach (var slot in staged.Slots)
        {
            if (slot.Events.Count == 0)
            {
                continue;
            }

            if (slot.From > 0)
            {
                states.Set(slot.Id, slot.AsCached());
            }
            else if (passing?.Contains(slot.Id) == true)
            {
                states.Remove(slot.Id);
            }
            else
            {
                states.Begin(slot.Id, slot.AsCached());
            }
        }

        foreach (var decision in staged.Decisions)
        {
            if (decision.Record is { } record)
            {
                idempotency.Remember(record with { Position = PositionOf(commit) });
            }
        }
    }

    /// <summary>Tells listeners and callers of a settled batch.</summary>
    public void Answer(StagedBatch staged)
    {
        EventPosition? written = staged.Committed is { } commit ? PositionOf(commit) : null;
        if (written is not null && staged.Events.Count > 0)
        {
            Tell(staged.Events);
        }

        foreach (var decision in staged.Decisions)
        {
            if (decision.Fault is { } exception)
            {
                decision.Fail(exception);
            }
            else
            {
                decision.Complete(decision.IsRefused ? null : written);
            }
        }
    }

    /// <summary>
    /// Carries decisions through on their own, whose streams and keys nobody else uses meanwhile: decides, writes, and answers every one of them, after
    /// a conflict again.
    /// </summary>
    /// <param name="decisions">The decisions, in order.</param>
    /// <param name="failed">The attempt that brought them here, or null.</param>
    /// <returns>The number of events committed.</returns>
    public async Task<int> RunAsync(List<PendingDecision> decisions, FailedWrite? failed)
    {
        var open = decisions;
        for (var attempt = 1; ; attempt++)
        {
            if (failed is null)
            {
                open = AnswerRepeats(open);
                if (open.Count == 0)
                {
                    return 0;
                }

                var (staged, fault) = await TryAsync(open, attempt > 1 || IsContended);
                if (fault is null)
                {
                    return Finish(staged!);
                }

                failed = fault;
            }

            var (exception, sent, backend) = failed;
            failed = null;
            try
            {
                if (exception is PostgresException repeated && attempt < MaxAttempts && IsRepeatedKey(repeated))
                {
                    await using var connection = await source.OpenConnectionAsync();
                    await idempotency.LoadAsync(connection, open.Where(d => d.KeyId is not null).Select(d => d.KeyId!.Value).ToArray(), CancellationToken.None);
                }
                else if (exception is PostgresException conflict && attempt < MaxAttempts && IsConflict(conflict))
                {
                    DecisionExecutor.CountConflict();
                    Volatile.Write(ref _contendedUntil, time.GetTimestamp() + (long)(Contention.TotalSeconds * time.TimestampFrequency));
                    Forget(open);
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(attempt, 10)), time);
                }
                else if (exception is NpgsqlException broken && IsBroken(broken))
                {
                    Forget(open);
                    StoreLog.AnswerLost(log, exception);
                    if (sent is not null && await LookAsync(sent, backend) is { } committed)
                    {
                        sent.Committed = committed;
                        return Finish(sent);
                    }

                    if (attempt >= 3)
                    {
                        open.ForEach(decision => decision.Fail(exception));
                        return 0;
                    }
                }
                else if (exception is PostgresException && open.Count > 1)
                {
                    // One decision of the batch is one that the database will not take: alone, each meets its own fate.
                    Forget(open);
                    var total = 0;
                    foreach (var decision in open)
                    {
                        total += await RunAsync([decision], null);
                    }

                    return total;
                }
                else
                {
                    Forget(open);
                    open.ForEach(decision => decision.Fail(exception));
                    return 0;
                }
            }
            catch (Exception another) when (another is NpgsqlException or TimeoutException or SocketException)
            {
                // What happened could not be found out.
                Forget(open);
                open.ForEach(decision => decision.Fail(another));
                return 0;
            }
        }
    }

    private static EventPosition PositionOf(Committed commit) => new(commit.Transaction, commit.Sequences.Length > 0 ? commit.Sequences[^1] : 0);

    private async Task<(StagedBatch? Staged, FailedWrite? Failed)> TryAsync(List<PendingDecision> decisions, bool contended)
    {
        StagedBatch? staged = null;
        var backend = 0;
        try
        {
            await using var connection = await source.OpenConnectionAsync();
            backend = connection.ProcessID;
            await using var transaction = contended ? await connection.BeginTransactionAsync() : null;
            var loaded = await StageAsync(connection, decisions, contended);
            foreach (var decision in decisions)
            {
                Decide(loaded, decision);
            }

            staged = loaded;
            await WriteAsync(connection, transaction, staged);
            return (staged, null);
        }
        catch (Exception exception)
        {
            return (staged, new FailedWrite(exception, staged, backend));
        }
    }

    private async Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, StagedBatch staged)
    {
        try
        {
            staged.Committed = await writer.WriteAsync(connection, staged, CancellationToken.None);
            if (transaction is not null)
            {
                await transaction.CommitAsync();
            }
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

    private int Finish(StagedBatch staged)
    {
        Settle(staged);
        Answer(staged);
        return staged.Events.Count;
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

    private List<PendingDecision> AnswerRepeats(List<PendingDecision> decisions) => decisions.FindAll(decision => !TryRepeat(decision) && !decision.IsDone);

    private async Task<StagedBatch> StageAsync(NpgsqlConnection connection, List<PendingDecision> decisions, bool contended)
    {
        var staged = new StagedBatch(types);
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

        await snapshots.RestoreAsync(connection, missing, CancellationToken.None);
        await loader.CatchUpAsync(connection, missing, CancellationToken.None);
        foreach (var (id, (type, stream)) in missing)
        {
            staged.Add(id, type, stream, assumedNew: false);
            states.Set(id, stream);
        }

        return staged;
    }

    private void Tell(List<RecordedEvent> events)
    {
        using var alone = _telling.EnterScope();
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
    private async Task<Committed?> LookAsync(StagedBatch staged, int backend)
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

                var records = staged.Decisions.Where(decision => decision.Record is not null).ToList();
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
