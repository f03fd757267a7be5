using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Commerce.Benchmarks.Harness;

/// <summary>What the connections of an <see cref="HttpLoad"/> ask, and which answers are right.</summary>
public interface IHttpTraffic
{
    /// <summary>Writes the next request of a connection.</summary>
    /// <returns>Its length, or 0 when the connection has nothing more to ask.</returns>
    int Write(int connection, Span<byte> request);

    /// <summary>Looks at the answer to the request that was written last for this connection.</summary>
    bool IsRight(int connection, in HttpAnswer answer);
}

/// <summary>An answer as it came off the wire.</summary>
public readonly ref struct HttpAnswer(int status, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
{
    public int Status { get; } = status;

    public ReadOnlySpan<byte> Head { get; } = head;

    public ReadOnlySpan<byte> Body { get; } = body;

    public override string ToString() => Encoding.UTF8.GetString(Head) + Encoding.UTF8.GetString(Body);
}

/// <summary>
/// Closed-loop HTTP/1.1 load from one thread over non-blocking readiness (<c>poll</c>): no task, no allocation and no lock for each request, so that on a
/// small machine the client takes little from what it measures.
/// </summary>
public sealed class HttpLoad : IDisposable
{
    private const int AnswerSize = 16 * 1024;
    private const int RequestSize = 4 * 1024;
    private const short Readable = 1;

    private readonly Connection[] _connections;
    private readonly PollFd[] _poll;

    /// <summary>Opens the connections; they are kept over all rounds.</summary>
    public HttpLoad(int port, int connections)
    {
        _connections = new Connection[connections];
        _poll = new PollFd[connections];
        for (var i = 0; i < connections; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(IPAddress.Loopback, port);
            _connections[i] = new Connection(socket);
            _poll[i] = new PollFd { Descriptor = (int)socket.Handle, Events = Readable };
        }
    }

    /// <summary>Answers that were not right, by status, over all rounds; the first of each kind is kept for the report.</summary>
    public Dictionary<int, (long Count, string First)> Wrong { get; } = [];

    /// <summary>Keeps every connection busy until the time is over; <paramref name="perSecond"/> above 0 spaces the requests out instead, each due at its time.</summary>
    public Task<Round> RunAsync(TimeSpan duration, IHttpTraffic traffic, Func<IReadOnlyDictionary<string, double>>? cpu = null, double perSecond = 0) =>
        Task.Factory.StartNew(() => Run(duration, traffic, cpu, perSecond), TaskCreationOptions.LongRunning);

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Socket.Dispose();
        }
    }

    private Round Run(TimeSpan duration, IHttpTraffic traffic, Func<IReadOnlyDictionary<string, double>>? cpu, double perSecond)
    {
        var before = cpu?.Invoke();
        var latencies = new List<double>(1 << 20);
        var started = Stopwatch.GetTimestamp();
        var end = started + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var gap = perSecond > 0 ? Stopwatch.Frequency / perSecond : 0;
        var nextDue = (double)started;
        var idle = new Stack<int>();
        var open = 0;
        var more = true;
        for (var i = _connections.Length - 1; i >= 0; i--)
        {
            idle.Push(i);
        }

        while (true)
        {
            var now = Stopwatch.GetTimestamp();
            more = more && now < end;
            while (more && idle.Count > 0 && (gap == 0 || nextDue <= now))
            {
                var connection = idle.Pop();
                var due = gap == 0 ? now : (long)nextDue;
                nextDue += gap;
                if (Send(connection, traffic, due))
                {
                    open++;
                }
            }

            // The time is over, or every connection has asked all that it had to ask.
            if (open == 0 && (!more || idle.Count == 0))
            {
                break;
            }

            var wait = gap == 0 || !more || idle.Count == 0 ? 1000 : Math.Max(0, (int)((nextDue - now) * 1000 / Stopwatch.Frequency));
            if (Poll(_poll, (nuint)_poll.Length, wait) <= 0)
            {
                continue;
            }

            for (var i = 0; i < _poll.Length; i++)
            {
                if (_poll[i].Returned == 0)
                {
                    continue;
                }

                var connection = _connections[i];
                if (!Receive(connection, out var answer))
                {
                    continue;
                }

                var arrived = Stopwatch.GetTimestamp();
                open--;
                if (traffic.IsRight(i, answer))
                {
                    latencies.Add((arrived - connection.Due) * 1000.0 / Stopwatch.Frequency);
                }
                else
                {
                    var (count, first) = Wrong.GetValueOrDefault(answer.Status);
                    Wrong[answer.Status] = (count + 1, first ?? answer.ToString());
                }

                connection.Filled = 0;
                if (gap == 0 && arrived < end)
                {
                    if (Send(i, traffic, arrived))
                    {
                        open++;
                    }
                }
                else
                {
                    idle.Push(i);
                }
            }
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = cpu?.Invoke();
        var all = latencies.ToArray();
        Array.Sort(all);
        return new Round(all.Length, seconds, all, after?.ToDictionary(p => p.Key, p => p.Value - before!.GetValueOrDefault(p.Key)) ?? []);
    }

    private bool Send(int number, IHttpTraffic traffic, long due)
    {
        var connection = _connections[number];
        var length = traffic.Write(number, connection.Request);
        if (length == 0)
        {
            return false;
        }

        connection.Due = due;
        connection.Filled = 0;
        connection.Socket.Send(connection.Request.AsSpan(0, length));
        return true;
    }

    /// <summary>Reads what is there; true when the answer is complete.</summary>
    private static bool Receive(Connection connection, out HttpAnswer answer)
    {
        answer = default;
        if (connection.Filled == connection.Answer.Length)
        {
            Array.Resize(ref connection.Answer, connection.Answer.Length * 2);
        }

        var read = connection.Socket.Receive(connection.Answer.AsSpan(connection.Filled));
        if (read == 0)
        {
            throw new IOException("The server closed a connection under load.");
        }

        connection.Filled += read;
        var bytes = connection.Answer.AsSpan(0, connection.Filled);
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var head = bytes[..(end + 4)];
        var status = Number(head[9..]);
        var at = head.IndexOf("\r\nContent-Length: "u8);
        if (at >= 0)
        {
            var length = Number(head[(at + 18)..]);
            if (bytes.Length < head.Length + length)
            {
                return false;
            }

            answer = new HttpAnswer(status, head, bytes.Slice(head.Length, length));
            return true;
        }

        if (head.IndexOf("\r\nTransfer-Encoding: chunked"u8) >= 0)
        {
            // The framing is left in: nobody compares such a body.
            var body = bytes[head.Length..];
            answer = new HttpAnswer(status, head, body);
            return body.EndsWith("0\r\n\r\n"u8);
        }

        answer = new HttpAnswer(status, head, []);
        return true;
    }

    private static int Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int number, out _) ? number : throw new IOException("This is no HTTP answer: " + Encoding.UTF8.GetString(text));

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll([In, Out] PollFd[] descriptors, nuint count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    private sealed class Connection(Socket socket)
    {
        public byte[] Answer = new byte[AnswerSize];

        public Socket Socket { get; } = socket;

        public byte[] Request { get; } = new byte[RequestSize];

        public int Filled { get; set; }

        public long Due { get; set; }
    }
}
