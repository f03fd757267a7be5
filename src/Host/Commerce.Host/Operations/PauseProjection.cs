using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;

namespace Commerce.Host.Operations;

// An operator holds a read model or a reaction where it is, on whichever host runs it: before a migration, or while its cause of failure is looked for.

internal sealed record PauseProjection(string Name) : IRequest<Outcome<ProjectionResponse>>;

internal sealed class PauseProjectionEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/projections/{name}/pause", (string name, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new PauseProjection(name), Respond.Ok<ProjectionResponse>(), cancellationToken))
        .WithSummary("Hold a projection or reaction where it is")
        .RequireScope("ops:write")
        .Returns<ProjectionResponse>()
        .Refuses<ProjectionNotFound, ProjectionIsInline>();
}

internal sealed class PauseProjectionHandler(IProjectionProgress progress) : IRequestHandler<PauseProjection, Outcome<ProjectionResponse>>
{
    public async Task<Outcome<ProjectionResponse>> Handle(PauseProjection command, CancellationToken cancellationToken)
    {
        if (progress.All.FirstOrDefault(status => status.Name == command.Name) is not { } status)
        {
            return new ProjectionNotFound(command.Name);
        }

        if (status.State == "inline")
        {
            return new ProjectionIsInline(command.Name);
        }

        await progress.PauseAsync(command.Name, cancellationToken);
        return ProjectionResponse.Of(status) with { State = "paused" };
    }
}
