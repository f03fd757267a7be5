using Commerce.Catalog.Importing;
using Commerce.Catalog.Wire;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Whoever sent an import asks how it goes.</summary>
internal sealed record GetJob(Guid Id) : IRequest<Outcome<JobResponse>>;

internal sealed class GetJobEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/jobs/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new GetJob(id), Respond.Ok<JobResponse>(), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<JobResponse>()
        .Refuses<JobUnknown>();
}

internal sealed class GetJobHandler(ImportJobs jobs) : IRequestHandler<GetJob, Outcome<JobResponse>>
{
    public async Task<Outcome<JobResponse>> Handle(GetJob request, CancellationToken cancellationToken) =>
        await jobs.FindAsync(request.Id, cancellationToken) is { } job
            ? JobResponse.Of(job, job.Failed == 0 ? [] : await jobs.FaultsAsync(request.Id, 0, JobResponse.MostErrors, cancellationToken))
            : new JobUnknown();
}
