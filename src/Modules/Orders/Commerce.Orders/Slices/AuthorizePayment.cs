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

// Staff has money set aside: an order with a provider asks it, for any other it is recorded by word.

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
        .Refuses<ValidationFailed, OrderNotFound, OrderIsCancelled, PaymentExceeded, PaymentDeclined, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Set an order's money aside");
}

internal sealed class AuthorizePaymentHandler(MoneyMoves moves) : IRequestHandler<AuthorizePayment, Outcome<OrderResponse>>
{
    public Task<Outcome<OrderResponse>> Handle(AuthorizePayment command, CancellationToken cancellationToken) =>
        moves.DecideAsync(command.Id, command.IfMatch, (order, now, request) => order.AuthorizePayment(command.Body.Amount, now, request), waitsFirst: true, cancellationToken);
}
