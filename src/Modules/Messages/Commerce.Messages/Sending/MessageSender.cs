using Commerce.Messages.Letters;
using Commerce.Messages.ReadModels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Messages.Sending;

/// <summary>
/// Sends what is due, outside of any transaction, and writes down what came of it. Killed between the two it sends once more when its claim has run out, under the
/// same Message-ID: at least once, and twice only then.
/// </summary>
internal sealed partial class MessageSender(
    Outbox outbox, LetterDesk letters, IMailTransport transport, MessagesOptions options, TimeProvider time, ILogger<MessageSender> logger) : BackgroundService
{
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromHours(1);

    /// <summary>One look: sends what is due now, up to the limit.</summary>
    /// <returns>How many were taken in hand.</returns>
    public async Task<int> SendDueAsync(CancellationToken cancellationToken)
    {
        var taken = 0;
        while (taken < options.MostPerLook)
        {
            var claimed = await outbox.ClaimAsync(Math.Min(options.AtOnce, options.MostPerLook - taken), cancellationToken);
            await Task.WhenAll(claimed.Select(message => SendAsync(message, cancellationToken)));
            taken += claimed.Count;
            if (claimed.Count == 0)
            {
                break;
            }
        }

        return taken;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Sends)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Rest, time);
        var swept = DateTimeOffset.MinValue;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SendDueAsync(stoppingToken);
                if (time.GetUtcNow() - swept >= BetweenSweeps)
                {
                    await outbox.ForgetAsync(stoppingToken);
                    swept = time.GetUtcNow();
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogAway(exception);
            }
        }
    }

    private async Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (message.Attempts > options.MostAttempts)
        {
            // Whoever had it in hand died each time, so nobody wrote down that it failed.
            await outbox.EndAsync(message, MessageStatuses.Failed, "It was taken in hand too often and nobody came back.", cancellationToken);
            return;
        }

        string? address = null;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(options.Patience);
            if (await letters.WriteAsync(message, patience.Token) is not { } letter)
            {
                await outbox.EndAsync(message, MessageStatuses.Skipped, "There is no address to write to.", cancellationToken);
                return;
            }

            address = letter.Address;
            using var mail = letter.ToMail(message, options.From, time.GetUtcNow());
            await transport.SendAsync(mail, patience.Token);
            // It has left, also when the Host is asked to stop at this moment.
            await outbox.SentAsync(message, letter.Address, letter.Locale, CancellationToken.None);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            var text = Told(fault, address);
            LogFailed(message.Id, message.Kind, message.Attempts, text);
            await (fault is MailRefusedException || message.Attempts >= options.MostAttempts
                ? outbox.EndAsync(message, MessageStatuses.Failed, text, cancellationToken)
                : outbox.PutOffAsync(message, text, cancellationToken));
        }
    }

    // Mail servers repeat the address in what they refuse; staff and logs need not know it.
    private static string Told(Exception fault, string? address)
    {
        var text = fault is OperationCanceledException ? "It took too long." : fault.Message;
        return address is null ? text : text.Replace(address, Addresses.Mask(address), StringComparison.OrdinalIgnoreCase);
    }

    [LoggerMessage(6001, LogLevel.Warning, "Message {Id} ({Kind}) was not sent at attempt {Attempt}: {Fault}")]
    private partial void LogFailed(Guid id, string kind, int attempt, string fault);

    [LoggerMessage(6002, LogLevel.Warning, "The outbox cannot be read; trying again")]
    private partial void LogAway(Exception exception);
}
