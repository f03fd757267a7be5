using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
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
        .Refuses<ValidationFailed, OrderNotFound, OrderAlreadyShipped, StaleVersion, IdempotencyKeyReused, StoreOverloaded>();
}

internal sealed class CancelOrderHandler(EventSession session) : IRequestHandler<CancelOrder, Outcome<OrderResponse>>
{
    public async Task<Outcome<OrderResponse>> Handle(CancelOrder command, CancellationToken cancellationToken)
    {
        // Read first only to learn which stock streams the decision will need; the decision checks everything on the state of its own moment.
        var known = await session.AggregateStreamAsync<Order>(command.Id, cancellationToken: cancellationToken);
        if (known is null || !known.IsOpenTo(command.Reader))
        {
            return new OrderNotFound();
        }

        var stock = new ReleaseStock(command.Id, [.. known.Lines.Select(line => new StockLine(line.Sku, line.Quantity))]);
        return await session.DecideAsync(
            touches => touches.Stream<Order>(command.Id).Question(stock),
            scope => scope.Stream<Order>(command.Id).Expect(command.IfMatch).Then(order => Decide(order, command, stock, scope)),
            cancellationToken);
    }

    private static Outcome<OrderResponse> Decide(StagedStream<Order> order, CancelOrder command, ReleaseStock stock, DecisionScope scope)
    {
        var before = order.Version;
        var cancelled = order.Apply(state => state.Cancel(command.Reason, scope.Now));
        if (cancelled.IsSuccess && order.Version > before)
        {
            scope.Ask<ReleaseStock, StockAnswer>(stock);
        }

        return cancelled.Map(state => OrderResponse.Of(order.Id, order.Version, state));
    }
}
