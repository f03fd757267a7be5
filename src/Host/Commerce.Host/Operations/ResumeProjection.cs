using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;

namespace Commerce.Host.Operations;

// An operator lets a held read model or reaction go on from where it stands.

internal sealed record ResumeProjection(string Name) : IRequest<Outcome<ProjectionResponse>>;

internal sealed class ResumeProjectionEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/projections/{name}/resume", (string name, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ResumeProjection(name), Respond.Ok<ProjectionResponse>(), cancellationToken))
        .WithSummary("Let a paused projection or reaction go on")
        .RequireScope("ops:write")
        .Returns<ProjectionResponse>()
        .Refuses<ProjectionNotFound, ProjectionIsInline>();
}

internal sealed class ResumeProjectionHandler(IProjectionProgress progress) : IRequestHandler<ResumeProjection, Outcome<ProjectionResponse>>
{
    public async Task<Outcome<ProjectionResponse>> Handle(ResumeProjection command, CancellationToken cancellationToken)
    {
        if (progress.All.FirstOrDefault(status => status.Name == command.Name) is not { } status)
        {
            return new ProjectionNotFound(command.Name);
        }

        if (status.State == "inline")
        {
            return new ProjectionIsInline(command.Name);
        }

        await progress.ResumeAsync(command.Name, cancellationToken);
        return ProjectionResponse.Of(status) with { State = "running" };
    }
}
