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

// Staff gives money back, in part or in whole, but never more than was taken.

internal sealed record RefundPayment(Guid Id, PaymentAmountRequest Body, long? IfMatch) : IRequest<Outcome<OrderResponse>>;

internal sealed class RefundPaymentValidator : AbstractValidator<RefundPayment>
{
    public RefundPaymentValidator() => RuleFor(command => command.Body).SetValidator(PaymentAmountRules.Instance);
}

internal sealed class RefundPaymentEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/payments/refund", (Guid id, PaymentAmountRequest? body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new RefundPayment(id, body ?? new PaymentAmountRequest(), dispatcher.IfMatch), Respond.Ok<OrderResponse>(order => order.Version), cancellationToken))
        .RequireScope(Ownership.WriteScope)
        .Returns<OrderResponse>()
        .Refuses<ValidationFailed, OrderNotFound, PaymentExceeded, StaleVersion, IdempotencyKeyReused, StoreOverloaded>();
}

internal sealed class RefundPaymentHandler(EventSession session) : IRequestHandler<RefundPayment, Outcome<OrderResponse>>
{
    public Task<Outcome<OrderResponse>> Handle(RefundPayment command, CancellationToken cancellationToken) =>
        session.DecideAsync<Order, OrderResponse>(
            command.Id,
            (order, scope) => order.Exists
                ? order.Expect(command.IfMatch)
                    .Then(stream => stream.Apply(state => state.RefundPayment(command.Body.Amount, command.Body.Reason, scope.Now)))
                    .Map(state => OrderResponse.Of(command.Id, order.Version, state))
                : new OrderNotFound(),
            cancellationToken);
}
