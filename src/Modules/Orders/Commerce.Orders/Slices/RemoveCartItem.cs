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
        .Refuses<ValidationFailed, CartNotFound, CartClosed, StaleVersion, StoreOverloaded>();
}

internal sealed class RemoveCartItemHandler(EventSession session, CartQuotes quotes) : IRequestHandler<RemoveCartItem, Outcome<CartResponse>>
{
    public async Task<Outcome<CartResponse>> Handle(RemoveCartItem command, CancellationToken cancellationToken)
    {
        var decided = await session.DecideAsync<Cart, StagedCart>(
            command.Id,
            (cart, _) => cart.State.IsOpenTo(Ownership.CustomerOf(command.Caller), command.Caller.Has(Ownership.WriteScope))
                ? cart.Expect(command.IfMatch).Then(stream => stream.Apply(state => state.RemoveItem(command.Sku))).Map(state => new StagedCart(state, cart.Version))
                : new CartNotFound(),
            cancellationToken);
        return decided.IsSuccess
            ? (await quotes.QuoteAsync(decided.Value.Cart, cancellationToken)).Show(command.Id, decided.Value.Version, decided.Value.Cart)
            : decided.Refusal;
    }

    private sealed record StagedCart(Cart Cart, long Version);
}
