using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Commerce.Benchmarks.Harness;

/// <summary>The yardstick of the write benchmarks: PostgreSQL's own load generator, prepared statements, as many clients as Commerce gets connections.</summary>
public sealed class Pgbench(string connectionString, int clients)
{
    private const double LoggedShare = 0.05;
    private const int Threads = 2;

    private readonly NpgsqlConnectionStringBuilder _target = new(connectionString);

    /// <summary>Runs scripts, each with its weight, for so long.</summary>
    public async Task<Round> RunAsync(TimeSpan duration, IReadOnlyList<(string Script, int Weight)> scripts, Func<IReadOnlyDictionary<string, double>> cpu, params (string Name, long Value)[] variables)
    {
        var folder = Directory.CreateTempSubdirectory("commerce-pgbench-").FullName;
        try
        {
            List<string> arguments =
            [
                "-n", "-M", "prepared", "-c", Text(clients), "-j", Text(Threads), "-T", Text((int)duration.TotalSeconds),
                "-h", _target.Host!, "-p", Text(_target.Port), "-U", _target.Username!,
                // A sample of the latencies: writing each would slow the yardstick down.
                "-l", "--log-prefix", Path.Combine(folder, "log"), "--sampling-rate", LoggedShare.ToString(CultureInfo.InvariantCulture),
            ];
            foreach (var (name, value) in variables)
            {
                arguments.AddRange(["-D", string.Create(CultureInfo.InvariantCulture, $"{name}={value}")]);
            }

            for (var i = 0; i < scripts.Count; i++)
            {
                var file = Path.Combine(folder, $"script{i}.sql");
                await File.WriteAllTextAsync(file, scripts[i].Script);
                arguments.AddRange(["-f", $"{file}@{scripts[i].Weight}"]);
            }

            arguments.Add(_target.Database!);
            var start = new ProcessStartInfo(Program(), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PGPASSWORD"] = _target.Password;
            var before = cpu();
            var own = Cpu.SecondsOfEndedChildren();
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            var text = await output;
            if (process.ExitCode != 0 || !text.Contains("tps = ", StringComparison.Ordinal) || !text.Contains("number of failed transactions: 0 ", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"pgbench failed:\n{text}\n{await errors}");
            }

            var used = cpu().ToDictionary(p => p.Key, p => p.Value - before[p.Key]);
            used["pgbench"] = Cpu.SecondsOfEndedChildren() - own;
            var done = long.Parse(Between(text, "number of transactions actually processed: ", "\n").Split('/')[0], CultureInfo.InvariantCulture);
            var perSecond = double.Parse(Between(text, "tps = ", " "), CultureInfo.InvariantCulture);
            var latencies = Directory.EnumerateFiles(folder, "log*")
                .SelectMany(File.ReadLines)
                .Select(line => double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture) / 1000)
                .Order()
                .ToArray();
            return new Round(done, done / perSecond, latencies, used);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Program() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql")
                .Select(folder => Path.Combine(folder, "bin", "pgbench"))
                .Where(File.Exists)
                .Order(StringComparer.Ordinal)
                .LastOrDefault() ?? "pgbench"
            : "pgbench";

    private static string Between(string text, string left, string right)
    {
        var from = text.IndexOf(left, StringComparison.Ordinal) + left.Length;
        return text[from..text.IndexOf(right, from, StringComparison.Ordinal)];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
