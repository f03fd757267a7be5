using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.EventStore.Subscriptions;

/// <summary>
/// Wakes readers when something was committed: at once within the process, and across processes by at most one NOTIFY every 20 milliseconds on a
/// connection of its own. A NOTIFY inside the writers' transactions would make all commits of the server queue on one lock.
/// </summary>
public sealed class CommitSignal(EventStoreDataSource source, TimeProvider time, ILogger<CommitSignal> log) : ICommitListener
{
    private const string Notifications = "commerce_commits";
    private static readonly TimeSpan Throttle = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _toSend = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EventPosition _head;
    private DateTimeOffset _headSince;

    /// <summary>The newest position that this process knows to be committed, and since when it knows.</summary>
    public (EventPosition Position, DateTimeOffset Since) Head
    {
        get
        {
            lock (_gate)
            {
                return (_head, _headSince);
            }
        }
    }

    /// <summary>Completes at the next commit of any process.</summary>
    public Task Next
    {
        get
        {
            lock (_gate)
            {
                return _next.Task;
            }
        }
    }

    /// <inheritdoc />
    public void Committed(IReadOnlyList<RecordedEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        Raise(events[^1].Position);
        _toSend.Writer.TryWrite(true);
    }

    /// <summary>Tells and hears of commits until it is stopped.</summary>
    internal Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(SendAsync(cancellationToken), ListenAsync(cancellationToken));

    /// <summary>Notes a committed position that a reader met.</summary>
    internal void Observe(EventPosition position)
    {
        lock (_gate)
        {
            if (position > _head)
            {
                _head = position;
                _headSince = time.GetUtcNow();
            }
        }
    }

    /// <summary>Wakes all waiting readers of this process.</summary>
    internal void Raise(EventPosition position)
    {
        Observe(position);
        TaskCompletionSource next;
        lock (_gate)
        {
            next = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        next.TrySetResult();
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await _toSend.Reader.WaitToReadAsync(cancellationToken);
                // Not of the pool: there a notification's commit would wait for the disk, and the writers' commits behind it.
                await using var connection = await source.Unpooled.OpenConnectionAsync(cancellationToken);
                while (await _toSend.Reader.WaitToReadAsync(cancellationToken))
                {
                    _toSend.Reader.TryRead(out _);
                    await using var command = new NpgsqlCommand("select pg_notify($1, $2)", connection)
                    {
                        Parameters = { new() { Value = Notifications }, new() { Value = Head.Position.ToString() } },
                    };
                    await command.ExecuteNonQueryAsync(cancellationToken);
                    await Task.Delay(Throttle, time, cancellationToken);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
            {
                StoreLog.WakeUpBroke(log, exception);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await source.Unpooled.OpenConnectionAsync(cancellationToken);
                connection.Notification += (_, notice) => Raise(EventPosition.TryParse(notice.Payload, out var position) ? position : default);
                await using (var command = new NpgsqlCommand($"listen {Notifications}", connection))
                {
                    await command.ExecuteNonQueryAsync(cancellationToken);
                }

                // What was committed while nobody listened.
                Raise(default);
                while (true)
                {
                    await connection.WaitAsync(cancellationToken);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException)
            {
                StoreLog.WakeUpBroke(log, exception);
                await Task.Delay(Reconnect, time, CancellationToken.None);
            }
        }
    }
}
