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
        var found = progress.Subscription(command.Name);
        if (!found.IsSuccess)
        {
            return found.Refusal;
        }

        await progress.PauseAsync(command.Name, cancellationToken);
        return ProjectionResponse.Of(found.Value) with { State = "paused" };
    }
}
