using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Orders.Pricing;
using Commerce.Outcomes;
using Commerce.Pricing.Contracts;

namespace Commerce.Orders.Editing;

/// <summary>The common way of an edit and of its preview: one look at the order, one price look-up, then one decision over the order and its stock.</summary>
internal sealed class EditIntake(IPriceBook prices, CurrentPricing pricings, IEventStore store)
{
    /// <summary>Prepares an edit for a decision.</summary>
    public async ValueTask<Outcome<PreparedEdit>> PrepareAsync(Guid id, EditOrderRequest body, OrderReader reader, CancellationToken cancellationToken)
    {
        var (known, _) = await store.LoadAsync<Order>(id, null, null, cancellationToken);
        if (!known.IsOpenTo(reader))
        {
            return new OrderNotFound();
        }

        var currency = known.Totals.Total.Currency;
        if (body.ExpectedTotal is { } expected && expected.Currency != currency)
        {
            return ValidationFailed.Of("expectedTotal.currency", $"The order is in {currency}.");
        }

        var lines = (body.Lines ?? []).Select(line => new SkuQuantity(line.Sku, line.Quantity)).ToArray();
        var pricing = await pricings.ForAsync(known, cancellationToken);
        // What the order holds already is looked up as well: its weight and its categories count for the new sums, its price does not.
        var wanted = lines.Where(line => line.Quantity > 0).Concat(known.Lines.Where(line => !lines.Any(one => one.Sku == line.Sku)).Select(line => new SkuQuantity(line.Sku, line.Quantity))).ToArray();
        var offers = await prices.OffersAsync(wanted, currency, pricing.Buyer.Group, body.Locale ?? OrdersOptions.DefaultLocale, cancellationToken);
        return new PreparedEdit(id, new OrderEdit(lines, body.ShippingAddress, body.ShippingMethod, body.ExpectedTotal, body.Reason), offers, pricing, known.CountedDiscounts);
    }
}

/// <summary>An edit that is ready to be decided on.</summary>
internal sealed class PreparedEdit(Guid id, OrderEdit edit, IReadOnlyDictionary<string, SkuOffer> offers, OrderPricing pricing, IReadOnlyList<Guid> discounts)
{
    /// <summary>Names the order's stream and those of the stock that the edit may move.</summary>
    public void Touch(Touches touches) => touches.Stream<Order>(id)
        .Question(new AllocateStock(id, [.. edit.Lines.Select(line => new StockLine(line.Sku, line.Quantity))])).Question(new ReturnDiscounts(id, discounts));

    /// <summary>Changes the order, and its stock as far as it is there. Pure.</summary>
    public Outcome<EditedOrder> Decide(DecisionScope scope, long? ifMatch) => scope.Stream<Order>(id).Expect(ifMatch).Then(order =>
    {
        var (before, version) = (order.State, order.Version);
        return order.Apply(state => state.Edit(edit, offers, pricing, scope.Now)).Map(after =>
        {
            // Edits take no further uses, so what the order has a use of now it had when it was looked at.
            scope.Ask<ReturnDiscounts, DiscountAnswer>(new ReturnDiscounts(id, after.DroppedSince(before)));
            return new EditedOrder(before, version, after, order.Version, before.ChangesOf(edit), Moved(scope, before.ChangesOf(edit)));
        });
    });

    private IReadOnlyList<StockShortage> Moved(DecisionScope scope, IReadOnlyList<QuantityChange> changes)
    {
        var freed = scope.Ask<ReleaseStock, StockAnswer>(
            new ReleaseStock(id, [.. changes.Where(change => change.Units() < 0).Select(change => new StockLine(change.Sku, -change.Units()))]));
        return !freed.Done ? freed.Shortages : scope.Ask<AllocateStock, StockAnswer>(
            new AllocateStock(id, [.. changes.Where(change => change.Units() > 0).Select(change => new StockLine(change.Sku, change.Units()))])).Shortages;
    }
}

/// <summary>An order before and after an edit, and the stock that is missing for it.</summary>
internal sealed record EditedOrder(
    Order Before, long VersionBefore, Order After, long Version, IReadOnlyList<QuantityChange> Changes, IReadOnlyList<StockShortage> Shortages);

/// <summary>What undoes a preview; no caller ever sees it.</summary>
[Problem(409, "only-previewed", "Only a preview")]
internal sealed record OnlyPreviewed() : Refusal("Nothing was changed.");
