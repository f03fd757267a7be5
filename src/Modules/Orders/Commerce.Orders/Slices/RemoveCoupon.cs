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

// A shopper takes a coupon out of the cart again. One that is not in is already out.

internal sealed record RemoveCoupon(Guid Id, string Code, long? IfMatch, Caller Caller) : IRequest<Outcome<CartResponse>>;

internal sealed class RemoveCouponValidator : AbstractValidator<RemoveCoupon>
{
    public RemoveCouponValidator() => RuleFor(command => command.Code).Must(code => Shapes.IsWord(code, 64)).WithMessage("1 to 64 characters.");
}

internal sealed class RemoveCouponEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/carts/{id:guid}/coupons/{code}", (Guid id, string code, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new RemoveCoupon(id, code.Trim().ToUpperInvariant(), dispatcher.IfMatch, dispatcher.Caller), Respond.Ok<CartResponse>(cart => cart.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<CartResponse>()
        .Refuses<ValidationFailed, CartNotFound, CartClosed, CartHasExpired, StaleVersion, StoreOverloaded>()
        .WithSummary("Take a coupon out of a cart");
}

internal sealed class RemoveCouponHandler(CartEdits carts) : IRequestHandler<RemoveCoupon, Outcome<CartResponse>>
{
    public Task<Outcome<CartResponse>> Handle(RemoveCoupon command, CancellationToken cancellationToken) =>
        carts.EditAsync(command.Id, command.Caller, command.IfMatch, (cart, now) => cart.RemoveCoupon(command.Code, now), cancellationToken);
}
