using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Orders.Placing;
using Commerce.Orders.Pricing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// A shopper puts goods into the cart or changes how many. The edit names one SKU, so edits of two tabs never undo each other.

/// <summary>How many there should be; 0 takes the SKU out.</summary>
/// <param name="Quantity">0 to 10,000.</param>
internal sealed record SetCartItemRequest(int Quantity);

internal sealed record SetCartItem(Guid Id, string Sku, int Quantity, long? IfMatch, Caller Caller) : IRequest<Outcome<CartResponse>>;

internal sealed class SetCartItemValidator : AbstractValidator<SetCartItem>
{
    public SetCartItemValidator()
    {
        RuleFor(command => command.Sku).Must(Shapes.IsSku).WithMessage("1 to 64 printable characters without spaces.");
        RuleFor(command => command.Quantity).Must(quantity => quantity is >= 0 and <= Cart.MaxQuantity).WithMessage("0 to 10,000.");
    }
}

internal sealed class SetCartItemEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/carts/{id:guid}/items/{sku}", (Guid id, string sku, SetCartItemRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new SetCartItem(id, Shapes.SkuFromRoute(sku), body.Quantity, dispatcher.IfMatch, dispatcher.Caller), Respond.Ok<CartResponse>(cart => cart.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<CartResponse>()
        .Refuses<ValidationFailed, CartNotFound, SkuNotFound, CartClosed, CartHasExpired, CartIsFull, StaleVersion, StoreOverloaded>();
}

internal sealed class SetCartItemHandler(EventSession session, IEventStore store, IPriceBook prices, CurrentPricing pricings, CartQuotes quotes, CheckoutRules rules)
    : IRequestHandler<SetCartItem, Outcome<CartResponse>>
{
    public async Task<Outcome<CartResponse>> Handle(SetCartItem command, CancellationToken cancellationToken)
    {
        var (known, _) = await store.LoadAsync<Cart>(command.Id, null, null, cancellationToken);
        if (!known.IsOpenTo(Ownership.CustomerOf(command.Caller), command.Caller.Has(Ownership.WriteScope)))
        {
            return new CartNotFound();
        }

        var offers = command.Quantity == 0
            ? new Dictionary<string, SkuOffer>()
            : await prices.OffersAsync([new SkuQuantity(command.Sku, command.Quantity)], known.Currency,
                (await pricings.ForAsync(known.CustomerId, known.Email, [], cancellationToken)).Buyer.Group, OrdersOptions.DefaultLocale, cancellationToken);
        if (command.Quantity > 0 && !offers.ContainsKey(command.Sku))
        {
            return new SkuNotFound(command.Sku);
        }

        var decided = await session.DecideAsync<Cart, StagedCart>(
            command.Id,
            (cart, scope) => cart.Expect(command.IfMatch).Then(stream => stream.Apply(state => command.Quantity == 0
                    ? state.At(scope.Now, rules.CartLifetime).RemoveItem(command.Sku, scope.Now)
                    : state.At(scope.Now, rules.CartLifetime).SetItem(CartOffers.Item(command.Quantity, offers[command.Sku], scope.Now))))
                .Map(state => new StagedCart(state, cart.Version)),
            cancellationToken);
        return decided.IsSuccess
            ? await quotes.ShowAsync(command.Id, decided.Value.Cart, decided.Value.Version, cancellationToken)
            : decided.Refusal;
    }

    private sealed record StagedCart(Cart Cart, long Version);
}
