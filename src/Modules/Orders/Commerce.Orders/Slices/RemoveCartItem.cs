using Commerce.EventStore;
using Commerce.Orders.Placing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// A shopper takes goods out of the cart. What is not in it is already out: a repeat is harmless.

internal sealed record RemoveCartItem(Guid Id, string Sku, long? IfMatch, Caller Caller) : IRequest<Outcome<CartResponse>>;

internal sealed class RemoveCartItemValidator : AbstractValidator<RemoveCartItem>
{
    public RemoveCartItemValidator() => RuleFor(command => command.Sku).Must(Shapes.IsSku).WithMessage("1 to 64 printable characters without spaces.");
}

internal sealed class RemoveCartItemEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/carts/{id:guid}/items/{sku}", (Guid id, string sku, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new RemoveCartItem(id, Shapes.SkuFromRoute(sku), dispatcher.IfMatch, dispatcher.Caller), Respond.Ok<CartResponse>(cart => cart.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<CartResponse>()
        .Refuses<ValidationFailed, CartNotFound, CartClosed, CartHasExpired, StaleVersion, StoreOverloaded>();
}

internal sealed class RemoveCartItemHandler(CartEdits carts) : IRequestHandler<RemoveCartItem, Outcome<CartResponse>>
{
    public Task<Outcome<CartResponse>> Handle(RemoveCartItem command, CancellationToken cancellationToken) =>
        carts.EditAsync(command.Id, command.Caller, command.IfMatch, (cart, now) => cart.RemoveItem(command.Sku, now), cancellationToken);
}
