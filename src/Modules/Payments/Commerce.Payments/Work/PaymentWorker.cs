using System.Collections.Concurrent;
using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Payments.Work;

/// <summary>
/// Sees to everything that payments wait for: calls without an outcome, webhooks that were put down, payments that only the provider can move on. What to do
/// stands in the database alone, so a process that dies takes nothing with it.
/// </summary>
internal sealed class PaymentWorker(
    ModuleDatabase<PaymentsDatabase> database, PaymentCalls calls, Leases leases, Providers.PaymentProviders providers, WorkSignal signal, PaymentsOptions options,
    TimeProvider clock, ILogger<PaymentWorker> log) : BackgroundService
{
    // One call of a payment at a time, the oldest: a void must not overtake the authorization that it gives up.
    internal const string SelectCalls =
        """
        SELECT first.payment_id AS "PaymentId", first.id AS "Id"
        FROM (SELECT DISTINCT ON (payment_id) payment_id, id, due_at FROM payments.calls WHERE is_open ORDER BY payment_id, place) AS first
        LEFT JOIN payments.leases AS lease ON lease.key = first.id AND lease.until > @now
        WHERE first.due_at <= @now AND lease.key IS NULL
        ORDER BY first.due_at LIMIT 64
        """;

    internal const string SelectAwaiting =
        """
        SELECT payment.id FROM payments.payments AS payment LEFT JOIN payments.leases AS lease ON lease.key = payment.id AND lease.until > @now
        WHERE payment.awaits AND lease.key IS NULL LIMIT 64
        """;

    internal const string TakeWebhooks =
        """
        UPDATE payments.webhooks AS webhook SET attempts = attempts + 1, due_at = @later
        FROM (SELECT provider, event_id FROM payments.webhooks WHERE processed_at IS NULL AND due_at <= @now ORDER BY due_at LIMIT 64 FOR UPDATE SKIP LOCKED) AS due
        WHERE webhook.provider = due.provider AND webhook.event_id = due.event_id
        RETURNING webhook.provider AS "Provider", webhook.event_id AS "EventId",
            coalesce(webhook.payment_id, (SELECT id FROM payments.payments AS payment WHERE payment.provider = webhook.provider AND payment.reference = webhook.reference LIMIT 1)) AS "PaymentId"
        """;

    internal const string ProcessedWebhook =
        "UPDATE payments.webhooks SET processed_at = @now WHERE provider = @Provider AND event_id = @EventId AND processed_at IS NULL";

    private const int Most = 16;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forget = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<Guid, Task> _running = new();

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var forgot = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await signal.WaitAsync(Every, clock, stoppingToken);
                await LookForWorkAsync(stoppingToken);
                if (clock.GetElapsedTime(forgot) > Forget)
                {
                    forgot = clock.GetTimestamp();
                    await providers.ForgetTokensAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                PaymentsLog.WorkFailed(log, exception);
                await Task.WhenAny(Task.Delay(Every, clock, stoppingToken));
            }
        }

        await Task.WhenAll(_running.Values);
    }

    private async Task LookForWorkAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenAsync(cancellationToken);
        foreach (var call in await connection.QueryAsync<DueCall>(new CommandDefinition(SelectCalls, new { now }, cancellationToken: cancellationToken)))
        {
            Start(call.Id, call.PaymentId, token => calls.RunAsync(call.PaymentId, call.Id, token), cancellationToken);
        }

        foreach (var payment in await connection.QueryAsync<Guid>(new CommandDefinition(SelectAwaiting, new { now }, cancellationToken: cancellationToken)))
        {
            // The lease is what paces the looks: it is not given back.
            Start(payment, payment, async token => _ = await leases.TakeAsync(payment, options.LookEvery, token) > 0 ? await calls.LookAsync(payment, token) : null, cancellationToken);
        }

        if (_running.Count < Most)
        {
            foreach (var webhook in await connection.QueryAsync<DueWebhook>(
                new CommandDefinition(TakeWebhooks, new { now, later = now + options.Lease }, cancellationToken: cancellationToken)))
            {
                Start(Guid.Empty, webhook.PaymentId ?? Guid.Empty, token => ProcessAsync(webhook, token), cancellationToken);
            }
        }
    }

    /// <summary>Looks at the payment that a webhook names. One of a payment that is not ours has nothing to say.</summary>
    private async Task ProcessAsync(DueWebhook webhook, CancellationToken cancellationToken)
    {
        if (webhook.PaymentId is { } payment && await calls.LookAsync(payment, cancellationToken) is not null)
        {
            return;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(ProcessedWebhook, new { webhook.Provider, webhook.EventId, now = clock.GetUtcNow() }, cancellationToken: cancellationToken));
    }

    private void Start(Guid key, Guid paymentId, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        var own = key == Guid.Empty ? EventStore.Identifiers.Next() : key;
        if (_running.Count >= Most && key != Guid.Empty || !_running.TryAdd(own, Task.CompletedTask))
        {
            return;
        }

        _running[own] = Task.Run(
            async () =>
            {
                try
                {
                    await work(cancellationToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    PaymentsLog.TaskFailed(log, exception, paymentId);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    // What it was at is found again.
                }
                finally
                {
                    _running.TryRemove(own, out _);
                }
            },
            CancellationToken.None);
    }

    private sealed class DueCall
    {
        public Guid PaymentId { get; init; }

        public Guid Id { get; init; }
    }

    private sealed class DueWebhook
    {
        public string Provider { get; init; } = "";

        public string EventId { get; init; } = "";

        public Guid? PaymentId { get; init; }
    }
}
