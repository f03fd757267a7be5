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

// A shopper buys: order, stock and idempotency key are one decision and one commit, so nothing is sold twice and nothing is ordered twice.

/// <summary>An order as the shopper wants it. Prices are the shop's and have no place here.</summary>
internal sealed record PlaceOrderRequest(
    IReadOnlyList<OrderLineRequest> Lines,
    string Currency,
    PostalAddress ShippingAddress,
    PaymentRequest Payment,
    string? Email = null,
    Guid? CustomerId = null,
    Money? ExpectedTotal = null,
    string? ShippingMethod = null,
    string? Coupon = null,
    string? Locale = null,
    string? SessionId = null,
    Guid? ReservationId = null) : ICheckoutForm;

internal sealed record PlaceOrder(PlaceOrderRequest Body, Caller Caller) : IRequest<Outcome<OrderResponse>>;

internal sealed class PlaceOrderValidator : ShapeRules<PlaceOrder>
{
    public PlaceOrderValidator()
    {
        Field(command => command.Body.Lines, lines => lines.Count is >= 1 and <= Cart.MaxLines, "1 to 200 lines.");
        Parts(command => command.Body.Lines, OrderLineRules.Instance, "A line must not be null.");
        Field(command => command.Body.Currency, Currency.IsKnown, "An ISO 4217 currency code such as USD.");
        Part<ICheckoutForm>(command => command.Body, CheckoutFormRules.Instance);
    }
}

internal sealed class PlaceOrderEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders", (PlaceOrderRequest body, [FromHeader(Name = "X-Session-Id")] string? session, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new PlaceOrder(body.SessionId is null && session is not null ? body with { SessionId = session } : body, dispatcher.Caller),
                Respond.Created<OrderResponse>(order => $"/api/v1/orders/{order.Id}", order => order.Version),
                cancellationToken))
        .AllowAnonymous()
        .RequireIdempotencyKey()
        .Returns<OrderResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, Forbidden, SkuUnavailable, InsufficientStock, PriceChanged, OrderTooLarge, OrderBelowMinimum, ReservationHasEnded>()
        .Refuses<IdempotencyKeyReused, StoreOverloaded>()
        .Refuses<CouponUnknown, CouponNotStarted, CouponExpired, CouponUsedUp, CouponNotApplicable, ShippingMethodUnavailable, DiscountsKeepMoving>();
}

internal sealed class PlaceOrderHandler(OrderIntake intake, EventSession session) : IRequestHandler<PlaceOrder, Outcome<OrderResponse>>
{
    public async Task<Outcome<OrderResponse>> Handle(PlaceOrder command, CancellationToken cancellationToken)
    {
        var owner = Ownership.OwnerOf(command.Caller, command.Body.CustomerId);
        if (!owner.IsSuccess)
        {
            return owner.Refusal;
        }

        var body = command.Body;
        var prepared = await intake.PrepareAsync(OrderLines.Summed(body.Lines), body.Currency, body, owner.Value, null, cancellationToken);
        return prepared.IsSuccess
            ? await OrderIntake.DecideAsync(prepared.Value, placement => session.DecideAsync<OrderResponse>(placement.Touch, placement.Decide, cancellationToken))
            : prepared.Refusal;
    }
}
