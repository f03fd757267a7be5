using System.Collections.Frozen;
using System.Runtime.InteropServices;
using Commerce.EventStore.Reading;
using Npgsql;

namespace Commerce.EventStore.Verification;

/// <summary>
/// Versions of all streams and states of the lately used ones, so that a replay of any length runs in bounded memory: most streams are quiet soon after
/// they began, and one that speaks again after it was put aside is folded from its events once more.
/// </summary>
internal sealed class ReplayStates(EventTypes types, StoredNames names, EventStoreDataSource source) : IDisposable
{
    private const int MostStates = 32_768;
    private const int WordBytes = 96 * 1024 * 1024;

    private const string Past = "select type, data from events.mt_events where stream_id = $1 and version < $2 order by version";

    private readonly FrozenDictionary<Type, AggregateType> _aggregates = types.Events.ToFrozenDictionary(e => e.ClrType, e => types.Aggregate(e.Aggregate));
    private readonly Dictionary<Guid, Known> _streams = [];
    private readonly FirstWords _words = new(names, WordBytes);
    private readonly Held[] _held = new Held[MostStates];
    private NpgsqlConnection? _connection;
    private int _count;
    private int _hand;

    // The parts of one stored event share its version: the later ones go on from the first.
    private object? _current;

    /// <summary>Streams met so far.</summary>
    public long Streams => _streams.Count;

    /// <summary>Takes note of an event's version.</summary>
    /// <returns>The version of its stream before it.</returns>
    public long Follow(ReplayReader e)
    {
        ref var stream = ref CollectionsMarshal.GetValueRefOrAddDefault(_streams, e.StreamId, out _);
        var before = stream.Version;
        stream.Version = e.Version;
        _current = null;
        return before;
    }

    /// <summary>The stream's state after the event, or null for an event that no module here knows.</summary>
    /// <param name="e">The event, or the next part of it.</param>
    /// <param name="name">The name it is stored under.</param>
    /// <param name="stored">Its whole body as it is stored.</param>
    public object? Evolve(RecordedEvent e, StoredName name, ReadOnlySpan<byte> stored)
    {
        if (!_aggregates.TryGetValue(e.Data.GetType(), out var aggregate))
        {
            return null;
        }

        ref var stream = ref CollectionsMarshal.GetValueRefOrNullRef(_streams, e.StreamId);
        if (e.Version == 1)
        {
            var isLaterPart = _current is not null;
            _current = aggregate.Evolve(_current ?? aggregate.Initial, e.Data);
            if (!isLaterPart)
            {
                stream.Place = Place.OfWord(_words.Keep(name, stored));
            }

            return _current;
        }

        if (stream.Place.State is var at and >= 0)
        {
            ref var held = ref _held[at];
            held.WasUsed = true;
            return _current = held.State = aggregate.Evolve(held.State!, e.Data);
        }

        var before = _current ?? (_words.Read(stream.Place.Word) is { } word ? aggregate.Evolve(aggregate.Initial, word) : Fold(e, aggregate));
        _current = aggregate.Evolve(before, e.Data);
        Hold(e.StreamId, _current);
        return _current;
    }

    /// <inheritdoc />
    public void Dispose() => _connection?.Dispose();

    private object Fold(RecordedEvent e, AggregateType aggregate)
    {
        // On this thread like everything here; see ReplayReader.
        if (_connection is null)
        {
            _connection = source.Unpooled.OpenConnection();
        }

        using var command = new NpgsqlCommand(Past, _connection) { Parameters = { new() { Value = e.StreamId }, new() { Value = e.Version } } };
        using var reader = command.ExecuteReader();
        var state = aggregate.Initial;
        while (reader.Read())
        {
            var body = types.Knows(reader.GetString(0)) ? types.Deserialize(reader.GetString(0), reader.GetFieldValue<byte[]>(1)) : null;
            state = body is SplitEvent || (body is not null && _aggregates.ContainsKey(body.GetType())) ? aggregate.Evolve(state, body) : state;
        }

        return state;
    }

    // The second chance: a state that was used since the hand last passed stays for one more round.
    private void Hold(Guid id, object state)
    {
        var at = _count;
        if (_count < MostStates)
        {
            _count++;
        }
        else
        {
            for (; _held[_hand].WasUsed; _hand = (_hand + 1) % MostStates)
            {
                _held[_hand].WasUsed = false;
            }

            at = _hand;
            _hand = (_hand + 1) % MostStates;
            CollectionsMarshal.GetValueRefOrNullRef(_streams, _held[at].StreamId).Place = default;
        }

        _held[at] = new Held { StreamId = id, State = state };
        CollectionsMarshal.GetValueRefOrNullRef(_streams, id).Place = Place.OfState(at);
    }

    private struct Known
    {
        public long Version;
        public Place Place;
    }

    private struct Held
    {
        public Guid StreamId;
        public object? State;
        public bool WasUsed;
    }

    /// <summary>Where a stream's past is at hand: nowhere, in the ring of first words, or among the states.</summary>
    private readonly record struct Place(long Value)
    {
        public int State => Value < 0 ? (int)(-1 - Value) : -1;

        public long Word => Value > 0 ? Value - 1 : -1;

        public static Place OfWord(long place) => new(place + 1);

        public static Place OfState(int at) => new(-1L - at);
    }
}
