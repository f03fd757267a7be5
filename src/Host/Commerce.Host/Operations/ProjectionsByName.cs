using Commerce.Outcomes;

namespace Commerce.Host.Operations;

/// <summary>There is no read model or reaction of this name.</summary>
[Problem(404, "projection-not-found", "There is no such projection")]
internal sealed record ProjectionNotFound(string Name) : Refusal($"There is no projection '{Name}'; see GET /api/v1/projections.");

/// <summary>It runs in the transactions of its events, so there is nothing to hold or to skip.</summary>
[Problem(409, "projection-is-inline", "The projection is inline")]
internal sealed record ProjectionIsInline(string Name) : Refusal($"'{Name}' is written in the transaction of its events: it is never behind.");
