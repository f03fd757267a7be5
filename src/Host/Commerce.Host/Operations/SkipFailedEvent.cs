using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;

namespace Commerce.Host.Operations;

// An operator gives up the one event that a read model or reaction cannot take, so that the others come through; who did it and why it failed is kept.

/// <summary>It has not failed on an event.</summary>
[Problem(409, "projection-has-not-failed", "The projection has not failed")]
internal sealed record ProjectionHasNotFailed(string Name) : Refusal($"'{Name}' does not fail on an event: there is nothing to skip.");

/// <summary>What was skipped.</summary>
/// <param name="Name">The projection or reaction.</param>
/// <param name="Sequence">The sequence number of the event that it leaves out from now on, also when it is rebuilt.</param>
internal sealed record SkippedEventResponse(string Name, long Sequence);

internal sealed record SkipFailedEvent(string Name) : IRequest<Outcome<SkippedEventResponse>>;

internal sealed class SkipFailedEventEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/projections/{name}/skip", (string name, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new SkipFailedEvent(name), Respond.Ok<SkippedEventResponse>(), cancellationToken))
        .WithSummary("Skip the event that a projection or reaction fails on")
        .RequireScope("ops:write")
        .Returns<SkippedEventResponse>()
        .Refuses<ProjectionNotFound, ProjectionIsInline, ProjectionHasNotFailed>();
}

internal sealed class SkipFailedEventHandler(IProjectionProgress progress, CallContext call) : IRequestHandler<SkipFailedEvent, Outcome<SkippedEventResponse>>
{
    public async Task<Outcome<SkippedEventResponse>> Handle(SkipFailedEvent command, CancellationToken cancellationToken)
    {
        var found = progress.Subscription(command.Name);
        if (!found.IsSuccess)
        {
            return found.Refusal;
        }

        return await progress.SkipAsync(command.Name, call.Actor, cancellationToken) is { } sequence
            ? new SkippedEventResponse(command.Name, sequence)
            : new ProjectionHasNotFailed(command.Name);
    }
}
