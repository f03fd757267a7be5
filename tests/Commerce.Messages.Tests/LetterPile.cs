using System.Collections.Concurrent;
using Commerce.Messages.Sending;
using MimeKit;

namespace Commerce.Messages.Tests;

/// <summary>Keeps letters instead of sending them, and fails where a test wants it to.</summary>
internal sealed class LetterPile : IMailTransport
{
    private readonly ConcurrentQueue<PiledLetter> _letters = new();

    private readonly ConcurrentDictionary<string, TaskCompletionSource<PiledLetter>> _awaited = new(StringComparer.OrdinalIgnoreCase);

    public ConcurrentDictionary<string, Func<PiledLetter, Exception?>> Faults { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Task SendAsync(MimeMessage mail, CancellationToken cancellationToken)
    {
        var letter = new PiledLetter(mail.MessageId!, mail.To.Mailboxes.Single().Address, mail.Subject!, mail.TextBody!, mail.HtmlBody!);
        if (Faults.TryGetValue(letter.To, out var fault) && fault(letter) is { } exception)
        {
            return Task.FromException(exception);
        }

        _letters.Enqueue(letter);
        if (_awaited.TryGetValue(letter.To, out var awaited))
        {
            awaited.TrySetResult(letter);
        }

        return Task.CompletedTask;
    }

    /// <summary>The next letter to this address.</summary>
    public Task<PiledLetter> NextAsync(string address) =>
        _awaited.GetOrAdd(address, _ => new TaskCompletionSource<PiledLetter>(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(TimeSpan.FromSeconds(30));

    public IReadOnlyList<PiledLetter> To(string address) => [.. _letters.Where(letter => letter.To == address)];
}

internal sealed record PiledLetter(string MessageId, string To, string Subject, string Text, string Html);
