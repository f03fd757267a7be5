using System.Text;
using Commerce.Payments.Webhooks;
using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Payments.Sandbox;

/// <summary>Sends the sandbox's webhooks, signed, at least once each and when they are due: over HTTP where an address is set, else through the same door inside the process.</summary>
internal sealed class SandboxPost(
    ModuleDatabase<PaymentsDatabase> database, WebhookInbox inbox, SandboxProvider reader, PaymentsOptions options, TimeProvider clock, ILogger<SandboxPost> log) : BackgroundService
{
    internal const string SelectDue =
        """
        SELECT id AS "Id", delivery AS "Delivery", body AS "Body" FROM payments.sandbox_notices
        WHERE delivered_at IS NULL AND due_at <= @now ORDER BY due_at LIMIT 50
        """;

    internal const string Delivered = "UPDATE payments.sandbox_notices SET delivered_at = @now WHERE id = @Id AND delivery = @Delivery";

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Sandbox.Enabled)
        {
            return;
        }

        using var http = new HttpClient();
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SendAsync(http, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                PaymentsLog.NoticeUndelivered(log, exception);
            }
        }
    }

    private async Task SendAsync(HttpClient http, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        foreach (var notice in await connection.QueryAsync<Notice>(new CommandDefinition(SelectDue, new { now = clock.GetUtcNow() }, cancellationToken: cancellationToken)))
        {
            var signature = WebhookSignature.Of(notice.Body, options.Sandbox.WebhookSecret, clock.GetUtcNow());
            if (options.Sandbox.WebhookUrl is { } address)
            {
                using var content = new StringContent(notice.Body, Encoding.UTF8, "application/json");
                content.Headers.Add(SandboxProvider.SignatureHeader, signature);
                using var answer = await http.PostAsync(address, content, cancellationToken);
                answer.EnsureSuccessStatusCode();
            }
            else
            {
                await inbox.TakeAsync(reader.Name, reader.Read(notice.Body, _ => signature)!, cancellationToken);
            }

            await connection.ExecuteAsync(new CommandDefinition(Delivered, new { notice.Id, notice.Delivery, now = clock.GetUtcNow() }, cancellationToken: cancellationToken));
        }
    }

    private sealed class Notice
    {
        public string Id { get; init; } = "";

        public int Delivery { get; init; }

        public string Body { get; init; } = "";
    }
}
