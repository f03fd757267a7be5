using Commerce.EventStore;
using Commerce.Orders.Placing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Pricing.Contracts;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// A shopper looks into the cart: prices and stock are asked for anew each time, and what changed since is said before checkout does. While no address is
// told, ?country= and ?region= show what shipping and tax would be there.

internal sealed record GetCart(Guid Id, string? Country, string? Region, Caller Caller) : IRequest<Outcome<CartResponse>>;

internal sealed class GetCartValidator : AbstractValidator<GetCart>
{
    public GetCartValidator()
    {
        RuleFor(query => query.Country).Must(country => country is null || Countries.IsKnown(country)).WithMessage("An ISO 3166-1 alpha-2 country code such as DE.");
        RuleFor(query => query.Region).Must(region => region is null || region.Length <= 100).WithMessage("At most 100 characters.");
    }
}

internal sealed class GetCartEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/carts/{id:guid}", (Guid id, string? country, string? region, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new GetCart(id, country, region, dispatcher.Caller), Respond.Ok<CartResponse>(cacheControl: "no-store"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<CartResponse>()
        .Refuses<ValidationFailed, CartNotFound>();
}

internal sealed class GetCartHandler(IEventStore store, CartQuotes quotes) : IRequestHandler<GetCart, Outcome<CartResponse>>
{
    public async Task<Outcome<CartResponse>> Handle(GetCart query, CancellationToken cancellationToken)
    {
        var (cart, version) = await store.LoadAsync<Cart>(query.Id, null, null, cancellationToken);
        return cart.IsOpenTo(Ownership.CustomerOf(query.Caller), query.Caller.Has(Ownership.ReadScope))
            ? await quotes.ShowAsync(query.Id, cart, version, cancellationToken, query.Country is null ? null : new Destination(query.Country, query.Region))
            : new CartNotFound();
    }
}
