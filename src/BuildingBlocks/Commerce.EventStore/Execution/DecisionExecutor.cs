using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Commerce.EventStore.Execution;

/// <summary>
/// Decide-in-batch. One loop hands waiting decisions to a few writers; decisions that share a stream or an idempotency key are never in two batches
/// at once, and nobody overtakes an earlier decision on the same stream. There is no timer: an idle executor commits a lone decision at once,
/// and under load the batches grow while the commits before them are under way.
/// </summary>
internal sealed class DecisionExecutor : IAsyncDisposable
{
    private static readonly Meter Meter = new("Commerce.EventStore");
    private static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>("commerce.eventstore.batch.size", "{decision}", "Decisions in a batch");
    private static readonly Histogram<double> BatchDuration = Meter.CreateHistogram<double>("commerce.eventstore.batch.duration", "s", "From taking a batch to answering its callers");
    private static readonly Counter<long> EventCount = Meter.CreateCounter<long>("commerce.eventstore.events", "{event}", "Events committed");
    private static readonly Counter<long> ConflictCount = Meter.CreateCounter<long>("commerce.eventstore.conflicts", "{batch}", "Batches decided again after another process moved a stream");

    private const int CrowdSize = 8;
    private const int MaxGatherRounds = 16;
    private static readonly object Stop = new();

    private readonly Channel<object> _inbox = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
    private readonly LinkedList<PendingDecision> _waiting = [];
    private readonly HashSet<Guid> _busy = [];
    private readonly BatchRunner _runner;
    private readonly EventStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Task _loop;
    private int _lastSize;
    private int _queued;
    private int _underWay;
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

    private async Task LoopAsync()
    {
        var reader = _inbox.Reader;
        while (true)
        {
            while (reader.TryRead(out var message))
            {
                Take(message);
            }

            if (_lastSize >= CrowdSize)
            {
                await GatherAsync(reader);
            }

            while (_underWay < _options.Writers && NextBatch() is { } batch)
            {
                _underWay++;
                _ = Task.Run(() => RunAsync(batch));
            }

            if (_stopping && _underWay == 0 && _waiting.Count == 0)
            {
                return;
            }

            await reader.WaitToReadAsync();
        }
    }

    /// <summary>
    /// Callers that were just answered are about to come back. Letting them run first, for as long as more keep arriving, makes one batch of them
    /// instead of a small one and a large one; nobody waits for a clock, and a lone caller is never held up.
    /// </summary>
    private async Task GatherAsync(ChannelReader<object> reader)
    {
        for (var (round, before) = (0, -1); round < MaxGatherRounds && _waiting.Count > before && _waiting.Count < _lastSize; round++)
        {
            before = _waiting.Count;
            await Task.Yield();
            while (reader.TryRead(out var message))
            {
                Take(message);
            }
        }

        _lastSize = 0;
    }

    private void Take(object message)
    {
        if (message is Batch finished)
        {
            _lastSize = finished.Decisions.Count;
            _underWay--;
            _busy.ExceptWith(finished.Claims);
        }
        else if (message is PendingDecision decision)
        {
            _waiting.AddLast(decision);
        }
    }

    private Batch? NextBatch()
    {
        if (_waiting.Count == 0)
        {
            return null;
        }

        var decisions = new List<PendingDecision>();
        HashSet<Guid> claims = [];
        HashSet<Guid> passedOver = [];
        HashSet<Guid> keys = [];
        var node = _waiting.First;
        while (node is not null && decisions.Count < _options.MaxBatchSize)
        {
            var next = node.Next;
            var decision = node.Value;
            if (decision.IsDone)
            {
                _waiting.Remove(node);
                Interlocked.Decrement(ref _queued);
            }
            else if (IsFree(decision, passedOver, keys))
            {
                _waiting.Remove(node);
                Interlocked.Decrement(ref _queued);
                decisions.Add(decision);
                foreach (var stream in decision.Streams)
                {
                    claims.Add(stream.Id);
                }

                if (decision.KeyId is { } key)
                {
                    keys.Add(key);
                    claims.Add(key);
                }
            }
            else
            {
                // Later decisions on the same streams wait behind this one.
                foreach (var stream in decision.Streams)
                {
                    passedOver.Add(stream.Id);
                }

                if (decision.KeyId is { } key)
                {
                    passedOver.Add(key);
                }
            }

            node = next;
        }

        if (decisions.Count == 0)
        {
            return null;
        }

        _busy.UnionWith(claims);
        return new Batch(decisions, claims);
    }

    private bool IsFree(PendingDecision decision, HashSet<Guid> passedOver, HashSet<Guid> keys)
    {
        if (decision.KeyId is { } key && (_busy.Contains(key) || passedOver.Contains(key) || keys.Contains(key)))
        {
            return false;
        }

        foreach (var stream in decision.Streams)
        {
            if (_busy.Contains(stream.Id) || passedOver.Contains(stream.Id))
            {
                return false;
            }
        }

        return true;
    }

    private async Task RunAsync(Batch batch)
    {
        var started = _time.GetTimestamp();
        try
        {
            var events = await _runner.RunAsync(batch.Decisions);
            EventCount.Add(events);
        }
        catch (Exception exception)
        {
            StoreLog.BatchFailed(_log, exception, batch.Decisions.Count);
            foreach (var decision in batch.Decisions)
            {
                decision.Fail(exception);
            }
        }
        finally
        {
            BatchSize.Record(batch.Decisions.Count);
            BatchDuration.Record(_time.GetElapsedTime(started).TotalSeconds);
            _inbox.Writer.TryWrite(batch);
        }
    }

    private sealed record Batch(List<PendingDecision> Decisions, HashSet<Guid> Claims);
}
