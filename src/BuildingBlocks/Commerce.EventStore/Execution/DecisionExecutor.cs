using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Commerce.EventStore.Execution;

/// <summary>
/// Decide-in-batch. One loop decides what arrives into the open batch, on cached states or on those of batches that are being committed. The open batch is
/// sent when a writer is free and nothing it was decided on is still under way; so deciding goes on while commits do, and nothing uncommitted is ever built
/// upon in the database. When a commit fails, what was decided after it is decided again, and the failed batch is carried through on its own, from the
/// database. Nobody overtakes an earlier decision on the same stream. There is no timer: an idle executor commits a lone decision at once, and under load
/// the batches grow while the commits before them are under way.
/// </summary>
internal sealed class DecisionExecutor : IAsyncDisposable
{
    private static readonly Meter Meter = new("Commerce.EventStore");
    private static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>("commerce.eventstore.batch.size", "{decision}", "Decisions in a batch");
    private static readonly Histogram<double> BatchDuration = Meter.CreateHistogram<double>("commerce.eventstore.batch.duration", "s", "From sending a batch to answering its callers");
    private static readonly Counter<long> EventCount = Meter.CreateCounter<long>("commerce.eventstore.events", "{event}", "Events committed");
    private static readonly Counter<long> ConflictCount = Meter.CreateCounter<long>("commerce.eventstore.conflicts", "{batch}", "Batches decided again after another process moved a stream");

    private const int CrowdSize = 8;
    private const int MaxGatherRounds = 16;
    private static readonly object Stop = new();

