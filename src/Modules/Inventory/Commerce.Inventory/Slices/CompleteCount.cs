using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// The books shall say what was seen: every difference becomes an adjustment with the count as its cause, all of them or none.

internal sealed record CompleteCount(Guid Id, long? ExpectedVersion) : IRequest<Outcome<CountDetails>>;

internal sealed class CompleteCountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/inventory/counts/{id:guid}/complete", (Guid id, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new CompleteCount(id, dispatcher.IfMatch), Respond.Ok<CountDetails>(count => count.Version), ct))
        .RequireScope("inventory:write")
        .Returns<CountDetails>()
        .Refuses<CountNotFound, CountConflict, CountKeepsMoving, StockReservedBelow, StockLimitReached, SkuIsBundle, StaleVersion, StoreOverloaded>()
        .Refuses<IdempotencyKeyReused>()
        .WithSummary("Book the differences of a stock count");
}

internal sealed class CompleteCountHandler(EventSession session, IAllocationRule rule) : IRequestHandler<CompleteCount, Outcome<CountDetails>>
{
    public async Task<Outcome<CountDetails>> Handle(CompleteCount command, CancellationToken cancellationToken)
    {
        if (await session.AggregateStreamAsync<StockCount>(command.Id, cancellationToken: cancellationToken) is not { } known)
        {
            return new CountNotFound(command.Id);
        }

        var skus = known.Lines.Select(line => line.Sku).ToHashSet(StringComparer.Ordinal);
        return await session.DecideAsync<CountDetails>(
            touches =>
            {
                touches.Stream<StockCount>(command.Id);
                foreach (var sku in skus)
                {
                    touches.Stream<Stock>(Stock.IdOf(sku));
                }
            },
            scope => scope.Stream<StockCount>(command.Id).Expect(command.ExpectedVersion).Then(count =>
                count.State.Lines.All(line => skus.Contains(line.Sku)) ? Decide(scope, count, command.Id) : new CountKeepsMoving()),
            cancellationToken);
    }

    private Outcome<CountDetails> Decide(DecisionScope scope, StagedStream<StockCount> count, Guid id)
    {
        var (state, before) = (count.State, count.Version);
        var conflicts = state.Lines
            .Where(line => line.Counted is not null)
            .Select(line => (Line: line, Stock: scope.Stream<Stock>(Stock.IdOf(line.Sku))))
            .Select(pair => new CountConflictLine(pair.Line.Sku, pair.Line.Version, pair.Line.OnHand, pair.Stock.Version, pair.Stock.State.Shelves.At(state.Location).OnHand))
            .Where(line => line.SeenOnHand != line.CurrentOnHand)
            .ToList();
        var completed = count.Apply(state.Complete(id, conflicts, scope.Now));
        foreach (var difference in completed.IsSuccess && count.Version > before ? completed.Value.Differences!.Value : [])
        {
            var booked = scope.Stream<Stock>(Stock.IdOf(difference.Sku)).Apply(stock => stock.Adjust(
                difference.Sku, state.Location, difference.Delta, state.Reference is null ? "count" : $"count {state.Reference}", rule, scope.Now, id));
            if (!booked.IsSuccess)
            {
                return booked.Refusal;
            }
        }

        return completed.Map(done => CountDetails.Of(id, done, count.Version));
    }
}

/// <summary>Another counter added a SKU between the look at the count and the decision.</summary>
[Problem(503, "count-moving", "The count keeps changing", RetryAfterSeconds = 1)]
internal sealed record CountKeepsMoving() : Refusal("A SKU was added to the count while it was completed. Look at it and complete it again.");
