using Commerce.EventStore;
using Commerce.Orders.Paying;
using Commerce.Orders.Placing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Payments.Contracts;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// A shopper pays an order that waits for money: after a decline, after an edit that made it dearer, or because it was placed before it was paid.

/// <summary>How to pay what is open.</summary>
/// <param name="Method">A method with a provider.</param>
/// <param name="Token">What the provider gave to the browser.</param>
/// <param name="Amount">A part of what is open; all of it when absent.</param>
internal sealed record PayOrderRequest(string Method, string Token, Monetary.Money? Amount = null);

internal sealed record PayOrder(Guid Id, PayOrderRequest Body, long? IfMatch, OrderReader Reader) : IRequest<Outcome<OrderResponse>>;

internal sealed class PayOrderValidator : AbstractValidator<PayOrder>
{
    public PayOrderValidator()
    {
        RuleFor(command => command.Body.Method).Must(method => Shapes.IsWord(method, 64)).WithMessage("A method of payment.");
        RuleFor(command => command.Body.Token).Must(token => Shapes.IsWord(token, 500)).WithMessage("1 to 500 characters.");
        RuleFor(command => command.Body.Amount).Must(amount => amount is null or { Amount: > 0 }).WithMessage("More than zero.");
    }
}

internal sealed class PayOrderEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/payments", (Guid id, PayOrderRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new PayOrder(id, body, dispatcher.IfMatch, dispatcher.Reader(Ownership.WriteScope)), Respond.Ok<OrderResponse>(order => order.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<OrderResponse>()
        .Refuses<ValidationFailed, OrderNotFound, OrderIsCancelled, PaymentExceeded, PaymentDeclined, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Pay what is open of an order");
}

internal sealed class PayOrderHandler(MoneyMoves moves, IEventStore store, IPaymentMethods payments) : IRequestHandler<PayOrder, Outcome<OrderResponse>>
{
    public async Task<Outcome<OrderResponse>> Handle(PayOrder command, CancellationToken cancellationToken)
    {
        var (known, _) = await store.LoadAsync<Order>(command.Id, null, null, cancellationToken);
        if (!known.IsOpenTo(command.Reader))
        {
            return new OrderNotFound();
        }

        if (payments.ProviderOf(command.Body.Method) is not { } provider)
        {
            return ValidationFailed.Of("method", "No provider takes payments of this method.");
        }

        if (payments.FaultOf(provider, command.Body.Token) is { } fault)
        {
            return ValidationFailed.Of("token", fault);
        }

        await payments.KeepTokenAsync(command.Id, provider, command.Body.Token, cancellationToken);
        return await moves.DecideAsync(
            command.Id, command.IfMatch, (order, now, request) => order.Pay(provider, command.Body.Amount, request, now), waitsFirst: false, cancellationToken);
    }
}
