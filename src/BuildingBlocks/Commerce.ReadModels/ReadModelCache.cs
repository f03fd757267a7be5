using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Commerce.EventStore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Commerce.ReadModels;

/// <summary>
/// Memory, then Redis, then the read model. Four rules keep a reader from an answer that is older than it may be:
/// a fill that is dropped while it runs leaves nothing behind, because dropping takes the fill itself out of the map;
/// a caller who requires a position is answered by an entry only when this host has heard of everything up to that position and so would have dropped it,
/// or when the entry was read after the caller came;
/// what is kept counts only while this host hears of the others' events in time, or if it was read within the bound;
/// and Redis turns a fill away that began before an event that dropped its key.
/// </summary>
internal sealed partial class ReadModelCache : IReadModelCache, ICommitListener
{
    private static readonly TimeSpan LeastToRefresh = TimeSpan.FromSeconds(1);

    private readonly CacheOptions _options;
    private readonly RedisLevel _redis;
    private readonly TimeProvider _time;
    private readonly ILogger<ReadModelCache> _logger;
    private readonly CacheMemory _memory;
    private readonly FrozenDictionary<Type, ICacheInvalidation[]> _invalidations;

    // Transactions of this process that were committed and dropped here, and are not settled yet: their tokens are as good as settled ones.
    private readonly ConcurrentDictionary<long, bool> _own = [];
    private readonly ConcurrentDictionary<string, CacheGroup> _groups = new(StringComparer.Ordinal);
    private readonly StripedCount _fromMemory = new();
    private readonly StripedCount _fromRedis = new();
    private readonly StripedCount _filled = new();
    private readonly StripedCount _joined = new();
    private readonly StripedCount _dropped = new();
    private readonly StripedCount _refreshed = new();
    private readonly long _bound;
    private readonly Histogram<double> _delay;
    private Settled _settled = new(EventPosition.Start);
    private long _tickets;

