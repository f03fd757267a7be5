using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// What was seen of a SKU, and at which version of its books. A later look replaces an earlier one; a SKU that was not on the list may be added.

/// <summary>What was seen.</summary>
/// <param name="Counted">Units on the shelf.</param>
/// <param name="Version">The version of the SKU's stock at the time of the look; the present one when none is named.</param>
internal sealed record RecordCountRequest(int Counted, long? Version = null);

internal sealed record RecordCount(Guid Id, string Sku, int Counted, long? Version, long? ExpectedVersion) : IRequest<Outcome<CountDetails>>;

internal sealed class RecordCountValidator : AbstractValidator<RecordCount>
{
    public RecordCountValidator()
    {
        RuleFor(command => command.Sku).Sku();
        RuleFor(command => command.Counted).InclusiveBetween(0, InventoryRules.MostPerLine);
        RuleFor(command => command.Version).GreaterThanOrEqualTo(0);
    }
}

internal sealed class RecordCountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/inventory/counts/{id:guid}/lines/{sku}", (Guid id, string sku, RecordCountRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new RecordCount(id, SkuText.FromRoute(sku), body.Counted, body.Version, dispatcher.IfMatch), Respond.Ok<CountDetails>(count => count.Version), ct))
        .RequireScope("inventory:write")
        .Returns<CountDetails>()
        .Refuses<ValidationFailed, CountNotFound, CountIsCompleted, StockVersionNotFound, StaleVersion, StoreOverloaded>()
        .WithSummary("Say what was seen of a SKU");
}

internal sealed class RecordCountHandler(EventSession session, IEventStore store) : IRequestHandler<RecordCount, Outcome<CountDetails>>
{
    public async Task<Outcome<CountDetails>> Handle(RecordCount command, CancellationToken cancellationToken)
    {
        var known = await session.AggregateStreamAsync<StockCount>(command.Id, cancellationToken: cancellationToken);
        if (known is null)
        {
            return new CountNotFound(command.Id);
        }

        // The past of a stock never changes, so what the books said at a version may be read before the decision.
        var (stock, version) = command.Version == 0 ? (Stock.Initial, 0) : await store.LoadAsync<Stock>(Stock.IdOf(command.Sku), command.Version, null, cancellationToken);
        return command.Version > version
            ? new StockVersionNotFound(command.Sku, command.Version.Value)
            : await session.DecideAsync<StockCount, CountDetails>(
                command.Id,
                (count, scope) => count.Expect(command.ExpectedVersion)
                    .Then(expected => expected.Apply(state => state.Record(
                        command.Id, new CountLineRecorded(command.Sku, command.Counted, version, stock.Shelves.At(state.Location).OnHand, scope.Now))))
                    .Map(state => CountDetails.Of(command.Id, state, count.Version)),
                cancellationToken);
    }
}
