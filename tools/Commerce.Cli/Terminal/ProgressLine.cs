using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Commerce.Cli.Terminal;

/// <summary>A progress bar where a person looks, a plain line now and then where a log is written.</summary>
internal static class ProgressLine
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    /// <summary>Whether bars can be drawn.</summary>
    public static bool IsInteractive =>
        !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"))
        && AnsiConsole.Profile.Capabilities.Interactive;

    /// <summary>Does the work while showing how far it is.</summary>
    public static async Task RunAsync(string title, long total, Func<IProgressReport, Task> work)
    {
        if (IsInteractive)
        {
            await AnsiConsole.Progress()
                .Columns(
                    new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
                    new RemainingTimeColumn(), new SpinnerColumn())
                .StartAsync(async context =>
                {
                    var task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
                    await work(new BarReport(task));
                    task.Value = task.MaxValue;
                });
            return;
        }

        var report = new LineReport(title, total);
        await work(report);
        report.End();
    }

    private sealed class BarReport(ProgressTask task) : IProgressReport
    {
        public void Total(long total) => task.MaxValue = Math.Max(1, total);

        public void At(long done) => task.Value = done;

        public void Note(string text) => AnsiConsole.MarkupLineInterpolated($"[yellow]{text}[/]");
    }

    private sealed class LineReport(string title, long total) : IProgressReport
    {
        private readonly Stopwatch watch = Stopwatch.StartNew();
        private readonly Lock gate = new();
        private long sum = total;
        private long at;
        private TimeSpan lastLine = TimeSpan.Zero;

        public void Total(long total) => sum = total;

        public void At(long done)
        {
            lock (gate)
            {
                at = Math.Max(at, done);
                if (watch.Elapsed - lastLine >= BetweenLines)
                {
                    lastLine = watch.Elapsed;
                    Write();
                }
            }
        }

        public void Note(string text) => Console.WriteLine($"{title}: {text}");

        public void End() => Write();

        private void Write() =>
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{title}: {at} of {sum} after {watch.Elapsed.TotalSeconds:0.0} s"));
    }
}
