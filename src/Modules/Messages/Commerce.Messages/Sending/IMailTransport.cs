using MimeKit;

namespace Commerce.Messages.Sending;

/// <summary>A way out of the house for letters.</summary>
internal interface IMailTransport
{
    /// <summary>Hands a letter over. When it returns, the letter is somebody else's care; until then it may be tried again.</summary>
    /// <exception cref="MailRefusedException">It would be refused again.</exception>
    Task SendAsync(MimeMessage mail, CancellationToken cancellationToken);
}

/// <summary>A letter that no further attempt can deliver, such as one to an address that does not exist.</summary>
internal sealed class MailRefusedException(string message, Exception? cause = null) : Exception(message, cause);
