using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Commerce.EventStore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Commerce.ReadModels;

/// <summary>
/// Memory, then Redis, then the read model. Three rules keep a reader from an answer that is older than it may be:
/// a fill that is dropped while it runs leaves nothing behind, because dropping takes the fill itself out of the map;
/// a caller who requires a position is answered by an entry only when this host has heard of everything up to that position and so would have dropped it,
/// or when the entry was read after the caller came;
/// and Redis turns a fill away that began before an event that dropped its key.
/// </summary>
internal sealed partial class ReadModelCache : IReadModelCache, ICommitListener
{
    private readonly CacheOptions _options;
    private readonly RedisLevel _redis;
    private readonly TimeProvider _time;
    private readonly ILogger<ReadModelCache> _logger;
    private readonly CacheMemory _memory;
    private readonly FrozenDictionary<Type, ICacheInvalidation[]> _invalidations;

    // Transactions of this process that were committed and dropped here, and are not settled yet: their tokens are as good as settled ones.
    private readonly ConcurrentDictionary<long, bool> _own = [];
    private readonly StripedCount _fromMemory = new();
    private readonly StripedCount _fromRedis = new();
    private readonly StripedCount _filled = new();
    private readonly StripedCount _joined = new();
    private readonly StripedCount _dropped = new();
    private Settled _settled = new(EventPosition.Start);
    private long _tickets;

