using Commerce.EventStore;
using Commerce.Orders.Paying;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Staff gives up the claim to money that was set aside and not taken. A repeat changes nothing.

internal sealed record VoidPayment(Guid Id, long? IfMatch) : IRequest<Outcome<OrderResponse>>;

internal sealed class VoidPaymentEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/payments/void", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new VoidPayment(id, dispatcher.IfMatch), Respond.Ok<OrderResponse>(order => order.Version), cancellationToken))
        .RequireScope(Ownership.WriteScope)
        .Returns<OrderResponse>()
        .Refuses<OrderNotFound, PaymentAlreadyCaptured, StaleVersion, IdempotencyKeyReused, StoreOverloaded>();
}

internal sealed class VoidPaymentHandler(EventSession session) : IRequestHandler<VoidPayment, Outcome<OrderResponse>>
{
    public Task<Outcome<OrderResponse>> Handle(VoidPayment command, CancellationToken cancellationToken) =>
        session.DecideAsync<Order, OrderResponse>(
            command.Id,
            (order, scope) => order.Exists
                ? order.Expect(command.IfMatch)
                    .Then(stream => stream.Apply(state => state.VoidPayment(scope.Now)))
                    .Map(state => OrderResponse.Of(command.Id, order.Version, state))
                : new OrderNotFound(),
            cancellationToken);
}
