using System.Text.Json;
using Commerce.Catalog.Importing;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Another system sends some changed products and wants to know at once what came of each; a whole catalogue goes by the import.</summary>
internal sealed record UpsertProducts(IReadOnlyList<JsonElement> Products) : IRequest<Outcome<BulkResponse>>;

/// <summary>Rows as an import takes them, each by itself: one that fails does not keep the others.</summary>
/// <param name="Products">1 to 500 rows.</param>
internal sealed record BulkRequest(List<JsonElement> Products);

/// <summary>What came of them.</summary>
/// <param name="Created">Rows that made a product.</param>
/// <param name="Updated">Rows that changed one.</param>
/// <param name="Unchanged">Rows that said what was so already.</param>
/// <param name="Failed">Rows that were refused.</param>
/// <param name="Results">Each row, in their order.</param>
internal sealed record BulkResponse(int Created, int Updated, int Unchanged, int Failed, IReadOnlyList<BulkResult> Results);

/// <summary>What came of a row.</summary>
/// <param name="Row">Its place, from 1.</param>
/// <param name="Status"><c>created</c>, <c>updated</c>, <c>unchanged</c> or <c>failed</c>.</param>
/// <param name="Id">The product, or null.</param>
/// <param name="Sku">Its first SKU, when it could be read.</param>
/// <param name="Message">What is wrong, or null.</param>
/// <param name="Errors">Messages by field, or null.</param>
internal sealed record BulkResult(long Row, string Status, Guid? Id, string? Sku, string? Message, JsonElement? Errors);

internal sealed class UpsertProductsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/products/bulk", (BulkRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new UpsertProducts(body.Products), Respond.Ok<BulkResponse>(), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<BulkResponse>()
        .Refuses<ValidationFailed, SkusOfSeveralProducts, VariantUnknown>();
}

internal sealed class UpsertProductsHandler(ImportChunk chunk, CallContext call) : IRequestHandler<UpsertProducts, Outcome<BulkResponse>>
{
    private const int Most = 500;

    public async Task<Outcome<BulkResponse>> Handle(UpsertProducts request, CancellationToken cancellationToken)
    {
        if (request.Products.Count is 0 or > Most)
        {
            return ValidationFailed.Of("products", $"1 to {Most} rows; more go by POST /products/import.");
        }

        var rows = request.Products.Select((product, i) => new ImportRow(i + 1, 1, JsonSerializer.SerializeToUtf8Bytes(product))).ToList();
        var results = await chunk.RunAsync(ImportChunk.Read(rows), new CallContext { Actor = call.Actor, CorrelationId = call.CorrelationId }, null, cancellationToken);
        int Count(RowChange change) => results.Count(result => result.Effect?.Change == change);
        return new BulkResponse(
            Count(RowChange.Created), Count(RowChange.Updated), Count(RowChange.Unchanged), results.Count(result => result.Refusal is not null), [.. results.Select(Of)]);
    }

    private static BulkResult Of(RowResult result)
    {
        if (result.Refusal is null)
        {
            return new BulkResult(result.Row.Number, JsonNamingPolicy.CamelCase.ConvertName(result.Effect!.Change.ToString()), result.Effect.ProductId, result.Sku, null, null);
        }

        var fault = JobErrorResponse.Of(ImportFault.Of(result.Row, result.Sku, result.Refusal));
        return new BulkResult(result.Row.Number, "failed", null, fault.Sku, fault.Message, fault.Errors);
    }
}
