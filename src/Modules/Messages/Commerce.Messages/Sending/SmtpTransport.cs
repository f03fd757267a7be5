using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Commerce.Messages.Sending;

/// <summary>Hands letters to a mail server, each over a connection of its own: a shop writes few, and no connection is held that might have died.</summary>
internal sealed class SmtpTransport(MessagesOptions options) : IMailTransport
{
    private const int FirstPermanent = 500;

    /// <inheritdoc />
    public async Task SendAsync(MimeMessage mail, CancellationToken cancellationToken)
    {
        var smtp = options.Smtp;
        using var client = new SmtpClient();
        await client.ConnectAsync(smtp.Host, smtp.Port, Security(smtp.Tls), cancellationToken);
        if (smtp.User.Length > 0)
        {
            await client.AuthenticateAsync(smtp.User, smtp.Password, cancellationToken);
        }

        try
        {
            await client.SendAsync(mail, cancellationToken);
        }
        catch (SmtpCommandException fault) when (IsForEver(fault))
        {
            throw new MailRefusedException(fault.Message, fault);
        }

        try
        {
            await client.DisconnectAsync(quit: true, CancellationToken.None);
        }
        catch (Exception fault) when (fault is IOException or SmtpProtocolException)
        {
            // The server has taken the letter; that it hangs up without a goodbye changes nothing.
        }
    }

    private static SecureSocketOptions Security(SmtpTls tls) => tls switch
    {
        SmtpTls.None => SecureSocketOptions.None,
        SmtpTls.StartTls => SecureSocketOptions.StartTls,
        SmtpTls.Implicit => SecureSocketOptions.SslOnConnect,
        _ => throw new InvalidOperationException($"There is no {tls}."),
    };

    // What is wrong with the sender or with the account is mended by the shop's staff, and then the letter can go.
    private static bool IsForEver(SmtpCommandException fault) =>
        (int)fault.StatusCode >= FirstPermanent && fault.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted;
}
