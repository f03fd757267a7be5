using Commerce.EventStore;

namespace Commerce.ReadModels;

/// <summary>What the memory level holds under a key: an entry, or the fill that is under way. One slot a key makes dropping a key drop either.</summary>
internal abstract class CacheSlot(long ticket)
{
    /// <summary>The process-wide number drawn before the read model was asked; a caller who drew an earlier one is answered by what was read after it came.</summary>
    public long Ticket { get; } = ticket;

    /// <summary>What it falls with, or null.</summary>
    public CacheGroup? Group { get; init; }

    /// <summary>The group's generation before the read model was asked.</summary>
    public long Generation { get; init; }

    /// <summary>Whether its group still stands.</summary>
    public bool Stands => Group is null || Group.Generation == Generation;
}

/// <summary>Entries that fall together: dropping them is counting on.</summary>
internal sealed class CacheGroup
{
    private long _generation;

    public long Generation => Volatile.Read(ref _generation);

    public void Drop() => Interlocked.Increment(ref _generation);
}

/// <summary>An entry.</summary>
internal sealed class HeldEntry(CacheEntry? entry, EventPosition at, long ticket, long expires, int cost) : CacheSlot(ticket)
{
    private int _released;
    private int _refreshed;

    /// <summary>The answer; null is "there is nothing".</summary>
    public CacheEntry? Entry { get; } = entry;

    /// <summary>Everything up to here was committed before the read model was asked.</summary>
    public EventPosition At { get; } = at;

    /// <summary>The time stamp from which it counts no more.</summary>
    public long Expires { get; } = expires;

    /// <summary>Bytes.</summary>
    public int Cost { get; } = cost;

    /// <summary>True when a subscription's tables are in it: then only its own position says what it has seen.</summary>
    public bool Asynchronous { get; init; }

    /// <summary>The time stamp before the read model was asked.</summary>
    public long Since { get; init; }

    /// <summary>The time stamp from which a reader has it read anew.</summary>
    public long RefreshFrom { get; init; } = long.MaxValue;

    /// <summary>The required position that it was looked for with: read behind it, or taken from where it had been dropped.</summary>
    public EventPosition? Asked { get; init; }

    /// <summary>What this host had settled before it was looked for.</summary>
    public EventPosition Settled { get; init; }

    /// <summary>Set by a read, cleared by the eviction's hand as it passes: what is read between two rounds stays. A new entry has to earn it.</summary>
    public bool Touched { get; set; }

    /// <summary>True for the one caller that takes the entry's bytes off the account.</summary>
    public bool Release() => Interlocked.Exchange(ref _released, 1) == 0;

    /// <summary>Whether somebody has it read anew.</summary>
    public bool RefreshTaken => Volatile.Read(ref _refreshed) != 0;

    /// <summary>True for the one caller that has it read anew.</summary>
    public bool TakeRefresh() => Interlocked.Exchange(ref _refreshed, 1) == 0;
}

/// <summary>A fill under way.</summary>
internal sealed class Flight(long ticket, EventPosition at, EventPosition? asked, bool settled) : CacheSlot(ticket)
{
    private readonly TaskCompletionSource<HeldEntry> _landed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The time stamp at which it began.</summary>
    public long Began { get; init; }

    /// <summary>What was settled before it began.</summary>
    public EventPosition At { get; } = at;

    /// <summary>What the caller that began it required, unless this process knows that to be settled.</summary>
    public EventPosition? Required { get; } = settled ? null : asked;

    /// <summary>What that caller required in any case: what a subscription had seen is not known from what is settled.</summary>
    public EventPosition? Asked { get; } = asked;

    public Task<HeldEntry> Landed => _landed.Task;

    public void Land(HeldEntry entry) => _landed.SetResult(entry);

    public void Fail(Exception exception)
    {
        _landed.SetException(exception);

        // Every waiter may have left; the exception is theirs alone, so nobody else has to hear of it.
        _ = _landed.Task.Exception;
    }
}
