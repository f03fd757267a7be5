using Commerce.EventStore;
using Commerce.Orders.Placing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// "Later" is now: what was saved goes back into the cart with the quantity it had, at the price that was first shown for it, so that a change is told.

internal sealed record MoveSavedItemToCart(Guid Id, string Sku, long? IfMatch, Caller Caller) : IRequest<Outcome<CartResponse>>;

internal sealed class MoveSavedItemToCartValidator : AbstractValidator<MoveSavedItemToCart>
{
    public MoveSavedItemToCartValidator() => RuleFor(command => command.Sku).Must(Shapes.IsSku).WithMessage("1 to 64 printable characters without spaces.");
}

internal sealed class MoveSavedItemToCartEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/carts/{id:guid}/saved/{sku}/move-to-cart", (Guid id, string sku, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new MoveSavedItemToCart(id, Shapes.SkuFromRoute(sku), dispatcher.IfMatch, dispatcher.Caller), Respond.Ok<CartResponse>(cart => cart.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<CartResponse>()
        .Refuses<ValidationFailed, CartNotFound, CartItemNotFound, CartClosed, CartHasExpired, CartIsFull, StaleVersion, IdempotencyKeyReused>()
        .Refuses<StoreOverloaded>()
        .WithSummary("Put an item that was saved for later back into the cart");
}

internal sealed class MoveSavedItemToCartHandler(CartEdits carts) : IRequestHandler<MoveSavedItemToCart, Outcome<CartResponse>>
{
    public Task<Outcome<CartResponse>> Handle(MoveSavedItemToCart command, CancellationToken cancellationToken) =>
        carts.EditAsync(command.Id, command.Caller, command.IfMatch, (cart, now) => cart.MoveToCart(command.Sku, now), cancellationToken);
}
