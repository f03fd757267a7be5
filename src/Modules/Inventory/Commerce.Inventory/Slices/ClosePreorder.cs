using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// The sale in advance is called off before the release. Orders that were taken stay in line.

internal sealed record ClosePreorder(string Sku, long? ExpectedVersion) : IRequest<Outcome<StockDetails>>;

internal sealed class ClosePreorderValidator : AbstractValidator<ClosePreorder>
{
    public ClosePreorderValidator() => RuleFor(command => command.Sku).Sku();
}

internal sealed class ClosePreorderEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/inventory/{sku}/preorder", (string sku, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new ClosePreorder(SkuText.FromRoute(sku), dispatcher.IfMatch), Respond.NoContent<StockDetails>(), ct))
        .RequireScope("inventory:write")
        .ReturnsNothing()
        .Refuses<ValidationFailed, StockNotFound, StaleVersion, StoreOverloaded>()
        .WithSummary("Stop selling a SKU before its release");
}

internal sealed class ClosePreorderHandler(EventSession session, IAllocationRule rule) : IRequestHandler<ClosePreorder, Outcome<StockDetails>>
{
    public Task<Outcome<StockDetails>> Handle(ClosePreorder command, CancellationToken cancellationToken) =>
        session.DecideAsync<Stock, StockDetails>(
            Stock.IdOf(command.Sku),
            (stream, scope) => stream.Exists
                ? stream.Expect(command.ExpectedVersion)
                    .Then(expected => expected.Apply(stock => stock.ClosePreorder(rule, scope.Now)))
                    .Map(stock => StockDetails.Of(command.Sku, stock, stream.Version, scope.Now))
                : new StockNotFound(command.Sku),
            cancellationToken);
}
