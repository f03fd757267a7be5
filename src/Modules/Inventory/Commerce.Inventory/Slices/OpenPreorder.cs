using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// A SKU is sold before it is there: orders wait in line until it arrives, and from its release on the usual back-order limit holds again.

/// <summary>A sale in advance.</summary>
/// <param name="ReleaseAt">When the SKU is released, UTC.</param>
/// <param name="Limit">Units that orders may take beyond what is there until then.</param>
internal sealed record OpenPreorderRequest(DateTimeOffset ReleaseAt, int Limit);

internal sealed record OpenPreorder(string Sku, DateTimeOffset ReleaseAt, int Limit, long? ExpectedVersion) : IRequest<Outcome<StockDetails>>;

internal sealed class OpenPreorderValidator : AbstractValidator<OpenPreorder>
{
    public OpenPreorderValidator()
    {
        RuleFor(command => command.Sku).Sku();
        RuleFor(command => command.Limit).Units();
    }
}

internal sealed class OpenPreorderEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/inventory/{sku}/preorder", (string sku, OpenPreorderRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new OpenPreorder(SkuText.FromRoute(sku), Whole(body.ReleaseAt), body.Limit, dispatcher.IfMatch), Respond.Ok<StockDetails>(stock => stock.Version), ct))
        .RequireScope("inventory:write")
        .Returns<StockDetails>()
        .Refuses<ValidationFailed, SkuIsBundle, StaleVersion, StoreOverloaded>()
        .WithSummary("Sell a SKU before its release");

    // As PostgreSQL keeps it: events and rows must not differ by a tenth of a microsecond.
    private static DateTimeOffset Whole(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}

internal sealed class OpenPreorderHandler(EventSession session, IAllocationRule rule) : IRequestHandler<OpenPreorder, Outcome<StockDetails>>
{
    public Task<Outcome<StockDetails>> Handle(OpenPreorder command, CancellationToken cancellationToken) =>
        session.DecideAsync<Stock, StockDetails>(
            Stock.IdOf(command.Sku),
            (stream, scope) => stream.Expect(command.ExpectedVersion)
                .Then(expected => expected.Apply(stock => stock.OpenPreorder(command.Sku, command.ReleaseAt, command.Limit, rule, scope.Now)))
                .Map(stock => StockDetails.Of(command.Sku, stock, stream.Version, scope.Now)),
            cancellationToken);
}
