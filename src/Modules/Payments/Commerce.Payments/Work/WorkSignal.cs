using Commerce.EventStore;

namespace Commerce.Payments.Work;

/// <summary>Wakes the worker when this process made work for it. Work of other processes, and what a dead one left, it finds by itself.</summary>
internal sealed class WorkSignal : ICommitListener
{
    private volatile TaskCompletionSource _bell = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>There is something to do.</summary>
    public void Ring() => _bell.TrySetResult();

    /// <summary>Waits for the bell, and no longer than this. It is quiet again before the work begins, so that work which comes meanwhile rings anew.</summary>
    public async Task WaitAsync(TimeSpan most, TimeProvider clock, CancellationToken cancellationToken)
    {
        await Task.WhenAny(_bell.Task, Task.Delay(most, clock, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        if (_bell.Task.IsCompleted)
        {
            _bell = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <inheritdoc />
    public void Committed(IReadOnlyList<RecordedEvent> events)
    {
        foreach (var @event in events)
        {
            if (@event.Data is PaymentCallIntended or PaymentCallSettled)
            {
                Ring();
                return;
            }
        }
    }
}
