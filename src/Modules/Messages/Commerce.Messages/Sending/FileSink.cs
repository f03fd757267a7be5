using MimeKit;

namespace Commerce.Messages.Sending;

/// <summary>
/// The default: every letter becomes a file that mail programs open, so a shop without a mail server shows what it would send. A letter that is sent twice becomes
/// the same file, whole at every moment.
/// </summary>
internal sealed class FileSink(MessagesOptions options) : IMailTransport
{
    /// <inheritdoc />
    public async Task SendAsync(MimeMessage mail, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Folder);
        var file = Path.Combine(options.Folder, mail.MessageId!.Split('@')[0] + ".eml");
        var draft = file + ".new";
        var access = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            // Letters name people: closed to others from the first byte on.
            access.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var stream = new FileStream(draft, access))
        {
            await mail.WriteToAsync(stream, cancellationToken);
        }

        File.Move(draft, file, overwrite: true);
    }
}
