namespace Commerce.EventStore;

/// <summary>
/// Hears of every batch that this process commits, before its callers are answered: the place to drop cached entries so that a caller reads its own
/// write. It must be quick and must not throw; other processes hear of the batch through the subscriptions' wake-up.
/// </summary>
public interface ICommitListener
{
    /// <summary>Called once per committed batch.</summary>
    /// <param name="events">The batch's events in order, positions filled.</param>
    void Committed(IReadOnlyList<RecordedEvent> events);
}

/// <summary>Where the subscriptions stand, for consistency tokens, lag headers, metrics and the operations endpoints.</summary>
public interface IProjectionProgress
{
    /// <summary>Every subscription, with what this process knows of it.</summary>
    IReadOnlyList<ProjectionStatus> All { get; }

    /// <summary>Waits until the named subscriptions have passed a position.</summary>
    /// <returns>False when they had not within <paramref name="wait"/>.</returns>
    Task<bool> WaitAsync(IReadOnlyCollection<string> names, EventPosition position, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>The lag of the slowest of the named subscriptions; none named means inline only, which never lags.</summary>
    ProjectionLag LagOf(IReadOnlyCollection<string> names);

    /// <summary>Rebuilds a projection from the first event beside the running one and swaps its tables in one transaction.</summary>
    /// <exception cref="KeyNotFoundException">There is no projection of this name.</exception>
    Task RebuildAsync(string name, CancellationToken cancellationToken);

    /// <summary>Holds a subscription where it is, on whichever host runs it, until <see cref="ResumeAsync"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is no subscription of this name.</exception>
    Task PauseAsync(string name, CancellationToken cancellationToken);

    /// <summary>Lets a paused subscription go on.</summary>
    /// <exception cref="KeyNotFoundException">There is no subscription of this name.</exception>
    Task ResumeAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Tells a failed subscription to leave out the event that it fails on. The skip is recorded with its error and who ordered it
    /// (<c>commerce_skips</c>), and a rebuild leaves the event out as well.
    /// </summary>
    /// <returns>The sequence number of the skipped event, or null when it has not failed on one.</returns>
    /// <exception cref="KeyNotFoundException">There is no subscription of this name.</exception>
    Task<long?> SkipAsync(string name, string actor, CancellationToken cancellationToken);
}

/// <summary>How far a projection is behind.</summary>
/// <param name="Events">Committed events that it has not handled yet, at the most (holes in the sequence count).</param>
/// <param name="Age">How long ago the oldest unhandled event was committed; zero when there is none.</param>
public readonly record struct ProjectionLag(long Events, TimeSpan Age);

/// <summary>One projection or subscription as operations see it.</summary>
/// <param name="Name">Its stable name.</param>
/// <param name="Position">The last position it has passed.</param>
/// <param name="Lag">Its lag.</param>
/// <param name="State"><c>inline</c>, <c>running</c>, <c>elsewhere</c> (another host owns it), <c>paused</c>, <c>failed</c> or <c>stopped</c>.</param>
/// <param name="Error">Why it failed, or null.</param>
public sealed record ProjectionStatus(string Name, EventPosition Position, ProjectionLag Lag, string State, string? Error)
{
    /// <summary>Whether it is a subscription that owns no tables: it can be paused, not rebuilt.</summary>
    public bool IsReaction { get; init; }
}
