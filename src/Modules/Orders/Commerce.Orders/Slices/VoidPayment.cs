using Commerce.EventStore;
using Commerce.Orders.Paying;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
        .Refuses<OrderNotFound, PaymentAlreadyCaptured, PaymentDeclined, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Give up what is set aside");
}

internal sealed class VoidPaymentHandler(MoneyMoves moves) : IRequestHandler<VoidPayment, Outcome<OrderResponse>>
{
    public Task<Outcome<OrderResponse>> Handle(VoidPayment command, CancellationToken cancellationToken) =>
        moves.DecideAsync(command.Id, command.IfMatch, (order, now, request) => order.VoidPayment(now, request), waitsFirst: false, cancellationToken);
}
