namespace Commerce.Benchmarks.Harness;

/// <summary>What the command line says.</summary>
/// <param name="Root">The root of the repository.</param>
/// <param name="Rounds">Rounds of each side.</param>
/// <param name="Seconds">Seconds of each round.</param>
/// <param name="Json">The file to write to, or null.</param>
/// <param name="CommerceOnly">Run no yardstick, for a profiler.</param>
/// <param name="Events">How many events the large database of <c>growth</c> and <c>projections</c> holds.</param>
public sealed record BenchOptions(string Root, int Rounds, int Seconds, string? Json, bool CommerceOnly, long Events)
{
    /// <summary>Products of the large catalogue of <c>search</c>.</summary>
    public int Products { get; init; } = 1_000_000;

    /// <summary>The one part to measure, or null for all.</summary>
    public string? Only { get; init; }

    public TimeSpan Duration => TimeSpan.FromSeconds(Seconds);
}
