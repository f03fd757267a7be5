using System.Collections.Frozen;
using Commerce.EventStore.Execution;
using Npgsql;

namespace Commerce.EventStore.Verification;

/// <summary>
/// Versions of all streams and states of the lately used ones, so that a replay of any length runs in bounded memory: most streams are quiet soon after
/// they began, and one that speaks again after it was put aside is folded from its events once more.
/// </summary>
internal sealed class ReplayStates(EventTypes types, StreamLoader loader, NpgsqlConnection connection)
{
    private const int Generation = 20_000;

    private readonly FrozenDictionary<Type, AggregateType> _aggregates = types.Events.ToFrozenDictionary(e => e.ClrType, e => types.Aggregate(e.Aggregate));
    private readonly Dictionary<Guid, long> _versions = [];
    private Dictionary<Guid, object> _young = new(Generation);
    private Dictionary<Guid, object> _old = [];
    private Guid _last;

    /// <summary>Streams met so far.</summary>
    public long Streams => _versions.Count;

    /// <summary>Takes note of an event's version.</summary>
    /// <returns>The version of its stream before it.</returns>
    public long Follow(RecordedEvent e)
    {
        ref var version = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_versions, e.StreamId, out _);
        var before = version;
        version = e.Version;
        return before;
    }

    /// <summary>The stream's state after the event, or null for an event that no module here knows.</summary>
    public ValueTask<object?> EvolveAsync(RecordedEvent e, CancellationToken cancellationToken)
    {
        if (!_aggregates.TryGetValue(e.Data.GetType(), out var aggregate))
        {
            return default;
        }

        // What one stored event means shares its version: the later parts go on from the first.
        var begins = e.Version == 1 && e.StreamId != _last;
        _last = e.StreamId;
        if (begins)
        {
            return new ValueTask<object?>(Keep(e.StreamId, aggregate.Evolve(aggregate.Initial, e.Data)));
        }

        return _young.TryGetValue(e.StreamId, out var state) || _old.TryGetValue(e.StreamId, out state)
            ? new ValueTask<object?>(Keep(e.StreamId, aggregate.Evolve(state, e.Data)))
            : ReloadAsync(e, aggregate, cancellationToken);
    }

    private async ValueTask<object?> ReloadAsync(RecordedEvent e, AggregateType aggregate, CancellationToken cancellationToken)
    {
        var past = await loader.FetchAsync(connection, e.StreamId, e.Version - 1, null, cancellationToken);
        var state = past.Parts().Where(earlier => _aggregates.ContainsKey(earlier.Data.GetType())).Aggregate(aggregate.Initial, (current, earlier) => aggregate.Evolve(current, earlier.Data));
        return Keep(e.StreamId, aggregate.Evolve(state, e.Data));
    }

    private object Keep(Guid id, object state)
    {
        if (_young.Count >= Generation)
        {
            (_old, _young) = (_young, _old);
            _young.Clear();
        }

        _young[id] = state;
        return state;
    }
}
