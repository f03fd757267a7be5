namespace Commerce.EventStore;

/// <summary>Settings of the event store, section <c>EventStore</c>.</summary>
public sealed class EventStoreOptions
{
    /// <summary>The connection string of the event store's own role.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Decisions that one commit takes at the most.</summary>
    public int MaxBatchSize { get; set; } = 512;

    /// <summary>Decisions that may wait before further ones are refused with <see cref="StoreOverloaded"/>.</summary>
    public int MaxQueued { get; set; } = 8192;

    /// <summary>Commits under way at once, over disjoint streams.</summary>
    public int Writers { get; set; } = 2;

    /// <summary>Stream states kept in memory at the most; an eighth of them for streams that have just begun.</summary>
    public int CachedStreams { get; set; } = 50_000;

    /// <summary>Versions between two snapshots of a stream, for aggregates that have them: what a host reads of one stream at the most before it decides on it.</summary>
    public int SnapshotEvery { get; set; } = 500;

    /// <summary>Idempotency records kept in memory at the most; the others are found in the database.</summary>
    public int CachedIdempotencyRecords { get; set; } = 10_000;

    /// <summary>Events that a subscription takes in one transaction.</summary>
    public int SubscriptionPageSize { get; set; } = 1000;

    /// <summary>Events that it takes in one transaction while it is far behind, as in an import: larger pages cost less for each event.</summary>
    public int SubscriptionCatchUpPageSize { get; set; } = 4096;

    /// <summary>How long subscriptions let events gather before they read again, while events keep coming and nobody waits for a position.</summary>
    public TimeSpan SubscriptionGather { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a subscription sleeps when no commit wakes it: the bound when a notification is lost.</summary>
    public TimeSpan IdlePoll { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether this process runs subscriptions; several hosts share them, one owner each.</summary>
    public bool RunSubscriptions { get; set; } = true;

    /// <summary>Connections of the store's pool at the most.</summary>
    public int MaxPoolSize { get; set; } = 16;
}
