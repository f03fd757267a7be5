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
    private long _lastVersion;
    private object _first = new();

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
    /// <param name="e">The event, or a part of it.</param>
    /// <param name="stored">Its whole body as it is stored.</param>
    /// <param name="cancellationToken">Cancels the reading of a stream that was put aside.</param>
    public ValueTask<object?> EvolveAsync(RecordedEvent e, byte[] stored, CancellationToken cancellationToken)
    {
        if (!_aggregates.TryGetValue(e.Data.GetType(), out var aggregate))
        {
            return default;
        }

        // What one stored event means shares its version: the later parts go on from the first.
        var isLaterPart = e.StreamId == _last && e.Version == _lastVersion;
        (_last, _lastVersion) = (e.StreamId, e.Version);
        if (e.Version == 1)
        {
            // Most streams say one thing for a long time. Kept as it is stored, one array that refers to nothing, it costs the collector next to nothing;
            // as a state it would be carried through all its generations.
            _first = aggregate.Evolve(isLaterPart ? _first : aggregate.Initial, e.Data);
            Keep(e.StreamId, new FirstWord(e.Name, stored, aggregate));
            return new ValueTask<object?>(_first);
        }

        if (!_young.TryGetValue(e.StreamId, out var state) && !_old.TryGetValue(e.StreamId, out state))
        {
            return ReloadAsync(e, aggregate, cancellationToken);
        }

        return new ValueTask<object?>(Keep(e.StreamId, aggregate.Evolve(state is FirstWord word ? word.Aggregate.Evolve(word.Aggregate.Initial, types.Deserialize(word.Name, word.Stored)) : state, e.Data)));
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

    /// <summary>A stream that has spoken once.</summary>
    private sealed record FirstWord(string Name, byte[] Stored, AggregateType Aggregate);
}
