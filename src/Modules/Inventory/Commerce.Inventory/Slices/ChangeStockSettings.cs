using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// How far a SKU may be oversold, and from where on it counts as low.

/// <summary>The settings; both are replaced.</summary>
/// <param name="BackorderLimit">Units that orders may take beyond what is there.</param>
/// <param name="LowStockThreshold">Available units from which on the SKU counts as low.</param>
internal sealed record ChangeStockSettingsRequest(int BackorderLimit = 0, int LowStockThreshold = 0);

internal sealed record ChangeStockSettings(string Sku, int BackorderLimit, int LowStockThreshold, long? ExpectedVersion) : IRequest<Outcome<StockDetails>>;

internal sealed class ChangeStockSettingsValidator : AbstractValidator<ChangeStockSettings>
{
    public ChangeStockSettingsValidator()
    {
        RuleFor(command => command.Sku).Sku();
        RuleFor(command => command.BackorderLimit).InclusiveBetween(0, InventoryRules.MostPerLine);
        RuleFor(command => command.LowStockThreshold).InclusiveBetween(0, InventoryRules.MostPerLine);
    }
}

internal sealed class ChangeStockSettingsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/inventory/{sku}/settings", (string sku, ChangeStockSettingsRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new ChangeStockSettings(SkuText.FromRoute(sku), body.BackorderLimit, body.LowStockThreshold, dispatcher.IfMatch),
                Respond.Ok<StockDetails>(stock => stock.Version),
                ct))
        .RequireScope("inventory:write")
        .Returns<StockDetails>()
        .Refuses<ValidationFailed, SkuIsBundle, StaleVersion, StoreOverloaded>()
        .WithSummary("Set a SKU's back-order limit and low-stock threshold");
}

internal sealed class ChangeStockSettingsHandler(EventSession session, IAllocationRule rule) : IRequestHandler<ChangeStockSettings, Outcome<StockDetails>>
{
    public Task<Outcome<StockDetails>> Handle(ChangeStockSettings command, CancellationToken cancellationToken) =>
        session.DecideAsync<Stock, StockDetails>(
            Stock.IdOf(command.Sku),
            (stream, scope) => stream.Expect(command.ExpectedVersion)
                .Then(expected => expected.Apply(stock => stock.ChangeSettings(command.Sku, command.BackorderLimit, command.LowStockThreshold, rule, scope.Now)))
                .Map(stock => StockDetails.Of(command.Sku, stock, stream.Version, scope.Now)),
            cancellationToken);
}
