using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Commerce.Cli.Import;

namespace Commerce.Cli.Evaluate;

/// <summary>A Host of its own with an empty database, which is gone afterwards.</summary>
internal sealed class TemporaryHost : IAsyncDisposable
{
    private const string Key = "cmk_the_key_of_the_evaluation_only";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process process;
    private readonly string folder;

    private TemporaryHost(Process process, string folder, Uri address)
    {
        this.process = process;
        this.folder = folder;
        Address = address;
    }

    public Uri Address { get; }

    public string ApiKey { get; } = Key;

    public static async Task<TemporaryHost> StartAsync(CancellationToken cancellationToken)
    {
        var root = HostLocation.Repository() ?? throw new ImportException("The repository is not at hand; name a running Host with --url.");
        var program = Path.Combine(root, "src", "Host", "Commerce.Host", "bin", "Release", "net10.0", "Commerce.Host.dll");
        if (!File.Exists(program))
        {
            throw new ImportException("The Host has no Release build; ./dev evaluate makes one.");
        }

        var port = FreePort();
        var folder = Path.Combine(root, ".commerce", string.Create(CultureInfo.InvariantCulture, $"evaluate-{Environment.ProcessId}-{port}"));
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo("dotnet", [program, "--port", port.ToString(CultureInfo.InvariantCulture), "--data", folder, "--no-sample"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__Postgres"] = "";
        start.Environment["ConnectionStrings__Redis"] = "";
        start.Environment["COMMERCE_BOOTSTRAP_API_KEY"] = Key;
        start.Environment["COMMERCE_ROOT"] = root;
        start.Environment["Web__LimitLoopback"] = "false";
        var process = new Process { StartInfo = start };
        var told = new List<string>();
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var host = new TemporaryHost(process, folder, new Uri($"http://127.0.0.1:{port}/"));
        try
        {
            await host.ReadyAsync(cancellationToken);
            return host;
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
        {
            await host.DisposeAsync();
            lock (told)
            {
                throw new ImportException($"{exception.Message}\n{string.Join('\n', told.TakeLast(20))}");
            }
        }

        void Keep(string? line)
        {
            lock (told)
            {
                if (line is not null)
                {
                    told.Add(line);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync();
            }

            using var limit = new CancellationTokenSource(Patience);
            await process.WaitForExitAsync(limit.Token);
        }

        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = Address };
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; await Task.Delay(50, cancellationToken))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException("The Host ended at once.");
            }

            try
            {
                using var answer = await client.GetAsync(new Uri("health/ready", UriKind.Relative), cancellationToken);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }

        throw new TimeoutException("The Host did not become ready.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
