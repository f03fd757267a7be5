using Commerce.EventStore;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// A shopper looks into the cart: prices and stock are asked for anew each time, and what changed since is said before checkout does.

internal sealed record GetCart(Guid Id, Caller Caller) : IRequest<Outcome<CartResponse>>;

internal sealed class GetCartEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/carts/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new GetCart(id, dispatcher.Caller), Respond.Ok<CartResponse>(cacheControl: "no-store"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<CartResponse>()
        .Refuses<CartNotFound>();
}

internal sealed class GetCartHandler(IEventStore store, CartQuotes quotes) : IRequestHandler<GetCart, Outcome<CartResponse>>
{
    public async Task<Outcome<CartResponse>> Handle(GetCart query, CancellationToken cancellationToken)
    {
        var (cart, version) = await store.LoadAsync<Cart>(query.Id, null, null, cancellationToken);
        return cart.IsOpenTo(Ownership.CustomerOf(query.Caller), query.Caller.Has(Ownership.ReadScope))
            ? await quotes.ShowAsync(query.Id, cart, version, cancellationToken)
            : new CartNotFound();
    }
}
