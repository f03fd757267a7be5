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

// Staff records that money was taken, in part or in whole; once the whole order is paid for, it is confirmed in the same commit.

internal sealed record CapturePayment(Guid Id, PaymentAmountRequest Body, long? IfMatch) : IRequest<Outcome<OrderResponse>>;

internal sealed class CapturePaymentValidator : AbstractValidator<CapturePayment>
{
    public CapturePaymentValidator() => RuleFor(command => command.Body).SetValidator(PaymentAmountRules.Instance);
}

internal sealed class CapturePaymentEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/payments/capture", (Guid id, PaymentAmountRequest? body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new CapturePayment(id, body ?? new PaymentAmountRequest(), dispatcher.IfMatch), Respond.Ok<OrderResponse>(order => order.Version), cancellationToken))
        .RequireScope(Ownership.WriteScope)
        .Returns<OrderResponse>()
        .Refuses<ValidationFailed, OrderNotFound, OrderIsCancelled, PaymentExceeded, StaleVersion, IdempotencyKeyReused, StoreOverloaded>();
}

internal sealed class CapturePaymentHandler(EventSession session) : IRequestHandler<CapturePayment, Outcome<OrderResponse>>
{
    public Task<Outcome<OrderResponse>> Handle(CapturePayment command, CancellationToken cancellationToken) =>
        session.DecideAsync<Order, OrderResponse>(
            command.Id,
            (order, scope) => order.Exists
                ? order.Expect(command.IfMatch)
                    .Then(stream => stream.Apply(state => state.CapturePayment(command.Body.Amount, scope.Now)))
                    .Map(state => OrderResponse.Of(command.Id, order.Version, state))
                : new OrderNotFound(),
            cancellationToken);
}
