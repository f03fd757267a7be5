using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Orders.Placing;
using Commerce.Orders.Pricing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// A shopper takes a cart, empty or with the first goods in it. A guest's is open to whoever knows its id, so the id is all a browser has to keep.

/// <summary>The cart's currency and first items.</summary>
internal sealed record OpenCartRequest(string? Currency = null, IReadOnlyList<OrderLineRequest>? Items = null, Guid? CustomerId = null);

internal sealed record OpenCart(OpenCartRequest Body, Caller Caller) : IRequest<Outcome<CartResponse>>;

internal sealed class OpenCartValidator : AbstractValidator<OpenCart>
{
    public OpenCartValidator()
    {
        RuleFor(command => command.Body.Currency).Must(currency => currency is null || Currency.IsKnown(currency)).WithMessage("An ISO 4217 currency code such as USD.");
        RuleFor(command => command.Body.Items).Must(items => items is not { Count: > Cart.MaxLines }).WithMessage("At most 200 items.");
        RuleForEach(command => command.Body.Items).NotNull().WithMessage("An item must not be null.").SetValidator(OrderLineRules.Instance);
    }
}

internal sealed class OpenCartEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/carts", (OpenCartRequest? body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new OpenCart(body ?? new OpenCartRequest(), dispatcher.Caller),
                Respond.Created<CartResponse>(cart => $"/api/v1/carts/{cart.Id}", cart => cart.Version),
                cancellationToken))
        .AllowAnonymous()
        .Returns<CartResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, Forbidden, SkuUnavailable, IdempotencyKeyReused, StoreOverloaded>();
}

internal sealed class OpenCartHandler(EventSession session, CartQuotes quotes, OrdersOptions options, CheckoutRules rules) : IRequestHandler<OpenCart, Outcome<CartResponse>>
{
    public async Task<Outcome<CartResponse>> Handle(OpenCart command, CancellationToken cancellationToken)
    {
        var owner = Ownership.OwnerOf(command.Caller, command.Body.CustomerId);
        if (!owner.IsSuccess)
        {
            return owner.Refusal;
        }

        var id = Identifiers.Next();
        var currency = command.Body.Currency ?? options.DefaultCurrency;
        var lines = OrderLines.Summed(command.Body.Items ?? []);
        var quote = await quotes.QuoteAsync(lines, currency, owner.Value, null, [], cancellationToken);
        var items = CartOffers.Items(lines, quote.Offers);
        return !items.IsSuccess
            ? items.Refusal
            : await session.DecideAsync(
                touches => touches.NewStream<Cart>(id),
                scope => scope.Stream<Cart>(id).Apply(Cart.Open(owner.Value, currency, items.Value, scope.Now))
                    .Map(cart => quote.Show(id, scope.Stream<Cart>(id).Version, cart.At(scope.Now, rules.CartLifetime))),
                cancellationToken);
    }
}
