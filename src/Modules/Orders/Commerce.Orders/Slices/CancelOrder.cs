using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Pricing.Contracts;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Owner or staff calls an order off before anything was shipped: its stock is for sale again the moment the order is cancelled, in the same commit.

/// <summary>Why the order is called off.</summary>
/// <param name="Reason">For people, up to 500 characters.</param>
internal sealed record CancelOrderRequest(string? Reason = null);

internal sealed record CancelOrder(Guid Id, string? Reason, long? IfMatch, OrderReader Reader) : IRequest<Outcome<OrderResponse>>;

internal sealed class CancelOrderValidator : AbstractValidator<CancelOrder>
{
    public CancelOrderValidator() => RuleFor(command => command.Reason).MaximumLength(500);
}

internal sealed class CancelOrderEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/cancel", (Guid id, CancelOrderRequest? body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new CancelOrder(id, body?.Reason, dispatcher.IfMatch, dispatcher.Reader(Ownership.WriteScope)),
                Respond.Ok<OrderResponse>(order => order.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<OrderResponse>()
        .Refuses<ValidationFailed, OrderNotFound, OrderAlreadyShipped, OrderKeepsMoving, StaleVersion, IdempotencyKeyReused, StoreOverloaded>();
}

internal sealed class CancelOrderHandler(EventSession session) : IRequestHandler<CancelOrder, Outcome<OrderResponse>>
{
    private const int MaxAttempts = 4;

    public async Task<Outcome<OrderResponse>> Handle(CancelOrder command, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            // Read first only to learn which stock streams the decision will need; the decision checks everything on the state of its own moment.
            var known = await session.AggregateStreamAsync<Order>(command.Id, cancellationToken: cancellationToken);
            if (known is null || !known.IsOpenTo(command.Reader))
            {
                return new OrderNotFound();
            }

            var outcome = await session.DecideAsync(
                touches => touches.Stream<Order>(command.Id).Question(StockOf(command.Id, known)).Question(new ReturnDiscounts(command.Id, known.CountedDiscounts)),
                scope => scope.Stream<Order>(command.Id).Expect(command.IfMatch).Then(order => Decide(order, command, known, scope)),
                cancellationToken);
            if (outcome.Refusal is not OrderKeepsMoving || attempt == MaxAttempts)
            {
                return outcome;
            }
        }
    }

    private static ReleaseStock StockOf(Guid id, Order order) => new(id, [.. order.Lines.Select(line => new StockLine(line.Sku, line.Quantity))]);

    private static Outcome<OrderResponse> Decide(StagedStream<Order> order, CancelOrder command, Order known, DecisionScope scope)
    {
        if (order.State.Lines.Any(line => known.Lines.All(seen => seen.Sku != line.Sku)))
        {
            return new OrderKeepsMoving();
        }

        var before = order.Version;
        var cancelled = order.Apply(state => state.Cancel(command.Reason, scope.Now));
        if (cancelled.IsSuccess && order.Version > before)
        {
            if (!scope.Ask<ReleaseStock, StockAnswer>(StockOf(command.Id, order.State)).Done)
            {
                // This host has not heard yet of a bundle that the order holds; in a moment it has.
                return new OrderKeepsMoving();
            }

            scope.Ask<ReturnDiscounts, DiscountAnswer>(new ReturnDiscounts(command.Id, order.State.CountedDiscounts));
        }

        return cancelled.Map(state => OrderResponse.Of(order.Id, order.Version, state));
    }
}

/// <summary>An edit put a new SKU into the order between the look at it and the decision, again and again.</summary>
[Problem(503, "order-moving", "The order keeps changing", RetryAfterSeconds = 1)]
internal sealed record OrderKeepsMoving() : Refusal("The order was edited while it was cancelled. Look at it and cancel again.");
