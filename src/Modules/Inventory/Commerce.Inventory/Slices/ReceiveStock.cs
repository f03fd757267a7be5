using Commerce.EventStore;
using Commerce.Inventory.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// Goods arrive: a delivery note's lines become stock at their locations, all of them or none.

/// <summary>A delivery.</summary>
/// <param name="Lines">What arrived.</param>
/// <param name="Reference">The delivery note's number or the like; it stands in the ledger.</param>
internal sealed record ReceiveStockRequest(IReadOnlyList<ReceivedLine> Lines, string? Reference = null);

/// <summary>What arrived of one SKU at one location, <c>main</c> when none is named.</summary>
internal sealed record ReceivedLine(string Sku, int Quantity, string? Location = null);

/// <summary>The delivery as recorded, and the stock of each of its SKUs after it.</summary>
internal sealed record ReceiptResponse(string? Reference, IReadOnlyList<ReceivedLine> Lines, IReadOnlyList<StockDetails> Stock);

internal sealed record ReceiveStock(IReadOnlyList<ReceivedLine> Lines, string? Reference) : IRequest<Outcome<ReceiptResponse>>;

internal sealed class ReceiveStockValidator : AbstractValidator<ReceiveStock>
{
    public ReceiveStockValidator()
    {
        RuleFor(command => command.Reference).Note();
        RuleFor(command => command.Lines).Lines();
        RuleForEach(command => command.Lines).NotNull().ChildRules(line =>
        {
            line.RuleFor(l => l.Sku).Sku();
            line.RuleFor(l => l.Quantity).Units();
            line.RuleFor(l => l.Location).LocationCode();
        });
    }
}

internal sealed class ReceiveStockEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/inventory/receipts", (ReceiveStockRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new ReceiveStock(body.Lines, body.Reference),
                Respond.Created<ReceiptResponse>(receipt => $"/api/v1/inventory/{Uri.EscapeDataString(receipt.Lines[0].Sku)}/movements"),
                ct))
        .RequireScope("inventory:write")
        .Returns<ReceiptResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, LocationNotFound, StockLimitReached, SkuIsBundle, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Record a delivery");
}

internal sealed class ReceiveStockHandler(EventSession session, LocationReader locations, IAllocationRule rule) : IRequestHandler<ReceiveStock, Outcome<ReceiptResponse>>
{
    public async Task<Outcome<ReceiptResponse>> Handle(ReceiveStock command, CancellationToken cancellationToken)
    {
        var lines = command.Lines.Select(line => line with { Location = line.Location ?? Location.Main }).ToList();
        if (await locations.FirstUnknownAsync([.. lines.Select(line => line.Location!)], cancellationToken) is { } unknown)
        {
            return new LocationNotFound(unknown);
        }

        var skus = lines.Select(line => line.Sku).Distinct(StringComparer.Ordinal).ToList();
        return await session.DecideAsync<ReceiptResponse>(
            touches => skus.ForEach(sku => touches.Stream<Stock>(Stock.IdOf(sku))),
            scope => lines
                .Select(line => scope.Stream<Stock>(Stock.IdOf(line.Sku)).Apply(stock => stock.Receive(line.Sku, line.Location!, line.Quantity, command.Reference, rule, scope.Now)))
                .FirstOrDefault(received => !received.IsSuccess).Refusal is { } refusal
                    ? refusal
                    : new ReceiptResponse(command.Reference, lines, [.. skus.Select(sku => DetailsOf(scope, sku))]),
            cancellationToken);
    }

    private static StockDetails DetailsOf(DecisionScope scope, string sku)
    {
        var stream = scope.Stream<Stock>(Stock.IdOf(sku));
        return StockDetails.Of(sku, stream.State, stream.Version, scope.Now);
    }
}
