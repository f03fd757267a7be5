using Commerce.EventStore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Commerce.Host.Health;

/// <summary>Whether the subscriptions of one module go on. A stalled read model is stale, not down: the shop still sells.</summary>
internal sealed class SubscriptionHealth(IProjectionProgress progress, string group) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var mine = progress.All.Where(projection => GroupOf(projection.Name) == group).ToList();
        var broken = mine.Where(projection => projection.State is "failed" or "stopped").ToList();
        var facts = mine.ToDictionary(projection => projection.Name, projection => (object)$"{projection.State}, {projection.Lag.Events} events behind");
        return Task.FromResult(broken.Count == 0
            ? HealthCheckResult.Healthy($"{mine.Count} projections go on.", facts)
            : HealthCheckResult.Degraded(string.Join("; ", broken.Select(projection => $"{projection.Name} {projection.State}: {projection.Error}")), data: facts));
    }

    /// <summary>A projection's module: the first part of its name.</summary>
    public static string GroupOf(string projection) => projection.Split('.')[0];
}