    public ReadModelCache(
        IOptions<CacheOptions> options,
        RedisLevel redis,
        IEnumerable<ICacheInvalidation> invalidations,
        TimeProvider time,
        IMeterFactory meters,
        ILogger<ReadModelCache> logger)
    {
        _options = options.Value;
        _redis = redis;
        _time = time;
        _logger = logger;
        _memory = new CacheMemory(_options.MemoryBytes);
        _invalidations = invalidations
            .SelectMany(invalidation => invalidation.Handles.Distinct().Select(type => (type, invalidation)))
            .GroupBy(pair => pair.type, pair => pair.invalidation)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray());
        _redis.Heard = keys =>
        {
            foreach (var key in keys)
            {
                _memory.Drop(key);
            }
        };
        Measure(meters.Create("Commerce.ReadModels"));
    }

    /// <summary>The event types that drop keys.</summary>
    public IReadOnlyCollection<Type> Handles => _invalidations.Keys;

    /// <summary>Everything up to here has been committed and, where it drops keys, dropped on this host.</summary>
    public EventPosition SettledAt => Volatile.Read(ref _settled).At;

    /// <summary>What the memory level holds.</summary>
    public long MemoryBytes => _memory.Bytes;

    public ValueTask<CacheEntry?> GetOrFillAsync(
        string key,
        CallContext call,
        Func<CancellationToken, ValueTask<CacheFill?>> fill,
        CachePolicy policy,
        CancellationToken cancellationToken)
    {
        if (_memory.TryGet(key, out var slot)
            && slot is HeldEntry held
            && held.Expires > _time.GetTimestamp()
            && (call.Required is not { } required || HasSeen(held, required)))
        {
            if (!held.Touched)
            {
                held.Touched = true;
            }

            _fromMemory.Add();
            return ValueTask.FromResult(held.Entry);
        }

        return _options.Enabled ? FetchAsync(key, call.Required, fill, policy, cancellationToken) : ReadAsync(fill, cancellationToken);
    }

    public void Committed(IReadOnlyList<RecordedEvent> events)
    {
        if (!_options.Enabled || events.Count == 0)
        {
            return;
        }

        Drop(events, tell: true);
        _own[events[^1].Position.Transaction] = true;
    }

    /// <summary>Drops what events of the global order drop, except where this process committed them itself and so has done it.</summary>
    public void Follow(EventPage page)
    {
        var foreign = page.Events.Where(e => !_own.ContainsKey(e.Position.Transaction)).ToList();
        if (foreign.Count > 0)
        {
            Drop(foreign, tell: false);
        }

        Settle(page.Next);
    }

    /// <summary>Begins to follow the global order: what was filled before may have missed an event.</summary>
    public void Begin(EventPosition at)
    {
        Settle(at);
        _memory.Clear();
    }

    private void Settle(EventPosition at)
    {
        Volatile.Write(ref _settled, new Settled(at));
        foreach (var (transaction, _) in _own)
        {
            if (transaction < at.Transaction)
            {
                _own.TryRemove(transaction, out _);
            }
        }
    }

    private bool HasSeen(HeldEntry held, EventPosition required) =>
        required <= held.At || (!held.Asynchronous && (IsSettled(required) || held.Required == required));

    private bool IsSettled(EventPosition required) => required <= SettledAt || _own.ContainsKey(required.Transaction);

    private async ValueTask<CacheEntry?> FetchAsync(
        string key,
        EventPosition? required,
        Func<CancellationToken, ValueTask<CacheFill?>> fill,
        CachePolicy policy,
        CancellationToken cancellationToken)
    {
        var arrived = Interlocked.Increment(ref _tickets);
        while (true)
        {
            _memory.TryGet(key, out var slot);
            if (slot is HeldEntry held && held.Expires > _time.GetTimestamp() && Suffices(held, required, arrived))
            {
                _fromMemory.Add();
                return held.Entry;
            }

            if (slot is not Flight flight)
            {
                flight = new Flight(Interlocked.Increment(ref _tickets), SettledAt, required, required is { } position && IsSettled(position));
                if (!_memory.TryBegin(key, slot, flight))
                {
                    continue;
                }

                // Not awaited: the flight outlives this caller and tells everybody how it ended.
                _ = FlyAsync(key, flight, fill, policy);
            }
            else
            {
                _joined.Add();
            }

            var landed = await flight.Landed.WaitAsync(cancellationToken);
            if (Suffices(landed, required, arrived))
            {
                return landed.Entry;
            }
        }
    }

    private bool Suffices(HeldEntry held, EventPosition? required, long arrived) =>
        required is not { } position || held.Ticket > arrived || HasSeen(held, position);

    private async Task FlyAsync(string key, Flight flight, Func<CancellationToken, ValueTask<CacheFill?>> fill, CachePolicy policy)
    {
        try
        {
            var entry = await FindAsync(key, flight, policy) ?? await FillAsync(key, flight, fill, policy);
            var now = _time.GetTimestamp();
            if (_options.Memory && entry.Expires > now)
            {
                _memory.TryLand(key, flight, entry, now);
            }
            else
            {
                _memory.TryEnd(key, flight);
            }

            flight.Land(entry);
        }
        catch (Exception exception)
        {
            _memory.TryEnd(key, flight);
            flight.Fail(exception);
        }
    }

    private async ValueTask<HeldEntry?> FindAsync(string key, Flight flight, CachePolicy policy)
    {
        if (!_redis.Usable || await _redis.ReadAsync(key) is not { } record)
        {
            return null;
        }

        var asynchronous = record.Kind == RedisRecord.Asynchronous;
        if ((asynchronous ? flight.Asked : flight.Required) is { } required && required > record.At)
        {
            return null;
        }

        _fromRedis.Add();
        var entry = record.Kind == RedisRecord.Nothing ? null : new CacheEntry(record.Body, record.ETag, record.At);
        var left = record.Expires - _time.GetUtcNow();
        var lifetime = LifetimeOf(policy, entry);

        // Ticket 0: it was read before anybody came.
        return Hold(key, entry, record.At, 0, left < lifetime ? left : lifetime, asynchronous, flight.Required);
    }

    private async ValueTask<HeldEntry> FillAsync(string key, Flight flight, Func<CancellationToken, ValueTask<CacheFill?>> fill, CachePolicy policy)
    {
        _filled.Add();
        using var limit = new CancellationTokenSource(_options.FillTimeout, _time);
        CacheFill? filled;
        try
        {
            filled = await fill(limit.Token).AsTask().WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"Filling '{key}' took longer than {_options.FillTimeout}.");
        }

        var at = filled?.At ?? flight.At;
        var entry = filled is null ? null : new CacheEntry(filled.Body, EntityTag.Of(filled.Body.Span), at);
        var lifetime = Jittered(key, LifetimeOf(policy, entry));
        var asynchronous = filled?.At is not null;
        if (lifetime > TimeSpan.Zero)
        {
            _redis.Store(key, entry is null ? RedisRecord.Nothing : asynchronous ? RedisRecord.Asynchronous : RedisRecord.Inline, at, entry, lifetime);
        }

        return Hold(key, entry, at, flight.Ticket, lifetime, asynchronous, flight.Required);
    }

    private HeldEntry Hold(string key, CacheEntry? entry, EventPosition at, long ticket, TimeSpan lifetime, bool asynchronous, EventPosition? required) =>
        new(entry, at, ticket, _time.GetTimestamp() + (long)(lifetime.TotalSeconds * _time.TimestampFrequency), CacheMemory.CostOf(key, entry))
        {
            Asynchronous = asynchronous,
            Required = required,
        };

    private static TimeSpan LifetimeOf(CachePolicy policy, CacheEntry? entry)
    {
        if (entry is not null)
        {
            return policy.Lifetime;
        }

        var negative = policy.NegativeLifetime ?? CachePolicy.DefaultNegativeLifetime;
        return negative < policy.Lifetime ? negative : policy.Lifetime;
    }

    // Up to a tenth shorter. The key and the moment decide, so entries that were filled together do not end together and no source of chance is needed.
    private TimeSpan Jittered(string key, TimeSpan lifetime) =>
        lifetime - (lifetime * ((HashCode.Combine(key, _time.GetTimestamp()) & 0xFFFF) / 655_360.0));

    private async ValueTask<CacheEntry?> ReadAsync(Func<CancellationToken, ValueTask<CacheFill?>> fill, CancellationToken cancellationToken)
    {
        _filled.Add();
        var filled = await fill(cancellationToken);
        return filled is null ? null : new CacheEntry(filled.Body, EntityTag.Of(filled.Body.Span), filled.At ?? SettledAt);
    }

    private void Drop(IReadOnlyList<RecordedEvent> events, bool tell)
    {
        HashSet<string>? keys = null;
        try
        {
            foreach (var e in events)
            {
                if (!_invalidations.TryGetValue(e.Data.GetType(), out var invalidations))
                {
                    continue;
                }

                foreach (var invalidation in invalidations)
                {
                    (keys ??= new HashSet<string>(StringComparer.Ordinal)).UnionWith(invalidation.KeysFor(e));
                }
            }
        }
        catch (Exception exception)
        {
            // Which keys to drop is not known, so all of them are.
            LogInvalidationFailed(exception);
            _redis.LoseTrack();
            _memory.Clear();
            return;
        }

        if (keys is null or { Count: 0 })
        {
            return;
        }

        // Redis first: a fill that begins once memory is empty asks Redis behind the tombstones, on the same connection.
        _redis.Drop(keys, events[^1].Position, tell);
        foreach (var key in keys)
        {
            _memory.Drop(key);
            _dropped.Add();
        }
    }

    private void Measure(Meter meter)
    {
        meter.CreateObservableCounter(
            "commerce.cache.answers",
            () => new Measurement<long>[]
            {
                new(_fromMemory.Sum(), new KeyValuePair<string, object?>("from", "memory")),
                new(_fromRedis.Sum(), new KeyValuePair<string, object?>("from", "redis")),
                new(_filled.Sum(), new KeyValuePair<string, object?>("from", "read-model")),
                new(_joined.Sum(), new KeyValuePair<string, object?>("from", "fill-under-way")),
            },
            description: "Answers by where they came from.");
        meter.CreateObservableCounter("commerce.cache.dropped", _dropped.Sum, description: "Keys dropped by events.");
        meter.CreateObservableCounter("commerce.cache.evicted", () => _memory.Evicted, description: "Entries that made room for others.");
        meter.CreateObservableGauge("commerce.cache.memory", () => _memory.Bytes, "By", "What the memory level holds.");
        meter.CreateObservableGauge("commerce.cache.entries", () => _memory.Count, description: "Keys of the memory level.");
        if (_redis.Configured)
        {
            meter.CreateObservableGauge("commerce.cache.redis.usable", () => _redis.Usable ? 1 : 0, description: "1 while Redis answers in time.");
            meter.CreateObservableCounter("commerce.cache.redis.failures", () => _redis.Failures, description: "Calls to Redis that failed.");
        }
    }

    [LoggerMessage(3201, LogLevel.Error, "A module could not say which keys an event drops; the whole cache was dropped")]
    private partial void LogInvalidationFailed(Exception exception);

    private sealed record Settled(EventPosition At);
}

/// <summary>Strong entity tags: equal for equal bytes on every host, and never for others.</summary>
internal static class EntityTag
{
    public static string Of(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return $"\"{Base64Url.EncodeToString(hash[..16])}\"";
    }
}

/// <summary>A counter that threads do not fight over: each adds to one of several cells, a cache line apart.</summary>
internal sealed class StripedCount
{
    private const int Stripes = 16;
    private const int LineLongs = 8;
    private readonly long[] _cells = new long[Stripes * LineLongs];

    public void Add() => Interlocked.Increment(ref _cells[(Environment.CurrentManagedThreadId & (Stripes - 1)) * LineLongs]);

    public long Sum()
    {
        var sum = 0L;
        for (var cell = 0; cell < _cells.Length; cell += LineLongs)
        {
            sum += Interlocked.Read(ref _cells[cell]);
        }

        return sum;
    }
}
