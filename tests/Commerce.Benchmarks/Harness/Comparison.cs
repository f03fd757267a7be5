using System.Text.Json;
using Spectre.Console;

namespace Commerce.Benchmarks.Harness;

/// <summary>Commerce and its yardstick, in turns on the same machine.</summary>
public sealed class Comparison(string name, double goal, double? stretch)
{
    private readonly List<Round> _commerce = [];
    private readonly List<Round> _yardstick = [];

    public string Name { get; } = name;

    public double Goal { get; } = goal;

    /// <summary>The ratio of the median rates.</summary>
    public double Ratio => Median(_commerce) / Median(_yardstick);

    public bool Reached => Ratio >= Goal;

    /// <summary>Commerce alone, for a profiler.</summary>
    public static async Task ShowAsync(string name, int rounds, Func<Task<Round>> commerce)
    {
        for (var round = 1; round <= rounds; round++)
        {
            var done = await commerce();
            AnsiConsole.WriteLine($"  {name}, round {round}: {done.PerSecond:N0}/s, CPU µs per op: {CostOf(done)}");
        }
    }

    private static string CostOf(Round round) => string.Join(", ", round.CpuSeconds.Select(p => $"{p.Key} {p.Value * 1e6 / round.Done:F0}"));

    /// <summary>Runs the rounds: yardstick, Commerce, yardstick, Commerce …</summary>
    public async Task<Comparison> RunAsync(int rounds, Func<Task<Round>> commerce, Func<Task<Round>> yardstick)
    {
        for (var round = 1; round <= rounds; round++)
        {
            Add(await yardstick(), await commerce());
        }

        return this;
    }

    /// <summary>Takes one round of both sides.</summary>
    public void Add(Round yardstick, Round commerce)
    {
        _yardstick.Add(yardstick);
        _commerce.Add(commerce);
        AnsiConsole.WriteLine($"  {Name}, round {_commerce.Count}: yardstick {yardstick.PerSecond:N0}/s ({CostOf(yardstick)}), Commerce {commerce.PerSecond:N0}/s ({CostOf(commerce)})");
    }

    public void Print()
    {
        var table = new Table().Title($"{Name}: {Ratio:F2} x the yardstick (goal {Goal:F2}{(stretch is { } s ? $", stretch {s:F0}" : "")}) {(Reached ? "reached" : "MISSED")}");
        table.AddColumns("side", "ops/s", "p50 ms", "p95 ms", "p99 ms", "p99.9 ms", "CPU µs per op");
        Add("yardstick", _yardstick);
        Add("Commerce", _commerce);
        AnsiConsole.Write(table);

        void Add(string side, List<Round> rounds)
        {
            var all = Merge(rounds);
            table.AddRow(
                side,
                Median(rounds).ToString("N0"),
                all.Percentile(0.50).ToString("F2"),
                all.Percentile(0.95).ToString("F2"),
                all.Percentile(0.99).ToString("F2"),
                all.Percentile(0.999).ToString("F2"),
                CostOf(all));
        }
    }

    public object ToJson() => new
    {
        name = Name,
        ratio = Ratio,
        goal = Goal,
        stretch,
        reached = Reached,
        commerce = Side(_commerce),
        yardstick = Side(_yardstick),
    };

    private static object Side(List<Round> rounds)
    {
        var all = Merge(rounds);
        return new
        {
            perSecond = Median(rounds),
            rounds = rounds.Select(r => r.PerSecond),
            milliseconds = new { p50 = all.Percentile(0.5), p95 = all.Percentile(0.95), p99 = all.Percentile(0.99), p999 = all.Percentile(0.999) },
            cpuSecondsPerOperation = all.CpuSeconds.ToDictionary(p => p.Key, p => p.Value / all.Done),
        };
    }

    private static Round Merge(List<Round> rounds)
    {
        var latencies = rounds.SelectMany(r => r.Latencies).ToArray();
        Array.Sort(latencies);
        return new Round(
            rounds.Sum(r => r.Done),
            rounds.Sum(r => r.Seconds),
            latencies,
            rounds.SelectMany(r => r.CpuSeconds).GroupBy(p => p.Key).ToDictionary(g => g.Key, g => g.Sum(p => p.Value)));
    }

    private static double Median(List<Round> rounds)
    {
        var rates = rounds.Select(r => r.PerSecond).Order().ToArray();
        return rates.Length % 2 == 1 ? rates[rates.Length / 2] : (rates[(rates.Length / 2) - 1] + rates[rates.Length / 2]) / 2;
    }
}

/// <summary>The report of one run of a benchmark.</summary>
public static class Report
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes everything that was compared, with versions and settings; returns the exit code.</summary>
    public static async Task<int> WriteAsync(string bench, IReadOnlyList<Comparison> comparisons, object settings, string? file)
    {
        foreach (var comparison in comparisons)
        {
            comparison.Print();
        }

        if (file is not null)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(
                new
                {
                    bench,
                    runtime = Environment.Version.ToString(),
                    processors = Environment.ProcessorCount,
                    settings,
                    results = comparisons.Select(c => c.ToJson()),
                },
                Indented));
        }

        return comparisons.All(c => c.Reached) ? 0 : 1;
    }
}
