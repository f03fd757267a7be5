using Commerce.EventStore;
using Commerce.Orders.Paying;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Staff records that the money of an order is set aside: by a provider, or by word for the methods that are paid by hand.

internal sealed record AuthorizePayment(Guid Id, PaymentAmountRequest Body, long? IfMatch) : IRequest<Outcome<OrderResponse>>;

internal sealed class AuthorizePaymentValidator : AbstractValidator<AuthorizePayment>
{
    public AuthorizePaymentValidator() => RuleFor(command => command.Body).SetValidator(PaymentAmountRules.Instance);
}

internal sealed class AuthorizePaymentEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/payments/authorize", (Guid id, PaymentAmountRequest? body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new AuthorizePayment(id, body ?? new PaymentAmountRequest(), dispatcher.IfMatch), Respond.Ok<OrderResponse>(order => order.Version), cancellationToken))
        .RequireScope(Ownership.WriteScope)
        .Returns<OrderResponse>()
        .Refuses<ValidationFailed, OrderNotFound, OrderIsCancelled, PaymentExceeded, StaleVersion, IdempotencyKeyReused, StoreOverloaded>();
}

internal sealed class AuthorizePaymentHandler(EventSession session) : IRequestHandler<AuthorizePayment, Outcome<OrderResponse>>
{
    public Task<Outcome<OrderResponse>> Handle(AuthorizePayment command, CancellationToken cancellationToken) =>
        session.DecideAsync<Order, OrderResponse>(
            command.Id,
            (order, scope) => order.Exists
                ? order.Expect(command.IfMatch)
                    .Then(stream => stream.Apply(state => state.AuthorizePayment(command.Body.Amount, scope.Now)))
                    .Map(state => OrderResponse.Of(command.Id, order.Version, state))
                : new OrderNotFound(),
            cancellationToken);
}
