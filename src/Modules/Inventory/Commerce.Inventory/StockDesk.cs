using Commerce.EventStore;
using Commerce.Inventory.Contracts;

namespace Commerce.Inventory;

/// <summary>
/// Answers Orders inside its own transaction: takes stock for all lines or none, and takes it back. Lines of one SKU are one demand, so two of
/// them cannot each pass a check that their sum fails.
/// </summary>
internal sealed class StockDesk(IAllocationRule rule) : IParticipant<AllocateStock, StockAnswer>, IParticipant<ReleaseStock, StockAnswer>
{
    private static readonly StockAnswer Done = new(true, []);

    /// <inheritdoc />
    public void Touch(AllocateStock question, Touches touches) => Touch(question.Lines, touches);

    /// <inheritdoc />
    public void Touch(ReleaseStock question, Touches touches) => Touch(question.Lines, touches);

    /// <inheritdoc />
    public StockAnswer Answer(AllocateStock question, DecisionScope scope)
    {
        var demands = Demand.Of(question.Lines);
        List<StockShortage>? shortages = null;
        foreach (var demand in demands)
        {
            var orderable = scope.Stream<Stock>(demand.StockId).State.OrderableAt(scope.Now);
            if (demand.Quantity > orderable)
            {
                (shortages ??= []).Add(new StockShortage(demand.Sku, demand.Quantity, orderable));
            }
        }

        if (shortages is not null)
        {
            return new StockAnswer(false, shortages);
        }

        foreach (var demand in demands)
        {
            var stream = scope.Stream<Stock>(demand.StockId);
            _ = stream.Apply(stream.State.Allocate(demand.Sku, question.OrderId, demand.Quantity, rule, scope.Now)).Value;
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

    private static void Touch(IReadOnlyList<StockLine> lines, Touches touches)
    {
        foreach (var line in lines)
        {
            touches.Stream<Stock>(Stock.IdOf(line.Sku));
        }
    }
}
