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

// A shopper does not want what was saved for later any more. What is not there is already forgotten.

internal sealed record ForgetSavedItem(Guid Id, string Sku, long? IfMatch, Caller Caller) : IRequest<Outcome<CartResponse>>;

internal sealed class ForgetSavedItemValidator : AbstractValidator<ForgetSavedItem>
{
    public ForgetSavedItemValidator() => RuleFor(command => command.Sku).Must(Shapes.IsSku).WithMessage("1 to 64 printable characters without spaces.");
}

internal sealed class ForgetSavedItemEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/carts/{id:guid}/saved/{sku}", (Guid id, string sku, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new ForgetSavedItem(id, Shapes.SkuFromRoute(sku), dispatcher.IfMatch, dispatcher.Caller), Respond.Ok<CartResponse>(cart => cart.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<CartResponse>()
        .Refuses<ValidationFailed, CartNotFound, CartClosed, CartHasExpired, StaleVersion, StoreOverloaded>()
        .WithSummary("Drop an item that was saved for later");
}

internal sealed class ForgetSavedItemHandler(CartEdits carts) : IRequestHandler<ForgetSavedItem, Outcome<CartResponse>>
{
    public Task<Outcome<CartResponse>> Handle(ForgetSavedItem command, CancellationToken cancellationToken) =>
        carts.EditAsync(command.Id, command.Caller, command.IfMatch, (cart, now) => cart.ForgetSaved(command.Sku, now), cancellationToken);
}
