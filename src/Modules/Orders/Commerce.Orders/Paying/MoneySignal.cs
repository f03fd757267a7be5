using System.Collections.Concurrent;
using Commerce.EventStore;

namespace Commerce.Orders.Paying;

/// <summary>Wakes those who wait for an order to change. Commits of other processes are not heard of, so a waiter also looks now and then.</summary>
internal sealed class MoneySignal : ICommitListener
{
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _waiting = new();

    /// <summary>Completes with the next event of the order that this process commits.</summary>
    public Task Next(Guid orderId) => _waiting.GetOrAdd(orderId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Nobody waits any more.</summary>
    public void Forget(Guid orderId) => _waiting.TryRemove(orderId, out _);

    /// <inheritdoc />
    public void Committed(IReadOnlyList<RecordedEvent> events)
    {
        if (_waiting.IsEmpty)
        {
            return;
        }

        foreach (var @event in events)
        {
            if (_waiting.TryRemove(@event.StreamId, out var waiting))
            {
                waiting.TrySetResult();
            }
        }
    }
}
