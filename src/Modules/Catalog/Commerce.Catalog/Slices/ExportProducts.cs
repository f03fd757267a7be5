using Commerce.Catalog.Importing;
using Commerce.Outcomes;
using Commerce.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff take the whole catalogue out, in the form in which it can be brought in again. Streamed, so it answers itself instead of by an outcome.</summary>
internal sealed class ExportProductsEndpoint : ICarterModule
{
    private const string Ndjson = "application/x-ndjson";
    private const string Csv = "text/csv";

    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/products/export", (string? format, HttpRequest request, ProductExport export, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            (format ?? (request.Headers.Accept.ToString().Contains(Csv, StringComparison.OrdinalIgnoreCase) ? "csv" : "ndjson")) switch
            {
                "ndjson" => Results.Stream(stream => export.WriteNdjsonAsync(stream, cancellationToken), Ndjson, "products.ndjson"),
                "csv" => Results.Stream(stream => export.WriteCsvAsync(stream, cancellationToken), Csv, "products.csv"),
                _ => dispatcher.Refuse(ValidationFailed.Of("format", "ndjson or csv.")),
            })
        .RequireScope("catalog:read")
        .ReturnsStream(Ndjson)
        .Refuses<ValidationFailed>();
}
