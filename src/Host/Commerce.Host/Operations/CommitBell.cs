using Commerce.EventStore;

namespace Commerce.Host.Operations;

/// <summary>Rings when this process commits, so that an open event stream need not wait for its next look.</summary>
internal sealed class CommitBell : ICommitListener
{
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the next commit. Take it before looking, so that no commit falls between.</summary>
    public Task Next => _next.Task;

    public void Committed(IReadOnlyList<RecordedEvent> events) =>
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
