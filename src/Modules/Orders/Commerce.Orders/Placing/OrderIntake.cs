using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Orders.Pricing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Payments.Contracts;
using Commerce.Pricing.Contracts;
using Npgsql;

namespace Commerce.Orders.Placing;

/// <summary>
/// The common way of every order into the shop: one price look-up, the draws from chance, then one decision over the order, its stock and the
/// idempotency key. What needs the outside happens here, before the decision; the decision itself is pure.
/// </summary>
internal sealed class OrderIntake(IPriceBook prices, CurrentPricing pricings, CheckoutRules rules, IReservations reservations, IPaymentMethods payments)
{
    private const int MaxAttempts = 4;

    /// <summary>Prepares an order of these lines for a decision.</summary>
    public async ValueTask<Outcome<Placement>> PrepareAsync(
        IReadOnlyList<SkuQuantity> lines, string currency, ICheckoutForm form, Guid? customerId, CartOrigin? cart, CancellationToken cancellationToken)
    {
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

        var coupons = CouponsOf(form, cart);
        var pricing = await pricings.ForAsync(customerId, form.Email, coupons, cancellationToken);
        var offers = await prices.OffersAsync(lines, currency, pricing.Buyer.Group, form.Locale ?? OrdersOptions.DefaultLocale, cancellationToken);
        var secret = customerId is null ? GuestSecret.Draw() : null;
        var draft = new OrderDraft(
            Identifiers.Next(), OrderNumber.Draw(), customerId, form.Email, secret is null ? null : GuestSecret.Hash(secret), form.SessionId, cart?.Id,
            currency, lines, form.ShippingAddress!, form.ShippingMethod ?? "", coupons, form.Payment.Method, form.ExpectedTotal, form.Locale);
        var tenders = await TendersAsync(draft, form.Payment, cancellationToken);
        return tenders.IsSuccess ? Placement.Of(draft, offers, pricing, rules, secret, [], held, tenders.Value) : tenders.Refusal;
    }

    /// <summary>How the order is paid beside by hand; null, and no cost, when it is not. The token is safe before the order that needs it stands.</summary>
    private async ValueTask<Outcome<Tenders?>> TendersAsync(OrderDraft draft, PaymentRequest payment, CancellationToken cancellationToken)
    {
        if (payment is { Token: null, GiftCards: null or [], StoreCredit: false } && payment.Method != OrdersOptions.StoredValueMethod)
        {
            return (Tenders?)null;
        }

        if (payment.StoreCredit && draft.CustomerId is null)
        {
            return ValidationFailed.Of("payment.storeCredit", "Store credit belongs to a customer; this order has none.");
        }

        var ledgers = (payment.GiftCards ?? []).Select(payments.LedgerOfCode);
        IEnumerable<Guid> credit = payment.StoreCredit ? [payments.LedgerOfCustomer(draft.CustomerId!.Value, draft.Currency)] : [];
        var provider = payment.Token is null ? null : payments.ProviderOf(payment.Method);
        if (provider is not null)
        {
            if (payments.FaultOf(provider, payment.Token!) is { } fault)
            {
                return ValidationFailed.Of("payment.token", fault);
            }

            await payments.KeepTokenAsync(draft.Id, provider, payment.Token!, cancellationToken);
        }

        return new Tenders(draft.Id, draft.Currency, [.. ledgers.Concat(credit).Select(ledger => new StoredValueTender(ledger, Identifiers.Next()))], provider, payment.Method);
    }

    /// <summary>
    /// Runs the decision, and once more under another number in the one case in millions that the number is taken, and without the discounts that nobody asked
    /// for and that turned out to be used up.
    /// </summary>
    public static async Task<Outcome<OrderResponse>> DecideAsync(Placement placement, Func<Placement, Task<Outcome<OrderResponse>>> decide)
    {
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await OnceAsync(placement, decide);
            if (outcome.Refusal is not DiscountsKeepMoving moving || attempt == MaxAttempts)
            {
                return outcome;
            }

            var next = placement.Without(moving.Discounts);
            if (!next.IsSuccess)
            {
                return next.Refusal;
            }

            placement = next.Value;
        }
    }

    private static async Task<Outcome<OrderResponse>> OnceAsync(Placement placement, Func<Placement, Task<Outcome<OrderResponse>>> decide)
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

    private static string[] CouponsOf(ICheckoutForm form, CartOrigin? cart)
    {
        string[] entered = form.Coupon is null ? [] : [form.Coupon.Trim().ToUpperInvariant()];
        return cart is { Coupons.Count: > 0 } ? [.. cart.Coupons.Union(entered, StringComparer.Ordinal)] : entered;
    }
}

/// <summary>The cart that an order comes from, with the coupons that lie in it.</summary>
internal sealed record CartOrigin(Guid Id, IReadOnlyList<string> Coupons);

/// <summary>An order that is priced and ready to be decided on.</summary>
internal sealed class Placement
{
    private readonly OrderDraft _draft;
    private readonly IReadOnlyDictionary<string, SkuOffer> _offers;
    private readonly OrderPricing _pricing;
    private readonly PricedDraft _priced;
    private readonly CheckoutRules _rules;
    private readonly string? _secret;
    private readonly HeldStock? _held;
    private readonly IReadOnlyList<Guid> _excluded;
    private readonly AllocateStock _stock;
    private readonly RedeemDiscounts? _uses;
    private readonly Tenders? _tenders;

