using Commerce.Payments.Work;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Payments.Webhooks;

/// <summary>Where webhooks are put down before anything is done about them: each once by the provider's own number, however often it comes.</summary>
internal sealed class WebhookInbox(ModuleDatabase<PaymentsDatabase> database, TimeProvider clock, WorkSignal signal)
{
    internal const string Insert =
        """
        INSERT INTO payments.webhooks AS known (provider, event_id, kind, payment_id, reference, received_at, due_at)
        VALUES (@provider, @EventId, @Kind, @PaymentId, @Reference, @now, @now)
        ON CONFLICT (provider, event_id) DO UPDATE SET times_received = known.times_received + 1
        RETURNING times_received
        """;

    /// <summary>Takes a webhook in.</summary>
    /// <returns>False when it was there already.</returns>
    public async Task<bool> TakeAsync(string provider, WebhookNotice notice, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var times = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            Insert, new { provider, notice.EventId, notice.Kind, notice.PaymentId, notice.Reference, now = clock.GetUtcNow() }, cancellationToken: cancellationToken));
        signal.Ring();
        return times == 1;
    }
}
