using Commerce.Host.Startup;
using Spectre.Console;

namespace Commerce.Host.Samples;

/// <summary>Opens the shop: says where it is and, when it is empty, stocks it with the sample catalogue in the background.</summary>
internal static class SampleShop
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    /// <summary>The task ends when the sample is loaded or the Host stops.</summary>
    public static Task Open(WebApplication app, HostFolder folder, string? madeKey, bool loadsSample)
    {
        if (HostListening.Reachable(app) is not { } address)
        {
            return Task.CompletedTask;
        }

        folder.LeaveAddress(address);
        HostListening.Announce(address, madeKey, Console.Out);
        return loadsSample && folder.Samples is { } samples
            ? LoadAsync(app, new Uri(address + "/"), samples, folder.Path, app.Configuration[BootstrapKey.Setting]!, app.Lifetime.ApplicationStopping)
            : Task.CompletedTask;
    }

    private static async Task LoadAsync(WebApplication app, Uri address, string samples, string state, string key, CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
            http.DefaultRequestHeaders.Add("X-Api-Key", key);
            var shelf = new SampleShelf(http, samples, state, app.Services.GetRequiredService<TimeProvider>());
            if (!await shelf.IsWantedAsync(stopping))
            {
                return;
            }

            await WithProgressAsync(app.Services.GetRequiredService<TimeProvider>(), report => shelf.FillAsync(report, stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next start goes on: everything here is an upsert or has its idempotency key.
        }
        catch (Exception fault) when (fault is HttpRequestException or SampleFault or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"The sample catalogue was not loaded: {fault.Message}");
        }
    }

    /// <summary>A bar where a person looks, a plain line now and then where a log is written.</summary>
    private static async Task WithProgressAsync(TimeProvider time, Func<Action<long, long>, Task> work)
    {
        if (!Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
        {
            await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(async bars =>
                {
                    var bar = bars.AddTask("Sample catalogue");
                    await work((done, total) =>
                    {
                        bar.MaxValue = Math.Max(1, total);
                        bar.Value = done;
                    });
                    bar.Value = bar.MaxValue;
                });
            return;
        }

        var started = time.GetTimestamp();
        var lastLine = TimeSpan.Zero;
        var (latest, sum) = (0L, 0L);
        await work((done, total) =>
        {
            (latest, sum) = (done, total);
            if (time.GetElapsedTime(started) - lastLine >= BetweenLines)
            {
                lastLine = time.GetElapsedTime(started);
                Console.WriteLine($"Sample catalogue: {done} of {total}");
            }
        });
        Console.WriteLine($"Sample catalogue: {latest} of {sum} after {time.GetElapsedTime(started).TotalSeconds:0.0} s");
    }
}

/// <summary>The shop refused a part of the sample.</summary>
internal sealed class SampleFault(string message) : Exception(message);
