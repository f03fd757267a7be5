using Commerce.Catalog.Importing;
using Commerce.Catalog.Wire;
using Commerce.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Whoever sent an import takes out the rows that failed, each with its fault, to mend and send again. Streamed, so it answers itself.</summary>
internal sealed class DownloadJobErrorsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/jobs/{id:guid}/errors", async (Guid id, ImportJobs jobs, FailedRows rows, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            await jobs.FindAsync(id, cancellationToken) switch
            {
                null => dispatcher.Refuse(new JobUnknown()),
                { IsCsv: true } job => Results.Stream(stream => rows.WriteCsvAsync(job, stream, cancellationToken), "text/csv", "errors.csv"),
                var job => Results.Stream(stream => rows.WriteNdjsonAsync(job, stream, cancellationToken), "application/x-ndjson", "errors.ndjson"),
            })
        .RequireScope("catalog:write")
        .ReturnsStream("application/x-ndjson")
        .Refuses<JobUnknown>();
}
