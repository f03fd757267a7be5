using System.Text.Json;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

/// <summary>Staff takes orders out for spreadsheets and other systems. Streamed, so it answers itself instead of by an outcome.</summary>
internal sealed class ExportOrdersEndpoint : ICarterModule
{
    private const string Ndjson = "application/x-ndjson";
    private const string Csv = "text/csv";

    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders/export", (
            string? format, Guid? customerId, string? status, string? paymentStatus, string? email, UtcTime? from, UtcTime? to, HttpRequest request, OrderExport export,
            Dispatcher dispatcher, CancellationToken cancellationToken) =>
        {
            var filter = new OrderFilter(customerId, status, paymentStatus, email, null, from?.Value, to?.Value);
            var faults = OrderFilterRules.Instance.Validate(filter);
            return !faults.IsValid
                ? dispatcher.Refuse(ValidationFailed.Of(JsonNamingPolicy.CamelCase.ConvertName(faults.Errors[0].PropertyName), faults.Errors[0].ErrorMessage))
                : (format ?? (request.Headers.Accept.ToString().Contains(Csv, StringComparison.OrdinalIgnoreCase) ? "csv" : "ndjson")) switch
                {
                    "ndjson" => Results.Stream(stream => export.WriteNdjsonAsync(filter, stream, cancellationToken), Ndjson, "orders.ndjson"),
                    "csv" => Results.Stream(stream => export.WriteCsvAsync(filter, stream, cancellationToken), Csv, "orders.csv"),
                    _ => dispatcher.Refuse(ValidationFailed.Of("format", "ndjson or csv.")),
                };
        })
        .RequireScope(Ownership.ReadScope)
        .ReturnsStream(Ndjson)
        .Refuses<ValidationFailed>()
        .WithSummary("Export orders as NDJSON or CSV");
}
