using System.Collections.Concurrent;
using Commerce.EventStore;

namespace Commerce.Host.Operations;

/// <summary>The rebuilds that this process runs: each outlives the request that asked for it, and ends with the Host.</summary>
internal sealed partial class ProjectionRebuilds(IProjectionProgress progress, IHostApplicationLifetime lifetime, ILogger<ProjectionRebuilds> log)
{
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);

    /// <summary>Starts one, unless it runs already.</summary>
    public bool TryStart(string name)
    {
        if (!_running.TryAdd(name, true))
        {
            return false;
        }

        _ = RunAsync(name);
        return true;
    }

    private async Task RunAsync(string name)
    {
        await Task.Yield();
        try
        {
            await progress.RebuildAsync(name, lifetime.ApplicationStopping);
            LogRebuilt(log, name);
        }
        catch (Exception fault) when (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            LogFailed(log, fault, name);
        }
        catch (OperationCanceledException)
        {
            // The Host stops; what was half made is thrown away by the next rebuild.
        }
        finally
        {
            _running.TryRemove(name, out _);
        }
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Rebuilt {Projection}")]
    private static partial void LogRebuilt(ILogger logger, string projection);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Error, Message = "Rebuilding {Projection} failed; the old one goes on")]
    private static partial void LogFailed(ILogger logger, Exception fault, string projection);
}
