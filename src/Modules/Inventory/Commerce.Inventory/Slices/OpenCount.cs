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

// Somebody goes through the shelves. What the books say at this moment is taken down with it, so that a later difference can be told from a sale.

/// <summary>What is to be counted.</summary>
/// <param name="Skus">1 to 1000 SKUs.</param>
/// <param name="Location">Where; <c>main</c> when none is named.</param>
/// <param name="Reference">What the counter calls it; it stands in the ledger.</param>
internal sealed record OpenCountRequest(IReadOnlyList<string> Skus, string? Location = null, string? Reference = null);

internal sealed record OpenCount(Guid Id, IReadOnlyList<string> Skus, string Location, string? Reference) : IRequest<Outcome<CountDetails>>;

internal sealed class OpenCountValidator : AbstractValidator<OpenCount>
{
    public OpenCountValidator()
    {
        RuleFor(command => command.Skus).Lines();
        RuleForEach(command => command.Skus).Sku();
        RuleFor(command => command.Location).LocationCode();
        RuleFor(command => command.Reference).Note();
    }
}

internal sealed class OpenCountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/inventory/counts", (OpenCountRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new OpenCount(Identifiers.Next(), body.Skus, body.Location ?? Location.Main, body.Reference),
                Respond.Created<CountDetails>(count => $"/api/v1/inventory/counts/{count.Id}", count => count.Version),
                ct))
        .RequireScope("inventory:write")
        .Returns<CountDetails>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, LocationNotFound, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Begin a stock count");
}

internal sealed class OpenCountHandler(EventSession session, LocationReader locations) : IRequestHandler<OpenCount, Outcome<CountDetails>>
{
    public async Task<Outcome<CountDetails>> Handle(OpenCount command, CancellationToken cancellationToken)
    {
        if (await locations.FirstUnknownAsync([command.Location], cancellationToken) is { } unknown)
        {
            return new LocationNotFound(unknown);
        }

        var skus = command.Skus.Distinct(StringComparer.Ordinal).ToList();
        return await session.DecideAsync<CountDetails>(
            touches =>
            {
                touches.NewStream<StockCount>(command.Id);
                skus.ForEach(sku => touches.Stream<Stock>(Stock.IdOf(sku)));
            },
            scope => scope.Stream<StockCount>(command.Id)
                .Apply(Decision.Of(new CountOpened(command.Location, command.Reference, [.. skus.Select(sku => Booked(scope.Stream<Stock>(Stock.IdOf(sku)), sku, command.Location))], scope.Now)))
                .Map(count => CountDetails.Of(command.Id, count, scope.Stream<StockCount>(command.Id).Version)),
            cancellationToken);
    }

    private static BookedUnits Booked(StagedStream<Stock> stock, string sku, string location) => new(sku, stock.Version, stock.State.Shelves.At(location).OnHand);
}
