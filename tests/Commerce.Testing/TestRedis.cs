using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Commerce.EmbeddedPostgres;

namespace Commerce.Testing;

/// <summary>
/// A real Redis on a free loopback port, without persistence, gone with the process. Tests share one through
/// <see cref="ShareAsync"/>, each under its own key prefix; a test that stops or empties Redis starts one of its own
/// with <see cref="StartAsync"/>.
/// </summary>
public sealed class TestRedis : IAsyncDisposable
{
    private static readonly Lazy<Task<TestRedis>> Shared = new(() => StartAsync());

    private readonly string folder;
    private SupervisedProcess? process;

    private TestRedis(string folder, int port)
    {
        this.folder = folder;
        Port = port;
    }

    /// <summary>The loopback port; it stays the same when the server is stopped and started again.</summary>
    public int Port { get; private set; }

    /// <summary>The address for StackExchange.Redis.</summary>
    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>The shared server, with a key prefix that no other caller has.</summary>
    public static async Task<(string ConnectionString, string KeyPrefix)> ShareAsync(CancellationToken cancellationToken = default)
    {
        var redis = await Shared.Value.WaitAsync(cancellationToken);
        return (redis.ConnectionString, "test-" + RandomNumberGenerator.GetHexString(10, lowercase: true) + ":");
    }

    /// <summary>Starts a server of the caller's own.</summary>
    public static async Task<TestRedis> StartAsync(CancellationToken cancellationToken = default)
    {
        const int attempts = 10;
        for (var attempt = 1; ; attempt++)
        {
            var folder = TestFolders.New("redis");
            PrivateFiles.CloseFolder(folder);
            var redis = new TestRedis(folder, FreePort());
            try
            {
                await redis.ResumeAsync(cancellationToken);
                return redis;
            }
            catch (InvalidOperationException) when (attempt < attempts && redis.LogTells("Address already in use"))
            {
                // Another process took the port between our look and Redis's own.
                await redis.DisposeAsync();
            }
        }
    }

    /// <summary>Stops the server; what it held is lost.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (process is { } running)
        {
            running.RequestStop();
            await running.WaitAsync(cancellationToken);
            running.Dispose();
            process = null;
        }
    }

    /// <summary>Starts the stopped server again, on the same port.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken = default)
    {
        if (process is not null)
        {
            return;
        }

        PrivateFiles.CloseFolder(folder);
        process = SupervisedProcess.Start(
            account: null,
            [
                Program(), "--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--save", "",
                "--appendonly", "no", "--dir", folder, "--databases", "16", "--daemonize", "no",
            ],
            Path.Combine(folder, "redis.log"),
            "TERM",
            deleteAfterwards: folder);
        for (var waited = 0; waited < 500; waited++)
        {
            if (process.HasExited)
            {
                break;
            }

            try
            {
                if ((await SendAsync("PING", cancellationToken)).StartsWith("+PONG", StringComparison.Ordinal))
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // Not listening yet.
            }

            await Task.Delay(10, cancellationToken);
        }

        throw new InvalidOperationException($"redis-server did not start on port {Port}; its log is in {folder}.");
    }

    /// <summary>Empties every database of the server.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        var answer = await SendAsync("FLUSHALL", cancellationToken);
        if (!answer.StartsWith("+OK", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("FLUSHALL answered " + answer);
        }
    }

    /// <summary>Breaks every other connection to the server, calls under way included.</summary>
    public async Task DisconnectClientsAsync(CancellationToken cancellationToken = default)
    {
        foreach (var kind in new[] { "normal", "pubsub" })
        {
            var answer = await SendAsync($"CLIENT KILL TYPE {kind} SKIPME yes", cancellationToken);
            if (!answer.StartsWith(':'))
            {
                throw new InvalidOperationException("CLIENT KILL answered " + answer);
            }
        }
    }

    /// <summary>Stops answering for a while, as an overloaded server does; what was asked meanwhile is answered then.</summary>
    public async Task PauseAsync(TimeSpan time, CancellationToken cancellationToken = default) =>
        await SendAsync($"CLIENT PAUSE {(long)time.TotalMilliseconds} ALL", cancellationToken);

    /// <summary>Lets the server hold no more than this, and take nothing in beyond it.</summary>
    public async Task LimitMemoryAsync(long bytes, CancellationToken cancellationToken = default) =>
        await SendAsync($"CONFIG SET maxmemory {bytes}", cancellationToken);

    /// <summary>Stops the server and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Program()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders.Concat(["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"])
            .Select(folder => Path.Combine(folder, "redis-server"))
            .FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("redis-server is missing. Run ./dev setup.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private bool LogTells(string words)
    {
        var log = Path.Combine(folder, "redis.log");
        return File.Exists(log) && File.ReadAllText(log).Contains(words, StringComparison.Ordinal);
    }

    // Redis's inline protocol: a line in, a line out. It spares this library a client of its own.
    private async Task<string> SendAsync(string command, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellationToken);
        var buffer = new byte[256];
        var read = await stream.ReadAsync(buffer, cancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, read);
    }
}
