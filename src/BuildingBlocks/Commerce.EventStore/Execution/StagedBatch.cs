using Commerce.Outcomes;

namespace Commerce.EventStore.Execution;

/// <summary>
/// The streams of one batch while its decisions run one after another: each sees what those before it staged, and a refused one leaves no trace.
/// </summary>
internal sealed class StagedBatch(EventTypes types, DateTimeOffset now) : IStagedStreams
{
    private readonly Dictionary<Guid, BatchSlot> _slots = [];
    private readonly List<Undo> _journal = [];
    private readonly HashSet<Guid> _touched = [];
    private PendingDecision? _running;

    /// <summary>The time that decisions are made at: the clock's.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>The time that stands on the batch's events: the clock's, or that of the last event of a touched stream when the clock has been set back
    /// since, so that the times of a stream stay in order.</summary>
    public DateTimeOffset RecordedAt { get; private set; } = now;

    public IEnumerable<BatchSlot> Slots => _slots.Values;

    /// <summary>All events of the batch in the order they were decided.</summary>
    public List<RecordedEvent> Events { get; } = [];

    public void Add(Guid id, AggregateType aggregate, CachedStream stream, bool assumedNew)
    {
        RecordedAt = stream.LastAt > RecordedAt ? stream.LastAt : RecordedAt;
        _slots[id] = new BatchSlot
        {
            Id = id, Aggregate = aggregate, Version = stream.Version, State = stream.State, From = stream.Version, IsArchived = stream.IsArchived, AssumedNew = assumedNew,
        };
    }

    public bool Contains(Guid id) => _slots.ContainsKey(id);

    /// <summary>Runs one decision; a refusal or an exception takes back everything it staged.</summary>
    /// <returns>The exception when the decision has a bug, or null.</returns>
    public Exception? Run(PendingDecision decision)
    {
        _running = decision;
        _journal.Clear();
        _touched.Clear();
        try
        {
            foreach (var key in decision.Streams)
            {
                if (_slots[key.Id].IsArchived)
                {
                    decision.Refuse(new StreamArchived(key.Id));
                    return null;
                }
            }

            decision.Run(this);
            if (decision.IsRefused)
            {
                TakeBack();
            }

            foreach (var id in _touched)
            {
                // A refusal, too, must be told from current states, so what it read is checked at the commit.
                _slots[id].IsRead = true;
                _slots[id].HoldRead |= !decision.IsRefused;
            }

            return null;
        }
        catch (Exception exception)
        {
            TakeBack();
            return exception;
        }
    }

    public bool Has(Guid id, Type aggregate) => _slots.TryGetValue(id, out var slot) && slot.Aggregate.ClrType == aggregate;

    public StreamSlot Get(Guid id, Type aggregate)
    {
        if (!_slots.TryGetValue(id, out var slot) || slot.Aggregate.ClrType != aggregate)
        {
            throw new InvalidOperationException($"The command did not name stream {id} of {aggregate.Name} in its touches.");
        }

        _touched.Add(id);
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

        _journal.Add(new Undo(target, target.State, target.Version));
        target.State = target.Aggregate.Evolve(target.State, @event);
        target.Version++;
        var context = _running!.Context;
        var recorded = new RecordedEvent
        {
            Id = Identifiers.Next(),
            StreamId = target.Id,
            Version = target.Version,
            Name = type.Name,
            Data = @event,
            Timestamp = RecordedAt,
            Actor = context.Actor,
            CorrelationId = context.CorrelationId,
            CausationId = _running.CausationId,
            Headers = context.Reason is { } reason ? System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["reason"] = reason }) : null,
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
            undo.Slot.Events.RemoveAt(undo.Slot.Events.Count - 1);
            Events.RemoveAt(Events.Count - 1);
        }

        _journal.Clear();
    }

    private readonly record struct Undo(BatchSlot Slot, object State, long Version);
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

    public bool IsRead { get; set; }

    public bool HoldRead { get; set; }

    public List<RecordedEvent> Events { get; } = [];
}

/// <summary>The stream was archived: its history stands, nothing more is appended.</summary>
/// <param name="StreamId">The stream.</param>
[Problem(409, "archived", "The resource is archived")]
public sealed record StreamArchived(Guid StreamId) : Refusal("The resource is archived and takes no further changes.");