    // Until then what is kept counts: every event of other hosts that was acknowledged a bound before then has been heard of. Without a tail there is none.
    private long _trustedUntil = long.MaxValue;

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
        _bound = Ticks(_options.Bound);
        _invalidations = invalidations
            .SelectMany(invalidation => invalidation.Handles.Distinct().Select(type => (type, invalidation)))
            .GroupBy(pair => pair.type, pair => pair.invalidation)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray());
        _redis.Heard = dropped =>
        {
            foreach (var key in dropped.Keys)
            {
                Drop(key);
            }

            HeardOf(dropped.Decided, "message");
        };
        var meter = meters.Create("Commerce.ReadModels");
        _delay = meter.CreateHistogram<double>("commerce.cache.heard.delay", "s", "From another host's decision until its keys were dropped here");
        Measure(meter);
    }

    /// <summary>The event types that drop keys.</summary>
    public IReadOnlyCollection<Type> Handles => _invalidations.Keys;

    /// <summary>Everything up to here has been committed and, where it drops keys, dropped on this host.</summary>
    public EventPosition SettledAt => Volatile.Read(ref _settled).At;

    /// <summary>What the memory level holds.</summary>
    public long MemoryBytes => _memory.Bytes;

    public bool TryGet(string key, CallContext call, out CacheEntry? entry)
    {
        var now = _time.GetTimestamp();
        if (Standing(key, call, now) is { } held && (now < held.RefreshFrom || held.RefreshTaken))
        {
            Touch(held);
            entry = held.Entry;
            return true;
        }

        entry = null;
        return false;
    }

    public ValueTask<CacheEntry?> GetOrFillAsync(
        string key,
        CallContext call,
        Func<CancellationToken, ValueTask<CacheFill?>> fill,
        CachePolicy policy,
        CancellationToken cancellationToken)
    {
        var now = _time.GetTimestamp();
        if (Standing(key, call, now) is { } held)
        {
            if (now >= held.RefreshFrom && held.TakeRefresh())
            {
                _ = RefreshAsync(key, held, fill, policy);
            }

            Touch(held);
            return ValueTask.FromResult(held.Entry);
        }

        if (!_options.Enabled)
        {
            return ReadAsync(fill, cancellationToken);
        }

        // Without memory nothing is kept here that a drop would have to take out, so what Redis says goes straight to the caller.
        return _options.Memory || policy.Untracked || call.Required is not null
            ? FetchAsync(key, call.Required, fill, policy, cancellationToken)
            : PassAsync(key, fill, policy, cancellationToken);
    }

    public ValueTask<IReadOnlyList<CacheEntry?>> GetOrFillAsync(
        IReadOnlyList<string> keys,
        CallContext call,
        Func<IReadOnlyList<int>, CancellationToken, ValueTask<IReadOnlyList<CacheFill?>>> fill,
        CachePolicy policy,
        CancellationToken cancellationToken)
    {
        var entries = new CacheEntry?[keys.Count];
        List<int>? open = null;
        var now = _time.GetTimestamp();
        for (var place = 0; place < entries.Length; place++)
        {
            if (Standing(keys[place], call, now) is { } held)
            {
                Touch(held);
                entries[place] = held.Entry;
            }
            else
            {
                (open ??= []).Add(place);
            }
        }

        return open is null ? ValueTask.FromResult<IReadOnlyList<CacheEntry?>>(entries) : FetchAsync(keys, entries, open, call, fill, policy, cancellationToken);
    }

    private async ValueTask<IReadOnlyList<CacheEntry?>> FetchAsync(
        IReadOnlyList<string> keys,
        CacheEntry?[] entries,
        List<int> open,
        CallContext call,
        Func<IReadOnlyList<int>, CancellationToken, ValueTask<IReadOnlyList<CacheFill?>>> fill,
        CachePolicy policy,
        CancellationToken cancellationToken)
    {
        var arrived = Interlocked.Increment(ref _tickets);
        if (!_options.Enabled)
        {
            var read = await fill(open, cancellationToken);
            for (var i = 0; i < read.Count; i++)
            {
                entries[open[i]] = Unkept(read[i]);
            }

            return entries;
        }

        while (open.Count > 0)
        {
            List<(int Place, Flight Flight)> own = [], waiting = [];
            foreach (var place in open)
            {
                var (held, flight, begun) = Find(keys[place], call.Required, arrived, policy);
                if (held is not null)
                {
                    entries[place] = held.Entry;
                    continue;
                }

                waiting.Add((place, flight!));
                if (begun)
                {
                    own.Add((place, flight!));
                }
            }

            if (own.Count > 0)
            {
                // Not awaited: the flights outlive this caller and tell everybody how they ended.
                _ = FlyAsync(keys, own, fill, policy);
            }

            open = [];
            foreach (var (place, flight) in waiting)
            {
                var landed = await flight.Landed.WaitAsync(cancellationToken);
                if (Suffices(keys[place], landed, call.Required, arrived))
                {
                    entries[place] = landed.Entry;
                }
                else
                {
                    open.Add(place);
                }
            }
        }

        return entries;
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

    /// <summary>Transactions of this process whose events have done here what they do: nobody need read them again.</summary>
    internal IEnumerable<long> Own => _own.Keys;

    /// <summary>Drops what events of the global order drop, except where this process committed them itself and so has done it.</summary>
    public void Follow(EventPage page)
    {
        var foreign = page.Events.Where(e => !_own.ContainsKey(e.Position.Transaction)).ToList();
        if (foreign.Count > 0)
        {
            Drop(foreign, tell: false);
            HeardOf(foreign[^1].Timestamp, "log");
        }

        Settle(page.Next);
    }

    /// <summary>Drops what events drop that are committed and whose place in the order is not certain yet.</summary>
    public void DropAhead(IReadOnlyList<RecordedEvent> events)
    {
        var foreign = events.Where(e => !_own.ContainsKey(e.Position.Transaction)).ToList();
        if (foreign.Count > 0)
        {
            Drop(foreign, tell: false);
            HeardOf(foreign[^1].Timestamp, "log");
        }
    }

    /// <summary>Everything that had been committed at this time stamp has been heard of.</summary>
    public void Trust(long heardAt) => Volatile.Write(ref _trustedUntil, heardAt + _bound);

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

    private bool Counts(HeldEntry held, long now) =>
        held.Expires > now && held.Stands && IsFresh(held.Since, now);

    // What was read so long ago counts only while every event since has been heard of.
    private bool IsFresh(long since, long now) => now < Volatile.Read(ref _trustedUntil) || now - since < _bound;

    /// <summary>
    /// Whether an entry was read behind a position. That the position is settled by now says so only of an entry that is still in its place, looked at in
    /// this order: it would have been dropped before. A fill that was dropped while it ran still lands with those who wait for it, and has seen nothing of it.
    /// </summary>
    private bool HasSeen(string key, HeldEntry held, EventPosition required) =>
        required <= held.At
        || (!held.Asynchronous
            && (held.Asked == required || required <= held.Settled || (IsSettled(required) && _memory.TryGet(key, out var slot) && ReferenceEquals(slot, held) && held.Stands)));

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
            var (held, flight, begun) = Find(key, required, arrived, policy);
            if (held is not null)
            {
                return held.Entry;
            }

            if (begun)
            {
                // Not awaited: the flight outlives this caller and tells everybody how it ended.
                _ = FlyAsync(key, flight!, fill, policy);
            }

            var landed = await flight!.Landed.WaitAsync(cancellationToken);
            if (Suffices(key, landed, required, arrived))
            {
                return landed.Entry;
            }
        }
    }

    // What memory may answer a caller with.
    private HeldEntry? Standing(string key, CallContext call, long now) =>
        _memory.TryGet(key, out var slot) && slot is HeldEntry held && Counts(held, now) && (call.Required is not { } required || HasSeen(key, held, required)) ? held : null;

    private void Touch(HeldEntry held)
    {
        if (!held.Touched)
        {
            held.Touched = true;
        }

        _fromMemory.Add();
    }

    // Pooled: under load this and the read below are most of what a call leaves for the collector.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CacheEntry?> PassAsync(
        string key, Func<CancellationToken, ValueTask<CacheFill?>> fill, CachePolicy policy, CancellationToken cancellationToken)
    {
        if (_time.GetTimestamp() < Volatile.Read(ref _trustedUntil) && await _redis.ReadAsync(key) is { } record)
        {
            _fromRedis.Add();
            return record.Entry;
        }

        return await FetchAsync(key, null, fill, policy, cancellationToken);
    }

    // An entry that is good enough, or the fill to wait for; the caller runs the fill when it was begun here.
    private (HeldEntry? Held, Flight? Flight, bool Begun) Find(string key, EventPosition? required, long arrived, CachePolicy policy)
    {
        while (true)
        {
            _memory.TryGet(key, out var slot);
            if (slot is HeldEntry held && Counts(held, _time.GetTimestamp()) && Suffices(key, held, required, arrived))
            {
                _fromMemory.Add();
                return (held, null, false);
            }

            if (slot is Flight { Stands: true } flight && IsFresh(flight.Began, _time.GetTimestamp()))
            {
                _joined.Add();
                return (null, flight, false);
            }

            flight = NewFlight(policy, required);
            if (_memory.TryBegin(key, slot, flight))
            {
                return (null, flight, true);
            }
        }
    }

    private bool Suffices(string key, HeldEntry held, EventPosition? required, long arrived) =>
        required is not { } position || held.Ticket > arrived || HasSeen(key, held, position);

    private async Task FlyAsync(string key, Flight flight, Func<CancellationToken, ValueTask<CacheFill?>> fill, CachePolicy policy)
    {
        try
        {
            Land(key, flight, await FindAsync(key, flight, policy) ?? await FillAsync(key, flight, fill, policy));
        }
        catch (Exception exception)
        {
            Fail(key, flight, exception);
        }
    }

    private async Task FlyAsync(
        IReadOnlyList<string> keys,
        List<(int Place, Flight Flight)> flights,
        Func<IReadOnlyList<int>, CancellationToken, ValueTask<IReadOnlyList<CacheFill?>>> fill,
        CachePolicy policy)
    {
        var open = flights;
        try
        {
            // All at once: Redis answers them in one go.
            var found = await Task.WhenAll(flights.Select(flight => FindAsync(keys[flight.Place], flight.Flight, policy).AsTask()));
            open = [];
            for (var i = 0; i < found.Length; i++)
            {
                if (found[i] is { } entry)
                {
                    Land(keys[flights[i].Place], flights[i].Flight, entry);
                }
                else
                {
                    open.Add(flights[i]);
                }
            }

            if (open.Count == 0)
            {
                return;
            }

            var since = _time.GetTimestamp();
            var filled = await LimitedAsync(keys[open[0].Place], token => fill([.. open.Select(flight => flight.Place)], token));
            for (var i = 0; i < filled.Count; i++)
            {
                _filled.Add();
                var (place, flight) = open[i];
                Land(keys[place], flight, Keep(keys[place], flight, filled[i], since, policy));
            }
        }
        catch (Exception exception)
        {
            // Those that have landed hear nothing of it.
            foreach (var (place, flight) in open)
            {
                Fail(keys[place], flight, exception);
            }
        }
    }

    private async Task RefreshAsync(string key, HeldEntry former, Func<CancellationToken, ValueTask<CacheFill?>> fill, CachePolicy policy)
    {
        try
        {
            _refreshed.Add();
            var flight = NewFlight(policy, null);
            _memory.TryRenew(key, former, await FillAsync(key, flight, fill, policy), _time.GetTimestamp());
        }
        catch (Exception exception)
        {
            // Nobody waits for it. The entry stays until it ends, and whoever comes then is told.
            LogRefreshFailed(exception, key);
        }
    }

    private void Land(string key, Flight flight, HeldEntry entry)
    {
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

    private void Fail(string key, Flight flight, Exception exception)
    {
        _memory.TryEnd(key, flight);
        flight.Fail(exception);
    }

    private async ValueTask<HeldEntry?> FindAsync(string key, Flight flight, CachePolicy policy)
    {
        var since = _time.GetTimestamp();
        if (policy.Untracked || !_redis.Usable || since >= Volatile.Read(ref _trustedUntil) || await _redis.ReadAsync(key) is not { } record)
        {
            return null;
        }

        var asynchronous = record.Kind == RedisRecord.Asynchronous;
        if ((asynchronous ? flight.Asked : flight.Required) is { } required && required > record.At)
        {
            return null;
        }

        _fromRedis.Add();
        var entry = record.Entry;
        var left = record.Expires - _time.GetUtcNow();
        var lifetime = LifetimeOf(policy, entry);

        // Ticket 0: it was read before anybody came.
        return Hold(key, entry, record.At, 0, since, left < lifetime ? left : lifetime, refreshes: false, asynchronous, flight);
    }

    private async ValueTask<HeldEntry> FillAsync(string key, Flight flight, Func<CancellationToken, ValueTask<CacheFill?>> fill, CachePolicy policy)
    {
        _filled.Add();
        var since = _time.GetTimestamp();
        return Keep(key, flight, await LimitedAsync(key, fill), since, policy);
    }

    private async ValueTask<T> LimitedAsync<T>(string key, Func<CancellationToken, ValueTask<T>> fill)
    {
        using var limit = new CancellationTokenSource(_options.FillTimeout, _time);
        try
        {
            return await fill(limit.Token).AsTask().WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"Filling '{key}' took longer than {_options.FillTimeout}.");
        }
    }

    private HeldEntry Keep(string key, Flight flight, CacheFill? filled, long since, CachePolicy policy)
    {
        var at = filled?.At ?? flight.At;
        var entry = EntryOf(filled, at);
        var lifetime = Jittered(key, LifetimeOf(policy, entry));
        var refreshes = entry is not null && _options.RefreshAhead > 0 && lifetime >= LeastToRefresh;

        // The time stamp comes first: a pause between the two looks at clocks then ends the entry sooner, not later.
        var from = policy.Untracked ? since : _time.GetTimestamp();
        if (filled?.ExpiresAt is { } ends && ends - _time.GetUtcNow() is var left && left < lifetime)
        {
            (lifetime, refreshes) = (left, false);
        }

        var asynchronous = policy.Untracked || filled?.At is not null;
        if (lifetime > TimeSpan.Zero && !policy.Untracked)
        {
            _redis.Store(key, entry is null ? RedisRecord.Nothing : asynchronous ? RedisRecord.Asynchronous : RedisRecord.Inline, at, entry, lifetime);
        }

        return Hold(key, entry, at, flight.Ticket, from, lifetime, refreshes, asynchronous, flight, since);
    }

    private HeldEntry Hold(
        string key, CacheEntry? entry, EventPosition at, long ticket, long from, TimeSpan lifetime, bool refreshes, bool asynchronous, Flight flight, long? since = null) =>
        new(entry, at, ticket, from + Ticks(lifetime), CacheMemory.CostOf(key, entry))
        {
            Asynchronous = asynchronous,
            Asked = flight.Asked,
            Settled = flight.At,
            Group = flight.Group,
            Generation = flight.Generation,
            Since = since ?? from,
            RefreshFrom = refreshes ? from + Ticks(lifetime * (1 - _options.RefreshAhead)) : long.MaxValue,
        };

    private CacheEntry? Unkept(CacheFill? filled) => EntryOf(filled, filled?.At ?? SettledAt);

    private static CacheEntry? EntryOf(CacheFill? filled, EventPosition at) =>
        filled is null or { IsNothing: true } ? null : new CacheEntry(filled.Body, filled.ETag ?? EntityTag.Of(filled.Body.Span), at);

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    private void HeardOf(DateTimeOffset decided, string way) =>
        _delay.Record(Math.Max(0, (_time.GetUtcNow() - decided).TotalSeconds), new KeyValuePair<string, object?>("by", way));

    private Flight NewFlight(CachePolicy policy, EventPosition? required)
    {
        var group = policy.Group is { } name ? _groups.GetOrAdd(name, static _ => new CacheGroup()) : null;
        return new Flight(Interlocked.Increment(ref _tickets), SettledAt, required, required is { } position && IsSettled(position))
        {
            Group = group,
            Generation = group?.Generation ?? 0,
            Began = _time.GetTimestamp(),
        };
    }

    private void Drop(string key)
    {
        _memory.Drop(key);
        if (_groups.TryGetValue(key, out var group))
        {
            group.Drop();
        }
    }

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
        return Unkept(await fill(cancellationToken));
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
        _redis.Drop(keys, events[^1].Position, tell ? events[^1].Timestamp : null);
        foreach (var key in keys)
        {
            Drop(key);
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
        meter.CreateObservableCounter("commerce.cache.refreshed", _refreshed.Sum, description: "Entries that were read anew before they ended.");
        meter.CreateObservableGauge("commerce.cache.heard", () => _time.GetTimestamp() < Volatile.Read(ref _trustedUntil) ? 1 : 0, description: "1 while other hosts' events are heard of within the bound.");
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

    [LoggerMessage(3203, LogLevel.Debug, "Reading '{Key}' anew failed")]
    private partial void LogRefreshFailed(Exception exception, string key);

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
