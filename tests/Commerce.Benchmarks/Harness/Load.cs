using System.Diagnostics;

namespace Commerce.Benchmarks.Harness;

/// <summary>What one side did in one round.</summary>
/// <param name="Done">Operations with the right outcome.</param>
/// <param name="Seconds">How long the round took.</param>
/// <param name="Latencies">Milliseconds from the moment an operation was due, retries included, sorted.</param>
/// <param name="CpuSeconds">CPU seconds by process.</param>
public sealed record Round(long Done, double Seconds, double[] Latencies, IReadOnlyDictionary<string, double> CpuSeconds)
{
    public double PerSecond => Done / Seconds;

    public double Percentile(double share) => Latencies.Length == 0 ? double.NaN : Latencies[Math.Min(Latencies.Length - 1, (int)(Latencies.Length * share))];
}

/// <summary>Closed-loop load: so many callers, each with one operation under way.</summary>
public static class Load
{
    /// <summary>Runs <paramref name="operation"/> (caller, running number) until the time is over. It returns true for a right outcome; anything else is not counted.</summary>
    public static async Task<Round> RunAsync(int callers, TimeSpan duration, Func<int, long, Task<bool>> operation, Func<IReadOnlyDictionary<string, double>>? cpu = null)
    {
        var before = cpu?.Invoke();
        var latencies = new List<double>[callers];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var own = latencies[caller] = new List<double>(64 * 1024);
            for (var number = 0L; Stopwatch.GetElapsedTime(started) < duration; number++)
            {
                var due = Stopwatch.GetTimestamp();
                if (await operation(caller, number))
                {
                    own.Add(Stopwatch.GetElapsedTime(due).TotalMilliseconds);
                }
            }
        })));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var all = latencies.SelectMany(l => l).ToArray();
        Array.Sort(all);
        var after = cpu?.Invoke();
        return new Round(all.Length, seconds, all, after?.ToDictionary(p => p.Key, p => p.Value - before!.GetValueOrDefault(p.Key)) ?? []);
    }
}
