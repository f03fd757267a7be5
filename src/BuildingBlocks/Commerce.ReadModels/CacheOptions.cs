namespace Commerce.ReadModels;

/// <summary>Settings of the cache, section <c>Cache</c>.</summary>
public sealed class CacheOptions
{
    /// <summary>False reads every answer from the read models: for measuring.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>False leaves Redis as the only level: for measuring.</summary>
    public bool Memory { get; set; } = true;

    /// <summary>Bytes that the memory level holds at the most.</summary>
    public long MemoryBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Redis keys and channels start with it, so that several shops share one server.</summary>
    public string RedisPrefix { get; set; } = "commerce";

    /// <summary>How often this host looks for other hosts' events. With Redis they are heard of sooner; this is the bound without.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The longest that this host serves what another one's acknowledged write changed, to callers without a consistency token. When the other hosts' events
    /// were not heard of for so long, what is kept counts no more, except what was read since.
    /// </summary>
    public TimeSpan Bound { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The last part of a lifetime in which a reader of an entry has it read anew behind its back; 0 for never.</summary>
    public double RefreshAhead { get; set; } = 0.1;

    /// <summary>How long a caller waits for Redis before the read model is asked instead.</summary>
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a fill may run; its waiters then get a time-out.</summary>
    public TimeSpan FillTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections of each module's pool at the most.</summary>
    public int ModulePoolSize { get; set; } = 12;
}
