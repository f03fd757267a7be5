using Commerce.Catalog.Importing;
using Commerce.Catalog.Wire;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff stop an import; what it has done so far stays.</summary>
internal sealed record CancelJob(Guid Id) : IRequest<Outcome<JobResponse>>;

internal sealed class CancelJobEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/jobs/{id:guid}/cancel", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new CancelJob(id), Respond.Accepted<JobResponse>(job => $"/api/v1/jobs/{job.Id}"), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<JobResponse>(StatusCodes.Status202Accepted)
        .Refuses<JobUnknown>();
}

internal sealed class CancelJobHandler(ImportJobs jobs, ImportSignal signal) : IRequestHandler<CancelJob, Outcome<JobResponse>>
{
    public async Task<Outcome<JobResponse>> Handle(CancelJob request, CancellationToken cancellationToken)
    {
        await jobs.CancelAsync(request.Id, cancellationToken);
        signal.Wake();
        return await jobs.FindAsync(request.Id, cancellationToken) is { } job ? JobResponse.Of(job, []) : new JobUnknown();
    }
}
