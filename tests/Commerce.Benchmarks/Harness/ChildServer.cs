using System.Diagnostics;
using System.Globalization;

namespace Commerce.Benchmarks.Harness;

/// <summary>A yardstick server: this same program as a process of its own, so that it shares no heap and no threads with the client.</summary>
public sealed class ChildServer : IAsyncDisposable
{
    /// <summary>The first argument of a child.</summary>
    public const string Verb = "yardstick";

    private readonly Process _process;

    private ChildServer(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public double CpuSeconds() => Cpu.SecondsOf(_process.Id);

    /// <summary>Starts it and waits until it says that it listens.</summary>
    public static async Task<ChildServer> StartAsync(string kind, params string[] arguments)
    {
        var port = HostProcess.FreePort();
        var start = new ProcessStartInfo("dotnet", [typeof(ChildServer).Assembly.Location, Verb, kind, port.ToString(CultureInfo.InvariantCulture), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        return await process.StandardOutput.ReadLineAsync() == "ready"
            ? new ChildServer(process, port)
            : throw new InvalidOperationException($"The yardstick {kind} did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        // It stops when its input ends, so it also stops when we are killed.
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
