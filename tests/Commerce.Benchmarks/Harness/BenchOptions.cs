namespace Commerce.Benchmarks.Harness;

/// <summary>What the command line says.</summary>
/// <param name="Root">The root of the repository.</param>
/// <param name="Rounds">Rounds of each side.</param>
/// <param name="Seconds">Seconds of each round.</param>
/// <param name="Json">The file to write to, or null.</param>
/// <param name="CommerceOnly">Run no yardstick, for a profiler.</param>
public sealed record BenchOptions(string Root, int Rounds, int Seconds, string? Json, bool CommerceOnly)
{
    public TimeSpan Duration => TimeSpan.FromSeconds(Seconds);
}
