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

// Staff takes money, in part or in whole, from the provider that holds it or by word; once the whole order is paid for, it is confirmed.

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
        .Refuses<ValidationFailed, OrderNotFound, OrderIsCancelled, PaymentExceeded, PaymentDeclined, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Take an order's money");
}

internal sealed class CapturePaymentHandler(MoneyMoves moves) : IRequestHandler<CapturePayment, Outcome<OrderResponse>>
{
    public Task<Outcome<OrderResponse>> Handle(CapturePayment command, CancellationToken cancellationToken) =>
        moves.DecideAsync(command.Id, command.IfMatch, (order, now, request) => order.CapturePayment(command.Body.Amount, now, request), waitsFirst: true, cancellationToken);
}
