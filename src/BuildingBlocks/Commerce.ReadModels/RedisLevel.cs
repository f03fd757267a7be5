using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.EventStore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Commerce.ReadModels;

/// <summary>
/// The Redis level. Nothing depends on it: while it is slow or away, callers are answered from memory and the read models, and a probe every tenth of a
/// second finds out when it is back.
/// </summary>
/// <remarks>
/// Every host writes a tombstone for every event that it hears of, its own and the others', so a host that cannot reach Redis leaves no stale entry to the
/// rest. Entries live in an era, a random word in their keys: a host that could not say everything it had to (it just started, the connection was lost,
/// the server came back from a snapshot or was flushed) begins a new one, and what stood in the old one is never read again.
/// </remarks>
internal sealed partial class RedisLevel : BackgroundService
{
    private const int KeysPerScript = 100;
    private const int SlowReadsToOpen = 3;

    /// <summary>How much longer a tombstone stays than a fill may run, so that no fill arrives after the tombstone that has to turn it away.</summary>
    private static readonly TimeSpan TombstoneMargin = TimeSpan.FromSeconds(20);

    /// <summary>More patient than a caller: a pause of this process is no reason to leave an era.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>In a new era other hosts' tombstones may still go to the old one for as long as it takes them to notice.</summary>
    private static readonly TimeSpan EraSettles = TimeSpan.FromMilliseconds(500);

    private readonly CacheOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisLevel> _logger;
    private readonly ConfigurationOptions? _configuration;
    private readonly string _host = Identifiers.Next().ToString("N");
    private readonly string _prefix;
    private readonly RedisKey _eraKey;
    private readonly RedisChannel _channel;
    private ConnectionMultiplexer? _connection;
    private bool _subscribed;
    private volatile Era? _era;
    private volatile bool _lostTrack = true;
    private readonly Lock _confirming = new();
    private Task _confirmed = Task.CompletedTask;
    private int _slowReads;
    private long _failures;

    public RedisLevel(IConfiguration configuration, IOptions<CacheOptions> options, TimeProvider time, ILogger<RedisLevel> logger)
    {
        _options = options.Value;
        _time = time;
        _logger = logger;

        // Braces: one hash slot in a cluster, which a script over many keys needs.
        _prefix = $"{{{_options.RedisPrefix}}}";
        _eraKey = _prefix + ":era";
        _channel = RedisChannel.Literal(_prefix + ":dropped");
        if (_options.Enabled && configuration.GetConnectionString("Redis") is { Length: > 0 } address)
        {
            _configuration = Configure(address);
        }
    }

    /// <summary>Whether a Redis is configured at all.</summary>
    public bool Configured => _configuration is not null;

    /// <summary>Whether it answers.</summary>
    public bool Usable => _era is not null;

    /// <summary>The connection, once there was one.</summary>
    internal ConnectionMultiplexer? Connection => _connection;

    /// <summary>Calls that failed.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Hears which keys another host dropped.</summary>
    public Action<DroppedKeys>? Heard { get; set; }

    /// <summary>What stands under a key, or null: nothing, a tombstone, or Redis is not to be asked now.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RedisRecord?> ReadAsync(string key)
    {
        var era = _era;
        if (era is null || _time.GetTimestamp() < era.ReadableFrom)
        {
            return null;
        }

        try
        {
            var tombstones = Volatile.Read(ref _confirmed);
            var reading = Database.StringGetAsync(era.Key(key));
            byte[]? value = reading.IsCompletedSuccessfully ? await reading : await reading.WaitAsync(_options.RedisTimeout);
            Volatile.Write(ref _slowReads, 0);

            // The tombstones before it on this connection were answered before it, but whether they were taken may not have been looked at yet: a full or
            // demoted server refuses them and still reads out what they should have covered.
            if (!tombstones.IsCompleted)
            {
                await tombstones.WaitAsync(_options.RedisTimeout);
            }

            // A connection that broke between a tombstone and this read starts a new era: what the old one says is not believed.
            var record = value is null || _era != era ? null : RedisRecord.Read(value);
            return record is null || record.Kind == RedisRecord.Tombstone || record.Expires <= _time.GetUtcNow() ? null : record;
        }
        catch (TimeoutException)
        {
            Interlocked.Increment(ref _failures);
            if (Interlocked.Increment(ref _slowReads) >= SlowReadsToOpen)
            {
                StandAside();
            }

            return null;
        }
        catch (Exception exception) when (IsAway(exception))
        {
            Failed(exception);
            StandAside();
            return null;
        }
    }

