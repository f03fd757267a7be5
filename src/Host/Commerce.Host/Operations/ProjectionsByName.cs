using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Host.Operations;

/// <summary>There is no read model or reaction of this name.</summary>
[Problem(404, "projection-not-found", "There is no such projection")]
internal sealed record ProjectionNotFound(string Name) : Refusal($"There is no projection '{Name}'; see GET /api/v1/projections.");

/// <summary>It runs in the transactions of its events, so there is nothing to hold or to skip.</summary>
[Problem(409, "projection-is-inline", "The projection is inline")]
internal sealed record ProjectionIsInline(string Name) : Refusal($"'{Name}' is written in the transaction of its events: it is never behind.");

/// <summary>What an operator's orders are about.</summary>
internal static class ProjectionsByName
{
    /// <summary>The subscription of this name, which can be held and told to skip; an inline projection cannot.</summary>
    public static Outcome<ProjectionStatus> Subscription(this IProjectionProgress progress, string name) =>
        progress.All.FirstOrDefault(status => status.Name == name) is not { } status ? new ProjectionNotFound(name)
        : status.State == "inline" ? new ProjectionIsInline(name)
        : status;
}
