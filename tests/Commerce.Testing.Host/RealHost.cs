using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Commerce.Testing;

/// <summary>The Host in a process of its own. It ends with this process, however this one ends.</summary>
public sealed class RealHost : IAsyncDisposable
{
    // The shell waits for its input to close, which happens when we close it, end or are killed.
    private const string Script = """log=$1; shift; "$@" >>"$log" 2>&1 </dev/null & echo $!; cat >/dev/null; kill -9 $! 2>/dev/null""";

    /// <summary>A key with every scope.</summary>
    public const string StaffKey = "test-bootstrap-key-with-every-scope";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static int s_count;

    private readonly Process _shell;
    private readonly int _id;

    private RealHost(Process shell, int id, int port)
    {
        (_shell, _id) = (shell, id);
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Minute };
    }

    /// <summary>A client of this process.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts one on a database; its log and keys lie in the folder.</summary>
    public static async Task<RealHost> StartAsync(string folder, string connectionString, params (string Name, string Value)[] settings)
    {
        var port = FreePort();
        var data = Path.Combine(folder, "host-" + Interlocked.Increment(ref s_count).ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(data);
        var log = Path.Combine(data, "host.log");
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = folder };
        foreach (var argument in (string[])[
            "-c", Script, "host", log, "dotnet", Path.Combine(AppContext.BaseDirectory, "Commerce.Host.dll"),
            "--port", port.ToString(CultureInfo.InvariantCulture), "--no-sample", "--data", data])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["ConnectionStrings__Postgres"] = connectionString;
        start.Environment["COMMERCE_BOOTSTRAP_API_KEY"] = StaffKey;
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var shell = Process.Start(start)!;
        var host = new RealHost(shell, int.Parse((await shell.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture), port);
        var started = Stopwatch.GetTimestamp();
        while (!await host.IsReadyAsync())
        {
            if (Stopwatch.GetElapsedTime(started) > Minute)
            {
                await host.DisposeAsync();
                throw new InvalidOperationException($"The Host did not start:\n{await File.ReadAllTextAsync(log)}");
            }

            await Task.Delay(100);
        }

        return host;
    }

    /// <summary>SIGKILL: no shutdown, no goodbye.</summary>
    public async Task KillAsync()
    {
        using var process = Process.GetProcessById(_id);
        process.Kill();
        await process.WaitForExitAsync();
        await DisposeAsync();
    }

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
