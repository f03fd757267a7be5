using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Commerce.Benchmarks.Harness;

/// <summary>A real Host: the Release build in a process of its own, as it runs in production.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    /// <summary>The key of a client with every right.</summary>
    public const string Key = "cmk_the_key_of_the_benchmarks_only";

    private readonly Process _process;
    private readonly string _folder;

    private HostProcess(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
        Staff = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromMinutes(10) };
        Staff.DefaultRequestHeaders.Add("X-Api-Key", Key);
        Staff.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    public int Port { get; }

    public int Id => _process.Id;

    /// <summary>A client with every right, for preparing and checking.</summary>
    public HttpClient Staff { get; }

    /// <summary>Bytes of memory that the process holds.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Bytes of memory that the process held at the most.</summary>
    public long PeakBytes => File.ReadLines($"/proc/{Id}/status").Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10).Single();

    public static async Task<HostProcess> StartAsync(string root, string postgres, string? redis, params (string Name, string Value)[] settings)
    {
        var program = Path.Combine(root, "src", "Host", "Commerce.Host", "bin", "Release", "net10.0", "Commerce.Host.dll");
        if (!File.Exists(program))
        {
            throw new FileNotFoundException("The Host has no Release build; ./dev bench makes one.", program);
        }

        var port = FreePort();
        var folder = Path.Combine(root, ".commerce", $"bench-host-{Environment.ProcessId}-{port}");
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo("dotnet", [program, "--port", port.ToString(CultureInfo.InvariantCulture), "--data", folder, "--no-sample"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment["ConnectionStrings__Postgres"] = postgres;
        start.Environment["ConnectionStrings__Redis"] = redis ?? "";
        start.Environment["COMMERCE_BOOTSTRAP_API_KEY"] = Key;
        start.Environment["COMMERCE_ROOT"] = folder;
        start.Environment["Web__LimitLoopback"] = "false";
        // Letters are sent a few in a second whatever the load, and here nobody reads them.
        start.Environment["Messages__Sends"] = "false";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var log = new StreamWriter(Path.Combine(folder, "host.log")) { AutoFlush = true };
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var host = new HostProcess(process, folder, port);
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            try
            {
                using var answer = await host.Staff.GetAsync(new Uri("health/ready", UriKind.Relative));
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return host;
                }
            }
            catch (HttpRequestException) when (!process.HasExited && waited.Elapsed < TimeSpan.FromMinutes(1))
            {
                // Not listening yet.
            }

            if (process.HasExited || waited.Elapsed > TimeSpan.FromMinutes(1))
            {
                var told = await ReadAsync(Path.Combine(folder, "host.log"));
                await host.DisposeAsync();
                throw new InvalidOperationException("The Host did not become ready:\n" + told);
            }
        }

        void Write(string? line)
        {
            lock (log)
            {
                if (line is not null)
                {
                    log.WriteLine(line);
                }
            }
        }
    }

    /// <summary>What the Host has said so far.</summary>
    public Task<string> LogAsync() => ReadAsync(Path.Combine(_folder, "host.log"));

    /// <summary>The Host's CPU seconds so far.</summary>
    public double CpuSeconds() => Cpu.SecondsOf(Id);

    /// <summary>Kills it without a word, as a machine does that runs out of memory.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        Staff.Dispose();
        if (!_process.HasExited)
        {
            // An orderly stop, as an operator asks for it.
            using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        if (_process.ExitCode == 0 && Environment.GetEnvironmentVariable("COMMERCE_BENCH_KEEP") is null)
        {
            Directory.Delete(_folder, recursive: true);
        }

        _process.Dispose();
    }

    private static async Task<string> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
