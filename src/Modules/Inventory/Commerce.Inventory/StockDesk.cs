using Commerce.EventStore;
using Commerce.Inventory.Contracts;

namespace Commerce.Inventory;

/// <summary>
/// Answers Orders inside its own transaction: takes stock for all lines or none, takes it back, sends it off and puts returned units back on the shelf.
/// Lines of one SKU are one demand, so two of them cannot each pass a check that their sum fails.
/// </summary>
internal sealed class StockDesk(IAllocationRule rule, BundleDirectory bundles)
    : IParticipant<AllocateStock, StockAnswer>, IParticipant<ReleaseStock, StockAnswer>, IParticipant<DispatchStock, StockAnswer>, IParticipant<RestockReturn, StockAnswer>
{
    private static readonly StockAnswer Done = new(true, []);

    /// <inheritdoc />
    public void Touch(AllocateStock question, Touches touches)
    {
        Touch(question.Lines, touches);
        if (question.Held is { } held)
        {
            touches.Stream<Reservation>(held.ReservationId);
            Touch(held.Lines, touches);
        }
    }

    /// <inheritdoc />
    public void Touch(ReleaseStock question, Touches touches) => Touch(question.Lines, touches);

    /// <inheritdoc />
    public void Touch(DispatchStock question, Touches touches) => Touch(question.Lines, touches);

    /// <inheritdoc />
    public void Touch(RestockReturn question, Touches touches) => Touch(question.Lines, touches);

    /// <inheritdoc />
    public StockAnswer Answer(AllocateStock question, DecisionScope scope)
    {
        var demands = Demand.Of(question.Lines);
        var wish = new AllocationWish(question.Destination, rule.KeepsTogether && demands.Length > 1 ? Together(demands, question.Destination, scope) : null);
        return question.Held is { } held
            ? Convert(question, held, demands, wish, scope)
            : AllOrNone(
                demands, scope, (stock, _) => stock.OrderableAt(scope.Now),
                (stock, demand) => stock.Allocate(demand.Sku, question.OrderId, demand.Quantity, rule, scope.Now, wish))
            ?? BundleDesk.Move(
                demands, scope, (stock, _) => stock.OrderableAt(scope.Now),
                (stock, demand, bundle) => stock.Allocate(demand.Sku, question.OrderId, demand.Quantity, rule, scope.Now, wish with { Bundle = bundle }),
                (demand, level) => new BundleAllocated(demand.Sku, question.OrderId, demand.Quantity, level));
    }

    /// <inheritdoc />
    public StockAnswer Answer(DispatchStock question, DecisionScope scope)
    {
        var demands = Demand.Of(question.Lines);
        if (BundleDesk.HasAny(demands, scope))
        {
            var parts = question.Owed is null ? null : BundleDesk.Unpacked(Demand.Of(question.Owed), scope)?
                .GroupBy(one => one.Demand.Sku, StringComparer.Ordinal).ToDictionary(sku => sku.Key, sku => sku.Sum(one => one.Demand.Quantity), StringComparer.Ordinal);
            return BundleDesk.Move(
                demands, scope, (stock, sku) => stock.DispatchableOf(question.OrderId, parts?.GetValueOrDefault(sku)),
                (stock, demand, bundle) => stock.Dispatch(question.OrderId, demand.Quantity, rule, scope.Now, bundle),
                (demand, level) => new BundleDispatched(demand.Sku, question.OrderId, demand.Quantity, level));
        }

        var owed = question.Owed?.ToDictionary(line => line.Sku, line => line.Quantity, StringComparer.Ordinal);
        return AllOrNone(
            demands, scope,
            (stock, demand) => stock.DispatchableOf(question.OrderId, owed?.GetValueOrDefault(demand.Sku)),
            (stock, demand) => stock.Dispatch(question.OrderId, demand.Quantity, rule, scope.Now))!;
    }

    /// <inheritdoc />
    public StockAnswer Answer(RestockReturn question, DecisionScope scope)
    {
        var demands = Demand.Of(question.Lines);
        if (BundleDesk.HasAny(demands, scope))
        {
            return BundleDesk.Move(
                demands, scope, (_, _) => int.MaxValue,
                (stock, demand, bundle) => stock.Restock(demand.Sku, question.OrderId, question.ReturnId, demand.Quantity, rule, scope.Now, bundle),
                (demand, level) => new BundleReturned(demand.Sku, question.OrderId, question.ReturnId, demand.Quantity, level));
        }

        foreach (var demand in demands)
        {
            var stream = scope.Stream<Stock>(demand.StockId);
            _ = stream.Apply(stream.State.Restock(demand.Sku, question.OrderId, question.ReturnId, demand.Quantity, rule, scope.Now)).Value;
        }

        return Done;
    }

    /// <inheritdoc />
    public StockAnswer Answer(ReleaseStock question, DecisionScope scope)
    {
        var demands = Demand.Of(question.Lines);
        if (BundleDesk.HasAny(demands, scope))
        {
            return BundleDesk.Move(
                demands, scope, (_, _) => int.MaxValue,
                (stock, demand, bundle) => stock.Release(question.OrderId, demand.Quantity, location: null, rule, scope.Now, bundle),
                (demand, level) => new BundleReleased(demand.Sku, question.OrderId, demand.Quantity, level));
        }

        foreach (var demand in demands)
        {
            var stream = scope.Stream<Stock>(demand.StockId);
            if (stream.Exists)
            {
                _ = stream.Apply(stream.State.Release(question.OrderId, demand.Quantity, location: null, rule, scope.Now)).Value;
            }
        }

        return Done;
    }

    /// <summary>The order takes what the reservation holds and whatever it wants beyond that; the reservation ends either way.</summary>
    private StockAnswer Convert(AllocateStock question, HeldStock held, Demand[] demands, AllocationWish wish, DecisionScope scope)
    {
        var reservation = scope.Stream<Reservation>(held.ReservationId);
        var status = reservation.State.StatusAt(scope.Now);
        if (status != ReservationStatus.Open)
        {
            return new StockAnswer(false, [], Reservation.Word(status));
        }

        var answer = BundleDesk.Move(
            demands, scope,
            (stock, _) => stock.OrderableAt(scope.Now) + (stock.Holds.Of(held.ReservationId)?.Quantity ?? 0),
            (stock, demand, bundle) => stock.Convert(demand.Sku, held.ReservationId, question.OrderId, demand.Quantity, rule, scope.Now, wish with { Bundle = bundle }),
            (demand, level) => new BundleAllocated(demand.Sku, question.OrderId, demand.Quantity, level));
        if (!answer.Done)
        {
            return answer;
        }

        foreach (var line in held.Lines)
        {
            // What the order took is no longer held; what it did not want is free.
            var stock = scope.Stream<Stock>(Stock.IdOf(line.Sku));
            _ = stock.Apply(stock.State.ReleaseHold(held.ReservationId, rule, scope.Now)).Value;
        }

        _ = reservation.Apply(reservation.State.Convert(held.ReservationId, question.OrderId, scope.Now)).Value;
        return answer;
    }

    private string? Together(Demand[] demands, StockDestination? destination, DecisionScope scope) => rule.Together(
        Array.ConvertAll(demands, demand => (scope.Stream<Stock>(demand.StockId).State.Shelves, demand.Quantity)), destination);

    /// <summary>Moves all or none; null when there is a bundle among them, which is another matter.</summary>
    private static StockAnswer? AllOrNone(Demand[] demands, DecisionScope scope, Func<Stock, Demand, int> possible, Func<Stock, Demand, Decision> move)
    {
        List<StockShortage>? shortages = null;
        foreach (var demand in demands)
        {
            var state = scope.Stream<Stock>(demand.StockId).State;
            if (state.Parts is not null)
            {
                return null;
            }

            var most = possible(state, demand);
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

    private void Touch(IReadOnlyList<StockLine> lines, Touches touches)
    {
        var known = bundles.Current;
        foreach (var line in lines)
        {
            touches.Stream<Stock>(Stock.IdOf(line.Sku));
            if (known.Count > 0 && known.TryGetValue(line.Sku, out var parts))
            {
                foreach (var part in parts)
                {
                    touches.Stream<Stock>(Stock.IdOf(part.Sku));
                }
            }
        }
    }
}
