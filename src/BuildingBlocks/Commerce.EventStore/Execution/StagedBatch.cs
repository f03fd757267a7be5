using Commerce.Outcomes;

namespace Commerce.EventStore.Execution;

/// <summary>
/// The streams of one batch while its decisions run one after another: each sees what those before it staged, and a refused one leaves no trace.
/// </summary>
internal sealed class StagedBatch(EventTypes types) : IStagedStreams
{
    private readonly Dictionary<Guid, BatchSlot> _slots = [];
    private readonly List<Undo> _journal = [];
    private readonly List<BatchSlot> _touched = [];
    private PendingDecision? _running;
    private string? _headers;
    private DateTimeOffset _recordedAt;

    /// <summary>The time that the running decision is made at: the clock's.</summary>
    public DateTimeOffset Now { get; private set; }

    public IEnumerable<BatchSlot> Slots => _slots.Values;

    /// <summary>Every decision that was run, in order.</summary>
    public List<PendingDecision> Decisions { get; } = [];

    /// <summary>All events of the batch in the order they were decided.</summary>
    public List<RecordedEvent> Events { get; } = [];

    /// <summary>What the database said of it, once it has.</summary>
    public Committed? Committed { get; set; }

    /// <summary>When it was sent, as a timestamp of the clock.</summary>
    public long SentAt { get; set; }

    public void Add(Guid id, AggregateType aggregate, CachedStream stream, bool assumedNew) =>
        _slots[id] = new BatchSlot
        {
            Id = id,
            Aggregate = aggregate,
            Version = stream.Version,
            State = stream.State,
            LastAt = stream.LastAt,
            From = stream.Version,
            IsArchived = stream.IsArchived,
            AssumedNew = assumedNew,
        };

    public bool Contains(Guid id) => _slots.ContainsKey(id);

    /// <summary>The stream as the batch leaves it, or null when the batch does not hold it.</summary>
    public CachedStream? Find(Guid id) => _slots.TryGetValue(id, out var slot) ? slot.AsCached() : null;

    /// <summary>
    /// Whether this batch must not be sent before the other has committed: it was decided on what the other writes, or it writes what the other read.
    /// </summary>
    public bool BuildsOn(StagedBatch earlier)
    {
        var (few, many) = _slots.Count < earlier._slots.Count ? (this, earlier) : (earlier, this);
        foreach (var (id, one) in few._slots)
        {
            if (many._slots.TryGetValue(id, out var other) && one.IsRead && other.IsRead && (one.Events.Count > 0 || other.Events.Count > 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Runs one decision; a refusal or an exception takes back everything it staged. The exception is kept for its caller until the batch is committed:
    /// the states that it came from may yet turn out untrue.
    /// </summary>
    public void Run(PendingDecision decision, DateTimeOffset now)
    {
        Decisions.Add(decision);
        _running = decision;
        _headers = null;
        _journal.Clear();
        _touched.Clear();
        decision.Fault = null;
        Now = now;
        // When the clock has been set back since a stream's last event, the new ones get that event's time: the times of a stream stay in order.
        _recordedAt = now;
        try
        {
            foreach (var key in decision.Streams)
            {
                var slot = _slots[key.Id];
                _recordedAt = slot.LastAt > _recordedAt ? slot.LastAt : _recordedAt;
                if (slot.IsArchived)
                {
                    decision.Refuse(new StreamArchived(key.Id));
                    return;
                }
            }

            decision.Run(this);
            if (decision.IsRefused)
            {
                TakeBack();
            }
        }
        catch (Exception exception)
        {
            TakeBack();
            decision.Fault = exception;
        }

        foreach (var slot in _touched)
        {
            // A refusal, too, must be told from current states, so what it read is checked at the commit.
            slot.IsRead = true;
            slot.HoldRead |= !decision.IsRefused && decision.Fault is null;
        }
    }

    public bool Has(Guid id, Type aggregate) => _slots.TryGetValue(id, out var slot) && slot.Aggregate.ClrType == aggregate;

    public StreamSlot Get(Guid id, Type aggregate)
    {
        if (!_slots.TryGetValue(id, out var slot) || slot.Aggregate.ClrType != aggregate)
        {
            throw new InvalidOperationException($"The command did not name stream {id} of {aggregate.Name} in its touches.");
        }

        if (_touched.Count == 0 || _touched[^1] != slot)
        {
            _touched.Add(slot);
        }

        return slot;
    }

    public void Append(StreamSlot slot, object @event)
    {
        var target = (BatchSlot)slot;
        var type = types.Of(@event.GetType());
        if (type.Aggregate != target.Aggregate.ClrType)
        {
            throw new InvalidOperationException($"{type.Name} is no event of {target.Aggregate.StreamType}.");
        }

        _journal.Add(new Undo(target, target.State, target.Version, target.LastAt));
        target.State = target.Aggregate.Evolve(target.State, @event);
        target.Version++;
        target.LastAt = _recordedAt;
        var context = _running!.Context;
        if (_headers is null && context.Reason is { } reason)
        {
            _headers = System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["reason"] = reason });
        }

        var recorded = new RecordedEvent
        {
            Id = Identifiers.Next(),
            StreamId = target.Id,
            Version = target.Version,
            Name = type.Name,
            Data = @event,
            Timestamp = _recordedAt,
            Actor = context.Actor,
            CorrelationId = context.CorrelationId,
            CausationId = _running.CausationId,
            Headers = _headers,
        };
        target.Events.Add(recorded);
        Events.Add(recorded);
    }

    private void TakeBack()
    {
        for (var i = _journal.Count - 1; i >= 0; i--)
        {
            var undo = _journal[i];
            undo.Slot.State = undo.State;
            undo.Slot.Version = undo.Version;
            undo.Slot.LastAt = undo.LastAt;
            undo.Slot.Events.RemoveAt(undo.Slot.Events.Count - 1);
            Events.RemoveAt(Events.Count - 1);
        }

        _journal.Clear();
    }

    private readonly record struct Undo(BatchSlot Slot, object State, long Version, DateTimeOffset LastAt);
}

/// <summary>One stream of a batch.</summary>
internal sealed class BatchSlot : StreamSlot
{
    public required AggregateType Aggregate { get; init; }

    /// <summary>The version that the database must still have.</summary>
    public required long From { get; init; }

    public required bool IsArchived { get; init; }

    /// <summary>The command says that it starts this stream, so nobody looked; the primary key tells if it was wrong.</summary>
    public required bool AssumedNew { get; init; }

    /// <summary>The time of the stream's last event.</summary>
    public required DateTimeOffset LastAt { get; set; }

    /// <summary>Whether a decision looked at it, or wrote it.</summary>
    public bool IsRead { get; set; }

    public bool HoldRead { get; set; }

    public List<RecordedEvent> Events { get; } = [];

    public CachedStream AsCached() => new(State, Version, IsArchived, LastAt);
}

/// <summary>The stream was archived: its history stands, nothing more is appended.</summary>
/// <param name="StreamId">The stream.</param>
[Problem(409, "archived", "The resource is archived")]
public sealed record StreamArchived(Guid StreamId) : Refusal("The resource is archived and takes no further changes.");
