using System.Security.Cryptography;
using System.Text;
using Commerce.Outcomes;

namespace Commerce.EventStore.Execution;

/// <summary>A decision that waits for its batch: what it touches, how to run it, and its caller.</summary>
internal abstract class PendingDecision(IReadOnlyList<StreamKey> streams, CallContext context)
{
    public IReadOnlyList<StreamKey> Streams { get; } = streams;

    public CallContext Context { get; } = context;

    /// <summary>Stamped on every event of the decision, which makes a commit whose answer was lost recognizable.</summary>
    public string CausationId { get; } = Identifiers.Next().ToString("N");

    /// <summary>The idempotency key as an id, or null.</summary>
    public Guid? KeyId { get; } = context.Idempotency is { } call ? IdOf(call.Caller, call.Key) : null;

    /// <summary>The record that this decision makes under its key; null when it makes none.</summary>
    public IdempotencyRecord? Record { get; protected set; }

    /// <summary>True when the outcome was a refusal: it read streams but wrote none.</summary>
    public bool IsRefused { get; protected set; }

    /// <summary>What <see cref="Run"/> threw, kept until the states that it ran on are known to be true; null when it did not throw.</summary>
    public Exception? Fault { get; set; }

    /// <summary>True when the caller has its answer or has gone.</summary>
    public abstract bool IsDone { get; }

    /// <summary>Runs the decision over staged streams.</summary>
    public abstract void Run(StagedBatch batch);

    /// <summary>Tells the caller the outcome of <see cref="Run"/>, now that it is committed.</summary>
    public abstract void Complete(EventPosition? written);

    /// <summary>Tells the caller what an earlier call under the same key was answered.</summary>
    public abstract void CompleteFrom(IdempotencyRecord record);

    /// <summary>Tells the caller that its decision was not run.</summary>
    public abstract void Refuse(Refusal refusal);

    /// <summary>Tells the caller of a broken wire or a bug.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Stops waiting; false when the decision is under way or done.</summary>
    public abstract bool TryCancel(CancellationToken cancellationToken);

    public static Guid IdOf(string caller, string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{caller}\n{key}"), hash);
        return new Guid(hash[..16]);
    }
}

/// <summary>A pending decision with its typed outcome.</summary>
internal sealed class PendingDecision<T>(
    IReadOnlyList<StreamKey> streams,
    CallContext context,
    ParticipantRegistry participants,
    Func<DecisionScope, Outcome<T>> decide) : PendingDecision(streams, context)
{
    private readonly TaskCompletionSource<Outcome<T>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Outcome<T> _outcome;

    public Task<Outcome<T>> Completion => _completion.Task;

    public override bool IsDone => _completion.Task.IsCompleted;

    public override void Run(StagedBatch batch)
    {
        Record = null;
        _outcome = decide(new DecisionScope(batch, participants, batch.Now));
        IsRefused = !_outcome.IsSuccess;
        if (Context.Idempotency is { Render: { } render } call && render(_outcome) is { } response)
        {
            Record = new IdempotencyRecord(KeyId!.Value, call.Caller, call.Key, call.RequestHash, response, CausationId, null);
        }
    }

    public override void Complete(EventPosition? written)
    {
        Context.Written = written ?? Context.Written;
        Context.Recorded = Record?.Response;
        Context.Replayed = false;
        _completion.TrySetResult(_outcome);
    }

    public override void CompleteFrom(IdempotencyRecord record)
    {
        if (!record.RequestHash.Span.SequenceEqual(Context.Idempotency!.RequestHash.Span))
        {
            Refuse(new IdempotencyKeyReused());
            return;
        }

        Context.Written = record.Position;
        Context.Recorded = record.Response;
        Context.Replayed = true;
        // The edge answers with the recorded bytes; the outcome itself is never looked at.
        _completion.TrySetResult(new AlreadyAnswered());
    }

    public override void Refuse(Refusal refusal) => _completion.TrySetResult(refusal);

    public override void Fail(Exception exception) => _completion.TrySetException(exception);

    public override bool TryCancel(CancellationToken cancellationToken) => _completion.TrySetCanceled(cancellationToken);
}

/// <summary>Stands in for the outcome of a replay; the recorded response is what the caller gets.</summary>
[Problem(409, "already-answered", "The request was answered before")]
public sealed record AlreadyAnswered() : Refusal("This request was answered before; the recorded response stands.");

/// <summary>A row of <c>commerce_idempotency</c>.</summary>
internal sealed record IdempotencyRecord(
    Guid Id, string Caller, string Key, ReadOnlyMemory<byte> RequestHash, RecordedResponse Response, string? CausationId, EventPosition? Position);
