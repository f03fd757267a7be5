namespace Commerce.EventStore.Verification;

/// <summary>
/// What a module states about its own history, declared beside the aggregate. A verification replays the whole database and asks every rule after every
/// event; one object serves one replay, so a rule may count as it goes.
/// </summary>
public abstract class ReplayRule
{
    /// <summary>One sentence that is true of every sound history, such as "stock is never negative".</summary>
    public abstract string Statement { get; }

    /// <summary>Called for each event in the global order with its stream's state after it.</summary>
    /// <returns>How the statement is broken, or null.</returns>
    public abstract string? After(RecordedEvent @event, object state);

    /// <summary>Called after the last event of each transaction, for what holds between streams whenever something is committed.</summary>
    /// <returns>How the statement is broken, or null.</returns>
    public virtual string? AfterTransaction() => null;
}

/// <summary>The first position at which a rule does not hold.</summary>
/// <param name="Statement">The rule.</param>
/// <param name="Position">Where.</param>
/// <param name="StreamId">In which stream, or null when it is no single one.</param>
/// <param name="What">How it is broken.</param>
public sealed record Violation(string Statement, EventPosition Position, Guid? StreamId, string What);

/// <summary>How far a verification is.</summary>
/// <param name="Doing">What it does at the moment.</param>
/// <param name="Done">How much of it is done.</param>
/// <param name="Total">How much there is, or 0 when nobody knows.</param>
public sealed record VerificationStep(string Doing, long Done, long Total);

/// <summary>What a verification found.</summary>
/// <param name="Events">Events replayed.</param>
/// <param name="Streams">Streams met.</param>
/// <param name="Projections">Read models compared with a fresh replay.</param>
/// <param name="IdempotencyRecords">Records whose events were looked up.</param>
/// <param name="ReplaySeconds">How long the replay took, without the comparison of read models.</param>
/// <param name="ReplayCpuSeconds">The processor time of this process for it.</param>
/// <param name="Statements">Every statement that was tested, those of the store and of each read model included.</param>
/// <param name="Violations">The first violation of each statement; empty for a sound database.</param>
public sealed record VerificationReport(
    long Events,
    long Streams,
    int Projections,
    long IdempotencyRecords,
    double ReplaySeconds,
    double ReplayCpuSeconds,
    IReadOnlyList<string> Statements,
    IReadOnlyList<Violation> Violations);