    private readonly Channel<object> _inbox = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });

    // What the loop alone touches. A decision is in exactly one place: waiting, in the open batch, in one under way, or carried through apart.
    private readonly LinkedList<PendingDecision> _waiting = [];
    private readonly List<StagedBatch> _flying = [];
    private readonly Queue<Written> _unanswered = [];
    private readonly HashSet<Guid> _blocked = [];
    private readonly HashSet<Guid> _apart = [];
    private readonly HashSet<Guid> _keys = [];
    private readonly Dictionary<Guid, CachedStream> _fresh = [];
    private Dictionary<Guid, AggregateType> _missing = [];
    private Dictionary<Guid, AggregateType> _loading = [];
    private StagedBatch? _open;
    private bool _released;
    private bool _contended;
    private bool _unloadable;
    private int _apartCount;
    private long _apartStarted;
    private int _callers;
    private int _away;

    private readonly BatchRunner _runner;
    private readonly EventStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Task _loop;
    private int _queued;
    private volatile bool _stopping;

    public DecisionExecutor(BatchRunner runner, EventStoreOptions options, TimeProvider time, ILogger log)
    {
        _runner = runner;
        _options = options;
        _time = time;
        _log = log;
        Meter.CreateObservableGauge("commerce.eventstore.queued", () => Volatile.Read(ref _queued), "{decision}", "Decisions that wait");
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Queues a decision; it is refused when too many wait.</summary>
    public void Enqueue(PendingDecision decision)
    {
        if (_stopping || Interlocked.Increment(ref _queued) > _options.MaxQueued)
        {
            Interlocked.Decrement(ref _queued);
            decision.Refuse(new StoreOverloaded());
            return;
        }

        _inbox.Writer.TryWrite(decision);
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _inbox.Writer.TryWrite(Stop);
        await _loop;
    }

    internal static void CountConflict() => ConflictCount.Add(1);

    private bool IsIdle => _flying.Count == 0 && _apartCount == 0 && _loading.Count == 0 && _waiting.Count == 0 && _open is null;

    private async Task LoopAsync()
    {
        var reader = _inbox.Reader;
        while (true)
        {
            Drain(reader);
            // The database comes first, then those who are answered: they come back while it works.
            FillAndSend(mayBeFew: false);
            Answer();
            if (MaySend())
            {
                await GatherAsync(reader);
                FillAndSend(mayBeFew: true);
            }

            StartApart();
            StartLoad();
            if (_unanswered.Count > 0)
            {
                continue;
            }

            if (_stopping && IsIdle)
            {
                return;
            }

            await reader.WaitToReadAsync();
        }
    }

    private void Drain(ChannelReader<object> reader)
    {
        var wasContended = _contended;
        _contended = _runner.IsContended;
        _released |= wasContended && !_contended;
        while (reader.TryRead(out var message))
        {
            switch (message)
            {
                case PendingDecision decision:
                    Arrive(decision);
                    if (_open is not null && _callers >= CrowdSize && IsEnough && MaySend())
                    {
                        Send();
                    }

                    break;
                case Written written:
                    _flying.Remove(written.Batch);
                    _runner.Settle(written.Batch);
                    Settled(written.Batch);
                    Release(written.Batch.Decisions);
                    _unanswered.Enqueue(written);
                    break;
                case FailedWrite failed:
                    _flying.Remove(failed.Staged!);
                    Dissolve();
                    RunApart(failed.Staged!.Decisions, failed);
                    break;
                case Apart done:
                    _apartCount--;
                    _apart.ExceptWith(done.Claims);
                    Release(done.Decisions);
                    break;
                case Loaded loaded:
                    Take(loaded);
                    break;
            }
        }

        if (_contended)
        {
            Dissolve();
        }
    }

    private void Arrive(PendingDecision decision)
    {
        _away = Math.Max(0, _away - 1);
        if (_released || !TryStage(decision))
        {
            _waiting.AddLast(decision);
            Block(decision);
        }
    }

    /// <summary>Later decisions on the same streams or under the same key wait behind this one.</summary>
    private void Block(PendingDecision decision)
    {
        foreach (var stream in decision.Streams)
        {
            _blocked.Add(stream.Id);
        }

        if (decision.KeyId is { } key)
        {
            _blocked.Add(key);
        }
    }

    private void Release(List<PendingDecision> decisions)
    {
        foreach (var decision in decisions)
        {
            if (decision.KeyId is { } key)
            {
                _keys.Remove(key);
            }
        }

        _released |= _waiting.Count > 0;
    }

    /// <summary>What was decided after a batch that failed was decided on states that never came to be: it goes back in front, untold.</summary>
    private void Dissolve()
    {
        if (_open is not { } open)
        {
            return;
        }

        _open = null;
        for (var i = open.Decisions.Count - 1; i >= 0; i--)
        {
            _waiting.AddFirst(open.Decisions[i]);
        }

        Release(open.Decisions);
    }

    private void FillAndSend(bool mayBeFew)
    {
        do
        {
            Restage();
        }
        while (MaySend() && (mayBeFew || IsEnough) && Send());
    }

    /// <summary>Decides what waited, once something was released that it may have waited for.</summary>
    private void Restage()
    {
        if (!_released || _contended)
        {
            return;
        }

        _blocked.Clear();
        _missing.Clear();
        for (var node = _waiting.First; node is not null;)
        {
            if (IsFull)
            {
                // What follows is looked at when this batch has been sent; until then nobody passes it.
                return;
            }

            var next = node.Next;
            if (TryStage(node.Value))
            {
                _waiting.Remove(node);
            }
            else
            {
                Block(node.Value);
            }

            node = next;
        }

        _released = false;
        _fresh.Clear();
    }

    private bool IsFull => _open?.Decisions.Count >= _options.MaxBatchSize;

    /// <summary>Decides into the open batch.</summary>
    /// <returns>False when the decision has to wait.</returns>
    private bool TryStage(PendingDecision decision)
    {
        if (decision.IsDone)
        {
            Interlocked.Decrement(ref _queued);
            return true;
        }

        if (decision.KeyId is { } key)
        {
            if (_keys.Contains(key) || _apart.Contains(key) || _blocked.Contains(key))
            {
                return false;
            }

            if (_runner.TryRepeat(decision))
            {
                Interlocked.Decrement(ref _queued);
                return true;
            }
        }

        if (_contended || IsFull)
        {
            return false;
        }

        foreach (var stream in decision.Streams)
        {
            if (_apart.Contains(stream.Id) || _blocked.Contains(stream.Id))
            {
                return false;
            }
        }

        try
        {
            var open = _open ?? _runner.Open();
            if (!TryFind(decision, open))
            {
                return false;
            }

            _runner.Decide(open, decision);
            _open = open;
        }
        catch (Exception exception)
        {
            Interlocked.Decrement(ref _queued);
            decision.Fail(exception);
            return true;
        }

        if (decision.KeyId is { } claimed)
        {
            _keys.Add(claimed);
        }

        return true;
    }

    private bool TryFind(PendingDecision decision, StagedBatch open)
    {
        var all = true;
        foreach (var key in decision.Streams)
        {
            if (open.Contains(key.Id))
            {
                continue;
            }

            var type = _runner.TypeOf(key);
            if (UnderWay(key.Id) is { } uncommitted)
            {
                open.Add(key.Id, type, uncommitted, assumedNew: false);
            }
            else if (_fresh.TryGetValue(key.Id, out var stream) || _runner.TryKnow(key.Id, out stream))
            {
                open.Add(key.Id, type, stream, assumedNew: false);
            }
            else if (key.IsNew)
            {
                open.Add(key.Id, type, new CachedStream(type.Initial, 0, false, default), assumedNew: true);
            }
            else
            {
                all = false;
                if (!_loading.ContainsKey(key.Id))
                {
                    _missing[key.Id] = type;
                }
            }
        }

        return all;
    }

    private CachedStream? UnderWay(Guid id)
    {
        // The last one sent holds the newest state: it was decided on those before it.
        for (var i = _flying.Count - 1; i >= 0; i--)
        {
            if (_flying[i].Find(id) is { } slot)
            {
                return slot;
            }
        }

        return null;
    }

    private bool MaySend()
    {
        if (_open is not { } open || _flying.Count >= _options.Writers)
        {
            return false;
        }

        foreach (var earlier in _flying)
        {
            if (open.BuildsOn(earlier))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Half of the callers that there seem to be make a batch: while these are written, the other half is decided. Fewer would pay for more commits, more
    /// would leave either the database or this process idle.
    /// </summary>
    private bool IsEnough => _callers < CrowdSize || _open!.Decisions.Count * 2 >= _callers;

    private bool Send()
    {
        var batch = _open!;
        _open = null;
        _flying.Add(batch);
        _callers = _waiting.Count + _away;
        foreach (var flying in _flying)
        {
            _callers += flying.Decisions.Count;
        }

        Interlocked.Add(ref _queued, -batch.Decisions.Count);
        batch.SentAt = _time.GetTimestamp();
        _ = Task.Run(() => WriteAsync(batch));
        return true;
    }

    /// <summary>
    /// Callers that were just answered are about to come back. Letting them run first, for as long as more keep arriving, makes one batch of them
    /// instead of a small one and a large one; nobody waits for a clock, and a lone caller is never held up.
    /// </summary>
    private async Task GatherAsync(ChannelReader<object> reader)
    {
        for (var (round, before) = (0, -1); round < MaxGatherRounds && _open is { } open && open.Decisions.Count > before && !IsEnough; round++)
        {
            before = open.Decisions.Count;
            await Task.Yield();
            Drain(reader);
        }
    }

    private void Answer()
    {
        while (_unanswered.TryDequeue(out var written))
        {
            var batch = written.Batch;
            _runner.Answer(batch);
            // Those of the batch before who have not come back by now are not expected any more.
            _away = Math.Min(_away, _options.MaxBatchSize) / 2 + batch.Decisions.Count;
            EventCount.Add(batch.Events.Count);
            BatchSize.Record(batch.Decisions.Count);
            BatchDuration.Record(_time.GetElapsedTime(batch.SentAt).TotalSeconds);
        }
    }

    private async Task WriteAsync(StagedBatch batch)
    {
        _inbox.Writer.TryWrite(await _runner.TryWriteAsync(batch) is { } failed ? failed : new Written(batch));
    }

    private void StartLoad()
    {
        if (_missing.Count == 0 || _loading.Count > 0 || _contended)
        {
            return;
        }

        (_loading, _missing) = (_missing, []);
        var (wanted, started) = (_loading, _apartStarted);
        _ = Task.Run(async () => _inbox.Writer.TryWrite(new Loaded(await _runner.TryLoadAsync(wanted), started)));
    }

    private void Take(Loaded loaded)
    {
        _loading = [];
        _released |= _waiting.Count > 0;
        if (loaded.Streams is null)
        {
            // Carrying them through on their own says what is wrong with the database, or finds that it is back.
            _unloadable = true;
        }
        else if (loaded.ApartStarted == _apartStarted)
        {
            // Kept by name until they are used: the cache may be smaller than what one load brings.
            foreach (var (id, stream) in loaded.Streams)
            {
                _fresh[id] = stream;
                _runner.Know(id, stream);
            }
        }
    }

    private void Settled(StagedBatch batch)
    {
        if (_fresh.Count > 0)
        {
            foreach (var slot in batch.Slots)
            {
                _fresh.Remove(slot.Id);
            }
        }
    }

    /// <summary>While processes fight over streams, and for what could not be loaded: batches that read the database, claim their streams and try until it is done.</summary>
    private void StartApart()
    {
        while ((_contended || _unloadable) && _apartCount < _options.Writers && NextApart() is { } decisions)
        {
            _missing.Clear();
            RunApart(decisions, null);
        }

        _unloadable = false;
    }

    private List<PendingDecision>? NextApart()
    {
        Dissolve();
        _blocked.Clear();
        _released = false;
        var decisions = new List<PendingDecision>();
        HashSet<Guid> keys = [];
        for (var node = _waiting.First; node is not null;)
        {
            var (next, decision) = (node.Next, node.Value);
            if (decision.IsDone)
            {
                _waiting.Remove(node);
                Interlocked.Decrement(ref _queued);
            }
            else if (decisions.Count < _options.MaxBatchSize && IsFree(decision, keys))
            {
                _waiting.Remove(node);
                Interlocked.Decrement(ref _queued);
                decisions.Add(decision);
                if (decision.KeyId is { } key)
                {
                    keys.Add(key);
                }
            }
            else
            {
                Block(decision);
            }

            node = next;
        }

        return decisions.Count > 0 ? decisions : null;
    }

    private bool IsFree(PendingDecision decision, HashSet<Guid> keys)
    {
        if (decision.KeyId is { } key && (_keys.Contains(key) || _apart.Contains(key) || _blocked.Contains(key) || keys.Contains(key)))
        {
            return false;
        }

        foreach (var stream in decision.Streams)
        {
            if (_apart.Contains(stream.Id) || _blocked.Contains(stream.Id) || UnderWay(stream.Id) is not null)
            {
                return false;
            }
        }

        return true;
    }

    private void RunApart(List<PendingDecision> decisions, FailedWrite? failed)
    {
        HashSet<Guid> claims = [];
        foreach (var decision in decisions)
        {
            foreach (var stream in decision.Streams)
            {
                claims.Add(stream.Id);
                _fresh.Remove(stream.Id);
            }

            if (decision.KeyId is { } key)
            {
                claims.Add(key);
            }
        }

        _apart.UnionWith(claims);
        _apartCount++;
        _apartStarted++;
        _ = Task.Run(() => RunApartAsync(decisions, failed, claims));
    }

    private async Task RunApartAsync(List<PendingDecision> decisions, FailedWrite? failed, HashSet<Guid> claims)
    {
        var started = _time.GetTimestamp();
        try
        {
            EventCount.Add(await _runner.RunAsync(decisions, failed));
        }
        catch (Exception exception)
        {
            StoreLog.BatchFailed(_log, exception, decisions.Count);
            foreach (var decision in decisions)
            {
                decision.Fail(exception);
            }
        }
        finally
        {
            BatchSize.Record(decisions.Count);
            BatchDuration.Record(_time.GetElapsedTime(started).TotalSeconds);
            _inbox.Writer.TryWrite(new Apart(decisions, claims));
        }
    }

    private sealed record Written(StagedBatch Batch);

    private sealed record Apart(List<PendingDecision> Decisions, HashSet<Guid> Claims);

    /// <param name="Streams">What was found, or null when the database could not be asked.</param>
    /// <param name="ApartStarted">When the load began: a batch carried through since then may have moved what it read.</param>
    private sealed record Loaded(IReadOnlyDictionary<Guid, CachedStream>? Streams, long ApartStarted);
}

/// <summary>A batch whose write failed, and on which connection: its commit may have happened all the same.</summary>
/// <param name="Exception">Why.</param>
/// <param name="Staged">What was sent; null when it did not come so far.</param>
/// <param name="Backend">The process id of the server's backend, or 0.</param>
internal sealed record FailedWrite(Exception Exception, StagedBatch? Staged, int Backend);
