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

    /// <summary>How long a caller waits for Redis before the read model is asked instead.</summary>
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a fill may run; its waiters then get a time-out.</summary>
    public TimeSpan FillTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections of each module's pool at the most.</summary>
    public int ModulePoolSize { get; set; } = 12;
}
