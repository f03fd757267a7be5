using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Inventory;

/// <summary>The decisions over a transfer and the stocks of its lines together: all of them change, or none.</summary>
internal sealed class TransferDesk(IAllocationRule rule)
{
    internal static void Touch(Touches touches, Guid id, IEnumerable<TransferredUnits> lines)
    {
        touches.Stream<Transfer>(id);
        foreach (var line in lines)
        {
            touches.Stream<Stock>(Stock.IdOf(line.Sku));
        }
    }

    internal Outcome<TransferDetails> Dispatch(DecisionScope scope, Guid id, string from, string to, IReadOnlyList<TransferredUnits> lines, string? reference) =>
        Each(scope, lines, (stock, line) => stock.SendAway(line.Sku, id, from, to, line.Quantity, reference, rule, scope.Now))
        ?? Record(scope, id, Decision.Of(new TransferDispatched(from, to, lines, reference, scope.Now)));

    internal Outcome<TransferDetails> Receive(DecisionScope scope, Guid id, long? expectedVersion, IReadOnlyList<TransferredUnits>? lines)
    {
        var to = scope.Stream<Transfer>(id).State.To;
        return Change(
            scope, id, expectedVersion, transfer => transfer.Arrive(lines, units => new TransferReceived(units, scope.Now)), e => ((TransferReceived)e).Lines,
            (stock, line) => stock.Arrive(line.Sku, id, to, line.Quantity, rule, scope.Now));
    }

    internal Outcome<TransferDetails> Lose(DecisionScope scope, Guid id, long? expectedVersion, IReadOnlyList<TransferredUnits>? lines, string reason) => Change(
        scope, id, expectedVersion, transfer => transfer.Arrive(lines, units => new TransferUnitsLost(units, reason, scope.Now)), e => ((TransferUnitsLost)e).Lines,
        (stock, line) => stock.Lose(line.Sku, id, line.Quantity, reason, rule, scope.Now));

    private static Outcome<TransferDetails> Change(
        DecisionScope scope, Guid id, long? expectedVersion, Func<Transfer, Decision> decide, Func<object, IReadOnlyList<TransferredUnits>> units, Func<Stock, TransferredUnits, Decision> each)
    {
        var transfer = scope.Stream<Transfer>(id);
        var expected = transfer.Expect(expectedVersion);
        if (!expected.IsSuccess)
        {
            return expected.Refusal;
        }

        var decision = decide(transfer.State);
        return decision.Refusal is null && decision.Events.Count > 0 && Each(scope, units(decision.Events[0]), each) is { } refusal ? refusal : Record(scope, id, decision);
    }

    private static Outcome<TransferDetails>? Each(DecisionScope scope, IReadOnlyList<TransferredUnits> lines, Func<Stock, TransferredUnits, Decision> move)
    {
        foreach (var line in lines)
        {
            var moved = scope.Stream<Stock>(Stock.IdOf(line.Sku)).Apply(stock => move(stock, line));
            if (!moved.IsSuccess)
            {
                return moved.Refusal;
            }
        }

        return null;
    }

    private static Outcome<TransferDetails> Record(DecisionScope scope, Guid id, Decision decision) =>
        scope.Stream<Transfer>(id).Apply(decision).Map(transfer => TransferDetails.Of(id, transfer, scope.Stream<Transfer>(id).Version));
}
