using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Orders.Placing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Pricing.Contracts;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// A shopper chooses how the goods shall go: every way that is open to this cart and address, with its price.

/// <summary>A way of shipping a cart.</summary>
/// <param name="Method">What to send as <c>shippingMethod</c>.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Price">What it costs.</param>
/// <param name="Discount">What is taken off that.</param>
internal sealed record CartShippingMethodResponse(string Method, string Label, Money Price, Money Discount);

internal sealed record ListCartShippingMethods(Guid Id, string? Country, string? Region, Caller Caller) : IRequest<Outcome<Page<CartShippingMethodResponse>>>;

internal sealed class ListCartShippingMethodsValidator : AbstractValidator<ListCartShippingMethods>
{
    public ListCartShippingMethodsValidator()
    {
        RuleFor(query => query.Country).Must(country => country is null || Countries.IsKnown(country)).WithMessage("An ISO 3166-1 alpha-2 country code such as DE.");
        RuleFor(query => query.Region).Must(region => region is null || region.Length <= 100).WithMessage("At most 100 characters.");
    }
}

internal sealed class ListCartShippingMethodsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/carts/{id:guid}/shipping-methods", (Guid id, string? country, string? region, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new ListCartShippingMethods(id, country, region, dispatcher.Caller), Respond.Ok<Page<CartShippingMethodResponse>>(cacheControl: "no-store"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<Page<CartShippingMethodResponse>>()
        .Refuses<ValidationFailed, CartNotFound>()
        .WithSummary("The ways of shipping a cart, with their prices");
}

internal sealed class ListCartShippingMethodsHandler(IEventStore store, CartQuotes quotes) : IRequestHandler<ListCartShippingMethods, Outcome<Page<CartShippingMethodResponse>>>
{
    public async Task<Outcome<Page<CartShippingMethodResponse>>> Handle(ListCartShippingMethods query, CancellationToken cancellationToken)
    {
        var (cart, _) = await store.LoadAsync<Cart>(query.Id, null, null, cancellationToken);
        if (!cart.IsOpenTo(Ownership.CustomerOf(query.Caller), query.Caller.Has(Ownership.ReadScope)))
        {
            return new CartNotFound();
        }

        var country = query.Country ?? cart.ShippingAddress?.Country;
        if (country is null)
        {
            return ValidationFailed.Of("country", "Where do the goods go? The cart has no address yet.");
        }

        var quote = await quotes.QuoteAsync(cart, cancellationToken);
        var destination = new Destination(country, query.Country is null ? cart.ShippingAddress?.Region : query.Region);
        var options = quote.Pricing.ShippingOptions(cart.Currency, quote.Goods(cart), destination, cart.Coupons);
        return new Page<CartShippingMethodResponse>(
            [.. options.Select(way => new CartShippingMethodResponse(way.Method, way.Label, Money.Of(way.Amount, cart.Currency), Money.Of(way.Discount, cart.Currency)))], null);
    }
}