    /// <summary>Stores an entry, unless what stands there has seen more.</summary>
    public void Store(string key, char kind, EventPosition at, CacheEntry? entry, TimeSpan lifetime)
    {
        if (_era is { } era)
        {
            var value = RedisRecord.Write(kind, at, _time.GetUtcNow() + lifetime, entry);
            _ = WatchAsync(() => WriteAsync([era.Key(key)], kind, at, value, lifetime), mustArrive: false);
        }
    }

    /// <summary>Marks keys as dropped by events up to a position.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="at">The last event's position.</param>
    /// <param name="decided">When the events were decided, told to the other hosts by the one that committed; null tells them nothing.</param>
    public void Drop(IReadOnlyCollection<string> keys, EventPosition at, DateTimeOffset? decided)
    {
        if (!Configured)
        {
            return;
        }

        if (_era is not { } era)
        {
            _lostTrack = true;
            return;
        }

        var life = _options.FillTimeout + TombstoneMargin;
        var value = RedisRecord.Write(RedisRecord.Tombstone, at, _time.GetUtcNow() + life, null);
        foreach (var some in keys.Chunk(KeysPerScript))
        {
            var told = WatchAsync(() => WriteAsync(Array.ConvertAll(some, era.Key), RedisRecord.Tombstone, at, value, life), mustArrive: true);
            lock (_confirming)
            {
                _confirmed = _confirmed.IsCompleted ? told : Task.WhenAll(_confirmed, told);
            }
        }

        if (decided is { } time)
        {
            var message = JsonSerializer.SerializeToUtf8Bytes(new DroppedKeys(_host, [.. keys], time), RedisJson.Default.DroppedKeys);
            _ = WatchAsync(() => _connection!.GetSubscriber().PublishAsync(_channel, message), mustArrive: false);
        }
    }

