using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;

namespace Commerce.Host.Operations;

// An operator has a read model made anew from the first event, while the old one goes on answering.

/// <summary>It is being made anew already.</summary>
[Problem(409, "projection-is-rebuilding", "The projection is being rebuilt")]
internal sealed record ProjectionIsRebuilding(string Name) : Refusal($"'{Name}' is being rebuilt already.");

/// <summary>A reaction sends commands; sent again, they would be repeated.</summary>
[Problem(409, "reaction-not-rebuilt", "A reaction cannot be rebuilt")]
internal sealed record ReactionIsNotRebuilt(string Name) : Refusal($"'{Name}' is a reaction: it owns no tables, and running it again would repeat its commands.");

internal sealed record RebuildProjection(string Name) : IRequest<Outcome<ProjectionResponse>>;

internal sealed class RebuildProjectionEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/projections/{name}/rebuild", (string name, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new RebuildProjection(name), Respond.Accepted<ProjectionResponse>(_ => "/api/v1/projections"), cancellationToken))
        .WithSummary("Rebuild a read model from the first event")
        .RequireScope("ops:write")
        .Returns<ProjectionResponse>(StatusCodes.Status202Accepted)
        .Refuses<ProjectionNotFound, ProjectionIsRebuilding, ReactionIsNotRebuilt>();
}

internal sealed class RebuildProjectionHandler(IProjectionProgress progress, ProjectionRebuilds rebuilds) : IRequestHandler<RebuildProjection, Outcome<ProjectionResponse>>
{
    public Task<Outcome<ProjectionResponse>> Handle(RebuildProjection command, CancellationToken cancellationToken) => Task.FromResult(Start(command.Name));

    private Outcome<ProjectionResponse> Start(string name) =>
        progress.All.FirstOrDefault(status => status.Name == name) is not { } status ? new ProjectionNotFound(name)
        : status.IsReaction ? new ReactionIsNotRebuilt(name)
        : !rebuilds.TryStart(name) ? new ProjectionIsRebuilding(name)
        : ProjectionResponse.Of(status) with { State = "rebuilding" };
}
