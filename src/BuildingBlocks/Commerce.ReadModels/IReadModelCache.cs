using Commerce.EventStore;

namespace Commerce.ReadModels;

/// <summary>
/// Ready answers by key: first in this process's memory, then in Redis when there is one, then from the read model. However many callers ask for a key
/// at once, one fill runs in this process.
/// </summary>
public interface IReadModelCache
{
    /// <summary>What memory has to say of a key without anything to wait for; what most calls ask, so it costs no delegate and no task.</summary>
    /// <param name="key">The key.</param>
    /// <param name="call">The caller, whose <see cref="CallContext.Required"/> position the entry must have seen.</param>
    /// <param name="entry">The entry; null is "there is nothing".</param>
    /// <returns>False when <see cref="GetOrFillAsync(string, CallContext, Func{CancellationToken, ValueTask{CacheFill?}}, CachePolicy, CancellationToken)"/> has to be asked.</returns>
    bool TryGet(string key, CallContext call, out CacheEntry? entry);

    /// <summary>The entry of a key, from the nearest level that has it, else from <paramref name="fill"/>.</summary>
    /// <param name="key">Starts with the module's name and says everything that the body depends on: <c>catalog:product:{id}:{locale}:{currency}</c>.</param>
    /// <param name="call">The caller, whose <see cref="CallContext.Required"/> position the entry must have seen.</param>
    /// <param name="fill">
    /// Reads the read model; null means that there is nothing, which is kept for a short time too. Other callers wait for it, so it goes on when this
    /// caller leaves: it must use nothing that ends with the request, a scoped connection for example.
    /// </param>
    /// <param name="policy">How long the entry is kept.</param>
    /// <param name="cancellationToken">Ends this caller's waiting, not the fill.</param>
    ValueTask<CacheEntry?> GetOrFillAsync(
        string key,
        CallContext call,
        Func<CancellationToken, ValueTask<CacheFill?>> fill,
        CachePolicy policy,
        CancellationToken cancellationToken);

    /// <summary>The entries of several keys in their order. What no level has is read by one call of <paramref name="fill"/>, however many keys that are.</summary>
    /// <param name="keys">The keys, as for one.</param>
    /// <param name="call">The caller.</param>
    /// <param name="fill">Reads what is missing: it is given the places of the missing keys and answers in the same order. The rules for one key's fill hold.</param>
    /// <param name="policy">How long the entries are kept.</param>
    /// <param name="cancellationToken">Ends this caller's waiting, not the fill.</param>
    ValueTask<IReadOnlyList<CacheEntry?>> GetOrFillAsync(
        IReadOnlyList<string> keys,
        CallContext call,
        Func<IReadOnlyList<int>, CancellationToken, ValueTask<IReadOnlyList<CacheFill?>>> fill,
        CachePolicy policy,
        CancellationToken cancellationToken);
}

/// <summary>A ready answer.</summary>
/// <param name="body">UTF-8 JSON, to be written as it is.</param>
/// <param name="etag">A strong entity tag with its quotes: what the fill said, else a hash of the body; the same on every host.</param>
/// <param name="at">Everything up to here was committed before the body was read.</param>
public sealed class CacheEntry(ReadOnlyMemory<byte> body, string etag, EventPosition at)
{
    private object? _made;

    /// <summary>UTF-8 JSON, to be written as it is.</summary>
    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>A strong entity tag with its quotes.</summary>
    public string ETag { get; } = etag;

    /// <summary>Everything up to here was committed before the body was read.</summary>
    public EventPosition At { get; } = at;

    /// <summary>What a reader makes of the body, kept for as long as the entry is. A key has one kind of reader; callers who come at once may each make it.</summary>
    /// <param name="make">Makes it.</param>
    public T Made<T>(Func<CacheEntry, T> make)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(make);
        if (Volatile.Read(ref _made) is T made)
        {
            return made;
        }

        made = make(this);
        return Interlocked.CompareExchange(ref _made, made, null) as T ?? made;
    }
}

/// <summary>What a fill read.</summary>
/// <param name="Body">UTF-8 JSON.</param>
/// <param name="At">
/// Null for a body made of inline read models, which are never behind. A body made of a subscription's tables gives the position that the subscription had
/// passed before the tables were read, so that a caller who requires a later one is not answered from here.
/// </param>
public sealed record CacheFill(ReadOnlyMemory<byte> Body, EventPosition? At = null)
{
    /// <summary>The body's strong entity tag with its quotes, ASCII, at most 255 characters; null takes a hash of the body.</summary>
    public string? ETag { get; init; }

    /// <summary>The instant from which the body says something else without any event, such as a scheduled price: no level keeps it so long.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>True when there is nothing; kept as such, but not beyond <see cref="ExpiresAt"/>.</summary>
    public bool IsNothing { get; private init; }

    /// <summary>There is nothing, and at a known instant there will be.</summary>
    public static CacheFill NothingUntil(DateTimeOffset? expiresAt) => new(ReadOnlyMemory<byte>.Empty) { IsNothing = true, ExpiresAt = expiresAt };
}

/// <summary>How long an entry is kept when nothing invalidates it. The cache shortens each lifetime by up to a tenth so that entries do not end together.</summary>
/// <param name="Lifetime">For a body.</param>
/// <param name="NegativeLifetime">For "there is nothing"; null keeps it for <see cref="DefaultNegativeLifetime"/>, zero not at all.</param>
public sealed record CachePolicy(TimeSpan Lifetime, TimeSpan? NegativeLifetime = null)
{
    /// <summary>Long enough to absorb a crowd that asks for a missing thing.</summary>
    public static readonly TimeSpan DefaultNegativeLifetime = TimeSpan.FromSeconds(3);

    /// <summary>
    /// True for answers that no event drops, such as pages of lists: they live in memory alone and never longer than <see cref="Lifetime"/> after their
    /// fill began, and a caller with a consistency token gets only what was read late enough for it. A lifetime within the cache's bound makes such an
    /// answer as true as a dropped one, and still takes all but a few calls a second off the database.
    /// </summary>
    public bool Untracked { get; init; }

    /// <summary>
    /// For untracked answers: a key in whose name events drop all of them at once, so that a write is seen by who reads after it on the same host, token or
    /// not. Null for answers that may be as old as their lifetime.
    /// </summary>
    public string? Group { get; init; }
}

/// <summary>
/// A module's word on which keys an event drops; registered as a singleton. It is asked in the process that commits, before the caller is answered, and in
/// every other host when the event reaches it, so it must be quick, pure and the same everywhere.
/// </summary>
public interface ICacheInvalidation
{
    /// <summary>The event types that drop keys.</summary>
    IReadOnlyCollection<Type> Handles { get; }

    /// <summary>The keys that this event drops, those of negative entries included.</summary>
    IEnumerable<string> KeysFor(RecordedEvent e);
}
