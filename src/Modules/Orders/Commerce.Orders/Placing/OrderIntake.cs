using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Orders.Pricing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Npgsql;

namespace Commerce.Orders.Placing;

/// <summary>
/// The common way of every order into the shop: one price look-up, the draws from chance, then one decision over the order, its stock and the
/// idempotency key. What needs the outside happens here, before the decision; the decision itself is pure.
/// </summary>
internal sealed class OrderIntake(IPriceBook prices, OrderPricing pricing, IShippingRates shipping, CheckoutRules rules, IReservations reservations)
{
    /// <summary>Prepares an order of these lines for a decision.</summary>
    public async ValueTask<Outcome<Placement>> PrepareAsync(
        IReadOnlyList<SkuQuantity> lines, string currency, ICheckoutForm form, Guid? customerId, Guid? cartId, CancellationToken cancellationToken)
    {
        var method = form.ShippingMethod ?? OrdersOptions.DefaultShippingMethod;
        if (!shipping.Offers(method))
        {
            return ValidationFailed.Of("shippingMethod", "This shipping method is not offered.");
        }

        if (form.ExpectedTotal is { } expected && expected.Currency != currency)
        {
            return ValidationFailed.Of("expectedTotal.currency", $"The order is in {currency}.");
        }

        if (rules.EmailIsMissing(form.Email))
        {
            return ValidationFailed.Of("email", "Checkout asks for an e-mail address.");
        }

        var held = form.ReservationId is { } reservation ? await reservations.FindAsync(reservation, cancellationToken) : null;
        if (held is null && form.ReservationId is not null)
        {
            return ValidationFailed.Of("reservationId", "There is no such reservation.");
        }

        var offers = await prices.OffersAsync(lines, currency, null, form.Locale ?? OrdersOptions.DefaultLocale, cancellationToken);
        var secret = customerId is null ? GuestSecret.Draw() : null;
        var draft = new OrderDraft(
            Identifiers.Next(), OrderNumber.Draw(), customerId, form.Email, secret is null ? null : GuestSecret.Hash(secret), form.SessionId, cartId,
            currency, lines, form.ShippingAddress!, method, form.Coupon, form.Payment.Method, form.ExpectedTotal);
        return new Placement(draft, offers, pricing, rules, secret, held);
    }

    /// <summary>Runs the decision, and once more under another number in the one case in millions that the number is taken.</summary>
    public static async Task<Outcome<OrderResponse>> DecideAsync(Placement placement, Func<Placement, Task<Outcome<OrderResponse>>> decide)
    {
        try
        {
            return await decide(placement);
        }
        catch (PostgresException taken) when (taken.ConstraintName == OrderNumber.Index)
        {
            return await decide(placement.Renumbered());
        }
    }
}

/// <summary>An order that is ready to be decided on.</summary>
internal sealed class Placement(OrderDraft draft, IReadOnlyDictionary<string, SkuOffer> offers, OrderPricing pricing, CheckoutRules rules, string? secret,
    HeldStock? held = null)
{
    private readonly AllocateStock _stock = new(draft.Id, [.. draft.Lines.Select(line => new StockLine(line.Sku, line.Quantity))],
        new StockDestination(draft.ShippingAddress.Country, draft.ShippingAddress.Region), held);

    /// <summary>The order's id.</summary>
    public Guid Id => draft.Id;

    /// <summary>The same order under another number.</summary>
    public Placement Renumbered() => new(draft with { Number = OrderNumber.Draw() }, offers, pricing, rules, secret, held);

    /// <summary>Names the new order's stream and those of its stock.</summary>
    public void Touch(Touches touches) => touches.NewStream<Order>(draft.Id).Question(_stock);

    /// <summary>Prices, takes the stock of all lines or none, and places. Pure.</summary>
    public Outcome<OrderResponse> Decide(DecisionScope scope)
    {
        var priced = pricing.Price(draft, offers);
        if (!priced.IsSuccess)
        {
            return priced.Refusal;
        }

        if (rules.TooSmall(priced.Value.Totals.Subtotal) is { } tooSmall)
        {
            return tooSmall;
        }

        var order = scope.Stream<Order>(draft.Id);
        var placed = order.Apply(Order.Place(draft, priced.Value, scope.Now));
        if (!placed.IsSuccess)
        {
            return placed.Refusal;
        }

        var stock = scope.Ask<AllocateStock, StockAnswer>(_stock);
        return stock.Done ? OrderResponse.Of(draft.Id, order.Version, placed.Value, secret)
            : stock.ReservationStatus is { } status ? new ReservationHasEnded(held!.ReservationId, status)
            : new InsufficientStock(stock.Shortages);
    }
}

/// <summary>Not all units can be had, so none was taken.</summary>
[Problem(409, "insufficient-stock", "There is not enough stock")]
internal sealed record InsufficientStock(IReadOnlyList<StockShortage> Shortages) : Refusal("Nothing was taken: some SKUs are short; see shortages.");

/// <summary>The named reservation holds nothing any more, so nothing was taken; without it the order is tried on what is free.</summary>
[Problem(409, "reservation-ended", "The reservation has ended")]
internal sealed record ReservationHasEnded(Guid ReservationId, string ReservationStatus) : Refusal($"The reservation {ReservationId} is {ReservationStatus}; nothing was taken.");
