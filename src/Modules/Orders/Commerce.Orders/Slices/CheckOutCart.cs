using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Orders.Placing;
using Commerce.Orders.Pricing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// A shopper buys what lies in the cart, and what the cart knows of the shopper need not be said again. The cart is closed in the commit that makes the order, so it can become one order only.

/// <summary>What an order needs beside the goods, which are the cart's. What is not said here is taken from the cart.</summary>
internal sealed record CheckOutCartRequest(
    PaymentRequest Payment,
    PostalAddress? ShippingAddress = null,
    string? Email = null,
    Guid? CustomerId = null,
    Money? ExpectedTotal = null,
    string? ShippingMethod = null,
    string? Coupon = null,
    string? Locale = null,
    string? SessionId = null,
    Guid? ReservationId = null) : ICheckoutForm;

internal sealed record CheckOutCart(Guid Id, CheckOutCartRequest Body, long? IfMatch, Caller Caller) : IRequest<Outcome<OrderResponse>>;

internal sealed class CheckOutCartValidator : ShapeRules<CheckOutCart>
{
    public CheckOutCartValidator() => Part<ICheckoutForm>(command => command.Body, CheckoutFormRules.Instance);
}

internal sealed class CheckOutCartEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/carts/{id:guid}/checkout", (
            Guid id, CheckOutCartRequest body, [FromHeader(Name = "X-Session-Id")] string? session, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new CheckOutCart(id, body.SessionId is null && session is not null ? body with { SessionId = session } : body, dispatcher.IfMatch, dispatcher.Caller),
                Respond.Created<OrderResponse>(order => $"/api/v1/orders/{order.Id}", order => order.Version),
                cancellationToken))
        .AllowAnonymous()
        .RequireIdempotencyKey()
        .Returns<OrderResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, Forbidden, CartNotFound, CartClosed, CartHasExpired, CartIsEmpty, SkuUnavailable, InsufficientStock>()
        .Refuses<PriceChanged, OrderTooLarge, OrderBelowMinimum, ReservationHasEnded, CartKeepsMoving, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .Refuses<CouponUnknown, CouponNotStarted, CouponExpired, CouponUsedUp, CouponNotApplicable, ShippingMethodUnavailable, DiscountsKeepMoving>();
}

internal sealed class CheckOutCartHandler(OrderIntake intake, EventSession session, IEventStore store, CartQuotes quotes, CheckoutRules rules, TimeProvider clock)
    : IRequestHandler<CheckOutCart, Outcome<OrderResponse>>
{
    private const int MaxAttempts = 4;

    public async Task<Outcome<OrderResponse>> Handle(CheckOutCart command, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await TryAsync(command, cancellationToken);
            if (outcome.Refusal is not CartKeepsMoving || attempt == MaxAttempts)
            {
                return outcome;
            }
        }
    }

    private async Task<Outcome<OrderResponse>> TryAsync(CheckOutCart command, CancellationToken cancellationToken)
    {
        var (cart, version) = await store.LoadAsync<Cart>(command.Id, null, null, cancellationToken);
        var caller = command.Caller;
        if (!cart.IsOpenTo(Ownership.CustomerOf(caller), caller.Has(Ownership.WriteScope)))
        {
            return new CartNotFound();
        }

        var owner = Ownership.OwnerOf(caller, cart.CustomerId ?? command.Body.CustomerId);
        if (!owner.IsSuccess)
        {
            return owner.Refusal;
        }

        var body = command.Body with
        {
            Email = command.Body.Email ?? cart.Email,
            ShippingAddress = command.Body.ShippingAddress ?? cart.ShippingAddress,
            ShippingMethod = command.Body.ShippingMethod ?? cart.ShippingMethod,
        };
        var told = new CheckoutDetails(body.Email, body.ShippingAddress, body.ShippingMethod, HasPayment: true);
        cart = cart.At(clock.GetUtcNow(), rules.CartLifetime);
        if (rules.Gate(cart, (await quotes.QuoteAsync(cart, cancellationToken)).Show(command.Id, version, cart, told)) is { } refusal)
        {
            return refusal;
        }

        var lines = cart.Items.ConvertAll(item => new SkuQuantity(item.Sku, item.Quantity));
        var prepared = await intake.PrepareAsync(lines, cart.Currency, body, owner.Value, new CartOrigin(command.Id, cart.Coupons), cancellationToken);
        return prepared.IsSuccess
            ? await OrderIntake.DecideAsync(prepared.Value, placement => session.DecideAsync<OrderResponse>(
                touches => placement.Touch(touches.Stream<Cart>(command.Id)),
                scope => Decide(scope.Stream<Cart>(command.Id), command, cart, placement, scope),
                cancellationToken))
            : prepared.Refusal;
    }

    private Outcome<OrderResponse> Decide(StagedStream<Cart> cart, CheckOutCart command, Cart seen, Placement placement, DecisionScope scope) =>
        cart.Expect(command.IfMatch)
            .Then(stream => stream.Apply(state => state.At(scope.Now, rules.CartLifetime).CheckOut(placement.Id, scope.Now)))
            .Then(state => state.Items.SequenceEqual(seen.Items) && state.TellsTheSameAs(seen) ? placement.Decide(scope) : new CartKeepsMoving());
}

/// <summary>Another tab changed the cart between the look-up of its prices and the decision, again and again.</summary>
[Problem(503, "cart-moving", "The cart keeps changing", RetryAfterSeconds = 1)]
internal sealed record CartKeepsMoving() : Refusal("The cart was changed while it was checked out. Look at it and check out again.");
