using Commerce.EventStore;
using Commerce.Inventory.Contracts;

namespace Commerce.Inventory;

/// <summary>
/// Answers Orders inside its own transaction: takes stock for all lines or none, takes it back, sends it off and puts returned units back on the shelf.
/// Lines of one SKU are one demand, so two of them cannot each pass a check that their sum fails.
/// </summary>
internal sealed class StockDesk(IAllocationRule rule)
    : IParticipant<AllocateStock, StockAnswer>, IParticipant<ReleaseStock, StockAnswer>, IParticipant<DispatchStock, StockAnswer>, IParticipant<RestockReturn, StockAnswer>
{
    private static readonly StockAnswer Done = new(true, []);

    /// <inheritdoc />
    public void Touch(AllocateStock question, Touches touches) => Touch(question.Lines, touches);

    /// <inheritdoc />
    public void Touch(ReleaseStock question, Touches touches) => Touch(question.Lines, touches);

    /// <inheritdoc />
    public void Touch(DispatchStock question, Touches touches) => Touch(question.Lines, touches);

    /// <inheritdoc />
    public void Touch(RestockReturn question, Touches touches) => Touch(question.Lines, touches);

    /// <inheritdoc />
    public StockAnswer Answer(AllocateStock question, DecisionScope scope) => AllOrNone(
        question.Lines, scope, stock => stock.OrderableAt(scope.Now),
        (stock, demand) => stock.Allocate(demand.Sku, question.OrderId, demand.Quantity, rule, scope.Now));

    /// <inheritdoc />
    public StockAnswer Answer(DispatchStock question, DecisionScope scope) => AllOrNone(
        question.Lines, scope, stock => stock.Allocated, (stock, demand) => stock.Dispatch(question.OrderId, demand.Quantity, rule, scope.Now));

    /// <inheritdoc />
    public StockAnswer Answer(RestockReturn question, DecisionScope scope)
    {
        foreach (var demand in Demand.Of(question.Lines))
        {
            var stream = scope.Stream<Stock>(demand.StockId);
            _ = stream.Apply(stream.State.Restock(demand.Sku, question.OrderId, question.ReturnId, demand.Quantity, rule, scope.Now)).Value;
        }

        return Done;
    }

    /// <inheritdoc />
    public StockAnswer Answer(ReleaseStock question, DecisionScope scope)
    {
        foreach (var demand in Demand.Of(question.Lines))
        {
            var stream = scope.Stream<Stock>(demand.StockId);
            if (stream.Exists)
            {
                _ = stream.Apply(stream.State.Release(question.OrderId, demand.Quantity, location: null, rule, scope.Now)).Value;
            }
        }

        return Done;
    }

    private static StockAnswer AllOrNone(IReadOnlyList<StockLine> lines, DecisionScope scope, Func<Stock, int> possible, Func<Stock, Demand, Decision> move)
    {
        var demands = Demand.Of(lines);
        List<StockShortage>? shortages = null;
        foreach (var demand in demands)
        {
            var most = possible(scope.Stream<Stock>(demand.StockId).State);
            if (demand.Quantity > most)
            {
                (shortages ??= []).Add(new StockShortage(demand.Sku, demand.Quantity, most));
            }
        }

        if (shortages is not null)
        {
            return new StockAnswer(false, shortages);
        }

        foreach (var demand in demands)
        {
            var stream = scope.Stream<Stock>(demand.StockId);
            _ = stream.Apply(move(stream.State, demand)).Value;
        }

        return Done;
    }

    private static void Touch(IReadOnlyList<StockLine> lines, Touches touches)
    {
        foreach (var line in lines)
        {
            touches.Stream<Stock>(Stock.IdOf(line.Sku));
        }
    }
}
