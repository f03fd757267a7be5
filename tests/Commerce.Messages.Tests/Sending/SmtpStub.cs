using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Commerce.Messages.Tests.Sending;

/// <summary>A mail server of one conversation at a time that writes down what it hears.</summary>
internal sealed class SmtpStub : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _serving;
    private readonly Func<string, string?> _refuse;

    /// <param name="refuse">What it answers to a line instead of yes, or null.</param>
    public SmtpStub(Func<string, string?>? refuse = null)
    {
        _refuse = refuse ?? (_ => null);
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public List<string> Heard { get; } = [];

    public List<string> Letters { get; } = [];

    public async ValueTask DisposeAsync()
    {
        // Serving ends by itself; a listener that is stopped before that refuses to be asked for the next caller.
        await _closing.CancelAsync();
        await _serving;
        _listener.Stop();
        _closing.Dispose();
        _listener.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_closing.Token);
                await TalkAsync(client);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // Closed, or the other side hung up.
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 stub.example ESMTP");
        while (await reader.ReadLineAsync(_closing.Token) is { } line)
        {
            Heard.Add(line);
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            if (_refuse(line) is { } no)
            {
                await writer.WriteLineAsync(no);
                continue;
            }

            switch (verb)
            {
                case "EHLO":
                    await writer.WriteLineAsync("250-stub.example");
                    await writer.WriteLineAsync("250-8BITMIME");
                    await writer.WriteLineAsync("250 AUTH PLAIN");
                    break;
                case "AUTH":
                    await writer.WriteLineAsync("235 2.7.0 welcome");
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    var letter = new StringBuilder();
                    while (await reader.ReadLineAsync(_closing.Token) is { } text && text != ".")
                    {
                        letter.Append(text.StartsWith('.') ? text[1..] : text).Append("\r\n");
                    }

                    Letters.Add(letter.ToString());
                    await writer.WriteLineAsync("250 2.0.0 taken");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 2.0.0 bye");
                    return;
                default:
                    await writer.WriteLineAsync("250 2.0.0 ok");
                    break;
            }
        }
    }
}
