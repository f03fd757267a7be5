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
        var found = progress.Subscription(command.Name);
        if (!found.IsSuccess)
        {
            return found.Refusal;
        }

        await progress.ResumeAsync(command.Name, cancellationToken);
        return ProjectionResponse.Of(found.Value) with { State = "running" };
    }
}
