using Commerce.EventStore;
using Commerce.Orders.Paying;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
        .Refuses<ValidationFailed, OrderNotFound, PaymentExceeded, PaymentDeclined, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Give an order's money back");
}

internal sealed class RefundPaymentHandler(MoneyMoves moves) : IRequestHandler<RefundPayment, Outcome<OrderResponse>>
{
    public Task<Outcome<OrderResponse>> Handle(RefundPayment command, CancellationToken cancellationToken) =>
        moves.DecideAsync(command.Id, command.IfMatch, (order, now, request) => order.RefundPayment(command.Body.Amount, command.Body.Reason, now, request), waitsFirst: false, cancellationToken);
}