    /// <summary>Something that should have been dropped may still stand there: go on in a new era.</summary>
    public void LoseTrack()
    {
        _lostTrack = true;
        StandAside();
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _connection?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!Configured)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ConnectAsync();
                await ProbeAsync();
            }
            catch (Exception exception) when (IsAway(exception))
            {
                Failed(exception);
                StandAside();
            }

            await Task.Delay(_options.Poll, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static ConfigurationOptions Configure(string address)
    {
        var configuration = ConfigurationOptions.Parse(address);
        configuration.AbortOnConnectFail = false;
        configuration.ClientName = "commerce";
        configuration.ConnectTimeout = 2000;
        configuration.AsyncTimeout = 1000;
        configuration.ReconnectRetryPolicy = new LinearRetry(250);

        // Time-outs and reconnects are looked at once a heartbeat.
        configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(250);

        // What cannot be sent now fails now: a tombstone that waited for a reconnect would say too late what a new era says at once.
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        return configuration;
    }

    private IDatabase Database => _connection!.GetDatabase();

    private async Task ConnectAsync()
    {
        if (_connection is null)
        {
            // It connects again by itself from now on.
            _connection = await ConnectionMultiplexer.ConnectAsync(_configuration!);
            _connection.ConnectionFailed += (_, lost) =>
            {
                // What was under way on the other one, for messages, comes by the event log as well.
                if (lost.ConnectionType == ConnectionType.Interactive)
                {
                    LoseTrack();
                }
            };
        }

        if (!_subscribed)
        {
            await _connection.GetSubscriber().SubscribeAsync(_channel, (_, message) => Hear(message));
            _subscribed = true;
        }
    }

    private async Task ProbeAsync()
    {
        string? word;
        if (_lostTrack)
        {
            // First the mark, then the word: what is lost after this line asks for another era.
            _lostTrack = false;
            word = Identifiers.Next().ToString("N");
            try
            {
                await Database.StringSetAsync(_eraKey, word).WaitAsync(ProbeTimeout);
            }
            catch
            {
                _lostTrack = true;
                throw;
            }
        }
        else
        {
            word = await Database.StringGetAsync(_eraKey).WaitAsync(ProbeTimeout);
        }

        if (word is null)
        {
            // Flushed: the entries are gone, and the tombstones with them.
            LoseTrack();
        }
        else if (_era?.Word != word)
        {
            if (_era is null)
            {
                LogUsable();
            }

            Volatile.Write(ref _slowReads, 0);
            _era = new Era(_prefix, word, _time.GetTimestamp() + (long)(EraSettles.TotalSeconds * _time.TimestampFrequency));
        }
    }

    private Task<RedisResult> WriteAsync(RedisKey[] keys, char kind, EventPosition at, byte[] value, TimeSpan life) => Database.ScriptEvaluateAsync(
        RedisRecord.WriteUnlessLater,
        keys,
        [kind.ToString(), RedisRecord.Hex(at.Transaction), RedisRecord.Hex(at.Sequence), value, (long)life.TotalMilliseconds]);

    // Called in here: a connection that breaks at this moment throws before there is a task, and neither a fill nor a commit may hear of that.
    private async Task WatchAsync(Func<Task> call, bool mustArrive)
    {
        try
        {
            await call();
        }
        catch (Exception exception) when (IsAway(exception))
        {
            Failed(exception);
            if (mustArrive)
            {
                LoseTrack();
            }
        }
    }

    private void Hear(RedisValue message)
    {
        try
        {
            if (JsonSerializer.Deserialize((byte[])message!, RedisJson.Default.DroppedKeys) is { } dropped && dropped.Host != _host)
            {
                Heard?.Invoke(dropped);
            }
        }
        catch (JsonException exception)
        {
            // Somebody else speaks on this channel; what we missed comes by the event log.
            Failed(exception);
        }
    }

    // A call that meets its connection in the moment of breaking throws InvalidOperationException ("writing is not allowed after writer was completed") or
    // the ObjectDisposedException derived from it; one that waits on it is cancelled by the driver, though nobody asked for that. Unheard, it would end the whole
    // Host with its background service, or a caller's read in a 500.
    private static bool IsAway(Exception exception) => exception is RedisException or TimeoutException or InvalidOperationException or OperationCanceledException;

    private void StandAside()
    {
        if (_era is not null)
        {
            _era = null;
            LogUnusable();
        }
    }

    private void Failed(Exception exception)
    {
        Interlocked.Increment(ref _failures);
        LogFailure(exception);
    }

    [LoggerMessage(3101, LogLevel.Information, "Redis answers")]
    private partial void LogUsable();

    [LoggerMessage(3102, LogLevel.Warning, "Redis does not answer in time; going on without it")]
    private partial void LogUnusable();

    [LoggerMessage(3103, LogLevel.Debug, "A call to Redis failed")]
    private partial void LogFailure(Exception exception);

    private sealed class Era(string prefix, string word, long readableFrom)
    {
        private readonly byte[] _prefix = Encoding.UTF8.GetBytes($"{prefix}:{word}:");

        public string Word { get; } = word;

        public long ReadableFrom { get; } = readableFrom;

        public RedisKey Key(string key) => ((RedisKey)key).Prepend(_prefix);
    }
}

/// <summary>What one host tells the others.</summary>
internal sealed record DroppedKeys(string Host, string[] Keys, DateTimeOffset Decided);

[JsonSerializable(typeof(DroppedKeys))]
internal sealed partial class RedisJson : JsonSerializerContext;
