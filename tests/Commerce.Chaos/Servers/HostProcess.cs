using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Commerce.Chaos.Servers;

/// <summary>A Host of the Release build in a process of its own. It ends with this process, however this one ends.</summary>
internal sealed class HostProcess(string name, string folder, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    // $1 log, then the command. The shell waits for its input to close, which happens when we close it, end or are killed.
    private const string Script = """log=$1; shift; "$@" >>"$log" 2>&1 </dev/null & echo $!; cat >/dev/null; kill -9 $! 2>/dev/null""";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _probe = new() { Timeout = TimeSpan.FromSeconds(2) };
    private Process? _shell;
    private int _id;
    private bool _expectedToRun;

    public string Name => name;

    public int Port { get; } = FreePort();

    public Uri Address => new($"http://127.0.0.1:{Port}/");

    public string Log => Path.Combine(folder, name + ".log");

    /// <summary>The file whose number of seconds the Host's wall clock is off by.</summary>
    public string Clock => Path.Combine(folder, name + ".clock");

    /// <summary>True when it ended although nobody asked it to.</summary>
    public bool EndedByItself => _expectedToRun && !IsAlive;

    private bool IsAlive => Signals.IsAlive(_id);

    public static string Program(string root) => Path.Combine(root, "src", "Host", "Commerce.Host", "bin", "Release", "net10.0", "Commerce.Host.dll");

    /// <summary>Starts it; <see cref="WaitUntilReadyAsync"/> tells when it answers.</summary>
    public async Task StartAsync(string root, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = folder };
        foreach (var argument in (string[])["sh", "-c", Script, "host", Log, "dotnet", Program(root), "--port", Port.ToString(CultureInfo.InvariantCulture), "--no-sample", "--data", Path.Combine(folder, name)])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (setting, value) in settings)
        {
            start.Environment[setting] = value;
        }

        start.Environment["COMMERCE_CHAOS_CLOCK"] = Clock;
        _shell = Process.Start(start)!;
        _id = int.Parse((await _shell.StandardOutput.ReadLineAsync(cancellationToken))!, CultureInfo.InvariantCulture);
        _expectedToRun = true;
    }

    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var answer = await _probe.GetAsync(new Uri(Address, "health/ready"), cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception away) when (away is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                // Not yet.
            }

            if (EndedByItself || Stopwatch.GetElapsedTime(started) > StartPatience)
            {
                throw new InvalidOperationException($"{name} {(EndedByItself ? "ended" : "is not ready")}; its log ends:\n{Tail()}");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>SIGKILL: no shutdown, no goodbye.</summary>
    public async Task KillAsync()
    {
        _expectedToRun = false;
        Signals.Kill(_id);
        await EndShellAsync();
    }

    public void Freeze() => Signals.Stop(_id);

    public void Thaw() => Signals.Continue(_id);

    /// <summary>SIGTERM, as an orchestrator would.</summary>
    public async Task StopAsync()
    {
        if (_shell is null)
        {
            return;
        }

        _expectedToRun = false;
        Thaw();
        Signals.Terminate(_id);
        var started = Stopwatch.GetTimestamp();
        while (IsAlive && Stopwatch.GetElapsedTime(started) < StopPatience)
        {
            await Task.Delay(50);
        }

        await EndShellAsync();
    }

    public string Tail() => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(15)) : "";

    public async ValueTask DisposeAsync()
    {
        if (_shell is not null)
        {
            await KillAsync();
        }

        _probe.Dispose();
    }

    private async Task EndShellAsync()
    {
        if (_shell is { } shell)
        {
            _shell = null;
            shell.StandardInput.Close();
            await shell.WaitForExitAsync();
            shell.Dispose();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