    private Placement(
        OrderDraft draft, IReadOnlyDictionary<string, SkuOffer> offers, OrderPricing pricing, PricedDraft priced, CheckoutRules rules, string? secret,
        IReadOnlyList<Guid> excluded, HeldStock? held, Tenders? tenders)
    {
        (_draft, _offers, _pricing, _priced, _rules, _secret, _excluded, _held, _tenders) = (draft, offers, pricing, priced, rules, secret, excluded, held, tenders);
        _stock = new AllocateStock(draft.Id, [.. draft.Lines.Select(line => new StockLine(line.Sku, line.Quantity))],
            new StockDestination(draft.ShippingAddress.Country, draft.ShippingAddress.Region), held);
        Guid[] counted = [.. priced.Discounts.Where(discount => discount.IsCounted).Select(discount => discount.DiscountId)];
        _uses = counted.Length == 0 ? null : new RedeemDiscounts(draft.Id, pricing.Buyer.Key, counted);
    }

    /// <summary>The order's id.</summary>
    public Guid Id => _draft.Id;

    /// <summary>Prices a draft, which the shop may find too small.</summary>
    public static Outcome<Placement> Of(
        OrderDraft draft, IReadOnlyDictionary<string, SkuOffer> offers, OrderPricing pricing, CheckoutRules rules, string? secret, IReadOnlyList<Guid> excluded,
        HeldStock? held = null, Tenders? tenders = null) =>
        pricing.Price(draft, offers, excluded).Then(priced => rules.TooSmall(priced.Totals.Subtotal) is { } tooSmall
            ? tooSmall
            : (Outcome<Placement>)new Placement(draft, offers, pricing, priced, rules, secret, excluded, held, tenders));

    /// <summary>The same order under another number.</summary>
    public Placement Renumbered() => new(_draft with { Number = OrderNumber.Draw() }, _offers, _pricing, _priced, _rules, _secret, _excluded, _held, _tenders);

    /// <summary>The same order without discounts that are used up.</summary>
    public Outcome<Placement> Without(IReadOnlyList<Guid> discounts) => Of(_draft, _offers, _pricing, _rules, _secret, [.. _excluded, .. discounts], _held, _tenders);

    /// <summary>Names the new order's stream, those of its stock and those of the discounts that are counted.</summary>
    public void Touch(Touches touches)
    {
        touches.NewStream<Order>(_draft.Id).Question(_stock);
        if (_uses is not null)
        {
            touches.Question(_uses);
        }

        _tenders?.Touch(touches);
    }

    /// <summary>Places, uses the discounts, and takes the stock of all lines or none. Pure.</summary>
    public Outcome<OrderResponse> Decide(DecisionScope scope)
    {
        var order = scope.Stream<Order>(_draft.Id);
        var placed = order.Apply(Order.Place(_draft, _priced, scope.Now));
        if (!placed.IsSuccess)
        {
            return placed.Refusal;
        }

        if (_uses is not null && scope.Ask<RedeemDiscounts, DiscountAnswer>(_uses) is { Done: false } answer)
        {
            return UsedUp(answer.UsedUp);
        }

        var stock = scope.Ask<AllocateStock, StockAnswer>(_stock);
        if (!stock.Done)
        {
            return stock.ReservationStatus is { } status ? new ReservationHasEnded(_held!.ReservationId, status) : new InsufficientStock(stock.Shortages);
        }

        var paid = _tenders is null ? placed : _tenders.Pay(order, scope);
        return paid.Map(state => OrderDocuments.Answer(_draft.Id, order.Version, state, _secret));
    }

    // A coupon was asked for, so its shopper is told; what came by itself goes by itself, and expectedTotal guards who was shown it.
    private Refusal UsedUp(IReadOnlyList<Guid> discounts) =>
        _priced.Discounts.FirstOrDefault(discount => discount.Code is not null && discounts.Contains(discount.DiscountId)) is { Code: { } coupon }
            ? new CouponUsedUp(coupon)
            : new DiscountsKeepMoving(discounts);
}

/// <summary>Discounts were used up between the look at them and the decision, again and again.</summary>
[Problem(503, "discounts-moving", "The discounts keep changing", RetryAfterSeconds = 1)]
internal sealed record DiscountsKeepMoving(IReadOnlyList<Guid> Discounts) : Refusal("A discount was used up while the order was placed. Look at the total and order again.");

/// <summary>Not all units can be had, so none was taken.</summary>
[Problem(409, "insufficient-stock", "There is not enough stock")]
internal sealed record InsufficientStock(IReadOnlyList<StockShortage> Shortages) : Refusal("Nothing was taken: some SKUs are short; see shortages.");

/// <summary>The named reservation holds nothing any more, so nothing was taken; without it the order is tried on what is free.</summary>
[Problem(409, "reservation-ended", "The reservation has ended")]
internal sealed record ReservationHasEnded(Guid ReservationId, string ReservationStatus) : Refusal($"The reservation {ReservationId} is {ReservationStatus}; nothing was taken.");
