using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Outcomes;

namespace Commerce.Inventory;

/// <summary>The decisions over a reservation and the stocks of its lines together: all of them change, or none.</summary>
internal sealed class ReservationDesk(IAllocationRule rule)
{
    internal static void Touch(Touches touches, Guid id, IEnumerable<ReservedLine> lines)
    {
        touches.Stream<Reservation>(id);
        foreach (var line in lines)
        {
            touches.Stream<Stock>(Stock.IdOf(line.Sku));
        }
    }

    internal Outcome<ReservationDetails> Make(DecisionScope scope, Guid id, IReadOnlyList<ReservedLine> lines, DateTimeOffset expiresAt)
    {
        var decision = scope.Stream<Reservation>(id).State.Make(id, lines, expiresAt, scope.Now);
        if (decision.Refusal is null && decision.Events.Count > 0)
        {
            var demands = Demand.Of([.. lines.Select(line => new StockLine(line.Sku, line.Quantity))]);
            var shortages = demands
                .Select(demand => new StockShortage(demand.Sku, demand.Quantity, Math.Max(0, scope.Stream<Stock>(demand.StockId).State.AvailableAt(scope.Now))))
                .Where(shortage => shortage.Requested > shortage.Available)
                .ToList();
            if (shortages.Count > 0)
            {
                return new InsufficientStock(shortages);
            }

            foreach (var demand in demands)
            {
                var reserved = scope.Stream<Stock>(demand.StockId).Apply(stock => stock.Reserve(demand.Sku, id, demand.Quantity, expiresAt, rule, scope.Now));
                if (!reserved.IsSuccess)
                {
                    return reserved.Refusal;
                }
            }
        }

        return Record(scope, id, decision);
    }

    internal Outcome<ReservationDetails> Extend(DecisionScope scope, Guid id, long? expectedVersion, DateTimeOffset expiresAt) =>
        ChangeAll(scope, id, expectedVersion, reservation => reservation.Extend(id, expiresAt, scope.Now), stock => stock.ExtendHold(id, expiresAt, rule, scope.Now));

    internal Outcome<ReservationDetails> Release(DecisionScope scope, Guid id, long? expectedVersion) =>
        ChangeAll(scope, id, expectedVersion, reservation => reservation.Release(id, scope.Now), stock => stock.ReleaseHold(id, rule, scope.Now));

    internal Outcome<ReservationDetails> Expire(DecisionScope scope, Guid id) =>
        ChangeAll(scope, id, null, reservation => reservation.Expire(scope.Now), stock => stock.Expire(rule, scope.Now));

    private static Outcome<ReservationDetails> ChangeAll(
        DecisionScope scope, Guid id, long? expectedVersion, Func<Reservation, Decision> decide, Func<Stock, Decision> each)
    {
        var reservation = scope.Stream<Reservation>(id);
        var decision = decide(reservation.State);
        var expected = reservation.Expect(decision.Refusal is null ? expectedVersion : null);
        if (!expected.IsSuccess)
        {
            return expected.Refusal;
        }

        foreach (var line in decision.Events.Count > 0 ? reservation.State.Lines : [])
        {
            // A hold that ended otherwise changes nothing and never refuses.
            _ = scope.Stream<Stock>(Stock.IdOf(line.Sku)).Apply(each).Value;
        }

        return Record(scope, id, decision);
    }

    private static Outcome<ReservationDetails> Record(DecisionScope scope, Guid id, Decision decision)
    {
        var stream = scope.Stream<Reservation>(id);
        return stream.Apply(decision).Map(reservation => ReservationDetails.Of(id, reservation, scope.Stream<Reservation>(id).Version, scope.Now));
    }
}
