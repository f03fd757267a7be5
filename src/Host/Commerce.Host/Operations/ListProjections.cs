using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;

namespace Commerce.Host.Operations;

// An operator sees at a glance which read models are behind, and why.

/// <summary>One read model.</summary>
internal sealed record ProjectionResponse(string Name, string Position, long LagEvents, long LagAgeMs, string State, string? Error)
{
    public static ProjectionResponse Of(ProjectionStatus status) => new(
        status.Name, status.Position.ToString(), status.Lag.Events, (long)status.Lag.Age.TotalMilliseconds, status.State, status.Error);
}

/// <summary>All read models.</summary>
internal sealed record ProjectionListResponse(IReadOnlyList<ProjectionResponse> Items);

internal sealed record ListProjections : IRequest<Outcome<ProjectionListResponse>>;

internal sealed class ListProjectionsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/projections", (Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListProjections(), Respond.Ok<ProjectionListResponse>(), cancellationToken))
        .WithSummary("See every read model with its position, lag and state")
        .RequireScope("ops:read")
        .Returns<ProjectionListResponse>();
}

internal sealed class ListProjectionsHandler(IProjectionProgress progress) : IRequestHandler<ListProjections, Outcome<ProjectionListResponse>>
{
    public Task<Outcome<ProjectionListResponse>> Handle(ListProjections query, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome<ProjectionListResponse>>(
            new ProjectionListResponse([.. progress.All.OrderBy(status => status.Name, StringComparer.Ordinal).Select(ProjectionResponse.Of)]));
}
