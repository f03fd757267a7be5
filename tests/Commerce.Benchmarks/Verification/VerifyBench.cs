using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Commerce.Benchmarks.Growth;
using Commerce.Benchmarks.Harness;
using Spectre.Console;

namespace Commerce.Benchmarks.Verification;

/// <summary>
/// How fast <c>verify</c> replays a shop with a long past. There is no yardstick but the goal: events a second that one core proves. The replay runs on one core, PostgreSQL
/// on whatever is left.
/// </summary>
public static partial class VerifyBench
{
    private const int Products = 10_000;
    private const double Goal = 100_000;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var database = await BenchDatabase.StartAsync(options.Root);
        await History.FillAsync(options, database, Products, options.Events);
        var rounds = new List<(double PerSecond, double PerCpuSecond, double Seconds)>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            var told = await VerifyAsync(options.Root, database.ConnectionString);
            rounds.Add((Number(told.Groups["clock"]), Number(told.Groups["cpu"]), watch.Elapsed.TotalSeconds));
            AnsiConsole.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  verify, round {round}: {rounds[^1].PerSecond:N0} events/s by the clock, {rounds[^1].PerCpuSecond:N0} events per second of processor time"));
        }

        var best = rounds.Select(round => round.PerSecond).Order().ElementAt(rounds.Count / 2);
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"verify on one core: {best:N0} events/s (goal {Goal:N0}) {(best >= Goal ? "reached" : "MISSED")}"));
        if (options.Json is { } file)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
            {
                bench = "verify",
                events = options.Events,
                goal = Goal,
                reached = best >= Goal,
                rounds = rounds.Select(round => new { eventsPerSecond = round.PerSecond, eventsPerCpuSecond = round.PerCpuSecond, secondsWithReadModels = round.Seconds }),
                database = await database.SettingsAsync(),
            }));
        }

        return best >= Goal ? 0 : 1;
    }

    private static async Task<Match> VerifyAsync(string root, string connection)
    {
        // As anybody runs it, its settings included, and on one core, as the goal says: what the runtime does besides (collecting, compiling) is on it, too.
        using var process = Process.Start(new ProcessStartInfo("taskset", ["-c", "0", Path.Combine(root, "dev"), "verify", "--connection", connection, "--events-only"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var told = await output;
        return process.ExitCode == 0 && Rate().Match(told) is { Success: true } rate
            ? rate
            : throw new InvalidOperationException($"verify ended with {process.ExitCode}:\n{told}{await errors}");
    }

    private static double Number(Capture text) => double.Parse(text.Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex("replayed in one order, (?<clock>[0-9,]+) a second, (?<cpu>[0-9,]+) a second of processor time", RegexOptions.None, 1000)]
    private static partial Regex Rate();
}
