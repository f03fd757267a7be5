using Commerce.Catalog.Importing;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff or another system send a whole catalogue; it is kept as it streams in and worked off in the background.</summary>
internal sealed record ImportProducts(HttpRequest Upload, string Actor) : IRequest<Outcome<ImportResponse>>;

/// <summary>Where to ask how it goes.</summary>
/// <param name="JobId">For <c>GET /jobs/{id}</c>.</param>
internal sealed record ImportResponse(Guid JobId);

internal sealed class ImportProductsEndpoint : ICarterModule
{
    private const long MostBytes = 16L * 1024 * 1024 * 1024;

    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/products/import", (HttpRequest request, string? dryRun, string? delimiter, [FromQuery] string[]? map, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ImportProducts(request, dispatcher.Caller.Actor), Respond.Accepted<ImportResponse>(job => $"/api/v1/jobs/{job.JobId}"), cancellationToken))
        .StreamsBody(MostBytes, "text/csv", "application/x-ndjson", "application/jsonl")
        .Accepts<string>("text/csv", "application/x-ndjson", "application/jsonl")
        .RequireScope("catalog:write")
        .Returns<ImportResponse>(StatusCodes.Status202Accepted)
        .Refuses<ValidationFailed, UnsupportedMediaType, PayloadTooLarge>();
}

internal sealed class ImportProductsHandler(ImportIntake intake) : IRequestHandler<ImportProducts, Outcome<ImportResponse>>
{
    public async Task<Outcome<ImportResponse>> Handle(ImportProducts request, CancellationToken cancellationToken)
    {
        if (request.Upload.ContentType is not { } type)
        {
            return new UnsupportedMediaType();
        }

        var isCsv = type.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase);
        var settings = ImportSettings.Read(isCsv, request.Upload.Query);
        return settings.IsSuccess
            ? (await intake.ReceiveAsync(request.Upload.Body, settings.Value, request.Actor, cancellationToken)).Map(id => new ImportResponse(id))
            : settings.Refusal;
    }
}
