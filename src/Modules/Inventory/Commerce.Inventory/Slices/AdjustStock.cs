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

// A count, a breakage or a find: what is there changes, but never below what is promised.

/// <summary>A correction.</summary>
/// <param name="Delta">Units more (or less, when negative) than were recorded.</param>
/// <param name="Reason">Why; it stands in the ledger.</param>
/// <param name="Location">Where; <c>main</c> when none is named.</param>
internal sealed record AdjustStockRequest(int Delta, string Reason, string? Location = null);

internal sealed record AdjustStock(string Sku, int Delta, string Reason, string Location, long? ExpectedVersion) : IRequest<Outcome<StockDetails>>;

internal sealed class AdjustStockValidator : AbstractValidator<AdjustStock>
{
    public AdjustStockValidator()
    {
        RuleFor(command => command.Sku).Sku();
        RuleFor(command => command.Delta).Must(delta => delta is not 0 and >= -InventoryRules.MostPerLine and <= InventoryRules.MostPerLine)
            .WithMessage($"A whole number other than 0, from -{InventoryRules.MostPerLine} to {InventoryRules.MostPerLine}.");
        RuleFor(command => command.Reason).Must(reason => !string.IsNullOrWhiteSpace(reason) && reason.Length <= 200).WithMessage("A reason of 1 to 200 characters.");
        RuleFor(command => command.Location).LocationCode();
    }
}

internal sealed class AdjustStockEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/inventory/{sku}/adjustments", (string sku, AdjustStockRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new AdjustStock(SkuText.FromRoute(sku), body.Delta, body.Reason, body.Location ?? Location.Main, dispatcher.IfMatch),
                Respond.Created<StockDetails>(stock => $"/api/v1/inventory/{Uri.EscapeDataString(stock.Sku)}/movements", stock => stock.Version),
                ct))
        .RequireScope("inventory:write")
        .Returns<StockDetails>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, LocationNotFound, StockReservedBelow, SkuIsBundle, StockLimitReached, StaleVersion, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Correct the units on hand");
}

internal sealed class AdjustStockHandler(EventSession session, LocationReader locations, IAllocationRule rule) : IRequestHandler<AdjustStock, Outcome<StockDetails>>
{
    public async Task<Outcome<StockDetails>> Handle(AdjustStock command, CancellationToken cancellationToken) =>
        await locations.FirstUnknownAsync([command.Location], cancellationToken) is { } unknown
            ? new LocationNotFound(unknown)
            : await session.DecideAsync<Stock, StockDetails>(
                Stock.IdOf(command.Sku),
                (stream, scope) => stream.Expect(command.ExpectedVersion)
                    .Then(expected => expected.Apply(stock => stock.Adjust(command.Sku, command.Location, command.Delta, command.Reason, rule, scope.Now)))
                    .Map(stock => StockDetails.Of(command.Sku, stock, stream.Version, scope.Now)),
                cancellationToken);
}
