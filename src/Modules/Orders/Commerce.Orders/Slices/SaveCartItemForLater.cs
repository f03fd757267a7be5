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

// A shopper does not want something now but does not want to look for it again either: it stays with the cart and out of its checkout.

internal sealed record SaveCartItemForLater(Guid Id, string Sku, long? IfMatch, Caller Caller) : IRequest<Outcome<CartResponse>>;

internal sealed class SaveCartItemForLaterValidator : AbstractValidator<SaveCartItemForLater>
{
    public SaveCartItemForLaterValidator() => RuleFor(command => command.Sku).Must(Shapes.IsSku).WithMessage("1 to 64 printable characters without spaces.");
}

internal sealed class SaveCartItemForLaterEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/carts/{id:guid}/items/{sku}/save-for-later", (Guid id, string sku, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new SaveCartItemForLater(id, Shapes.SkuFromRoute(sku), dispatcher.IfMatch, dispatcher.Caller), Respond.Ok<CartResponse>(cart => cart.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<CartResponse>()
        .Refuses<ValidationFailed, CartNotFound, CartItemNotFound, CartClosed, CartHasExpired, CartIsFull, StaleVersion, IdempotencyKeyReused>()
        .Refuses<StoreOverloaded>()
        .WithSummary("Save an item of the cart for later");
}

internal sealed class SaveCartItemForLaterHandler(CartEdits carts) : IRequestHandler<SaveCartItemForLater, Outcome<CartResponse>>
{
    public Task<Outcome<CartResponse>> Handle(SaveCartItemForLater command, CancellationToken cancellationToken) =>
        carts.EditAsync(command.Id, command.Caller, command.IfMatch, (cart, now) => cart.SaveForLater(command.Sku, now), cancellationToken);
}
