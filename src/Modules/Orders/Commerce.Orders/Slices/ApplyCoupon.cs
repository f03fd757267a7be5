using Commerce.EventStore;
using Commerce.Orders.Placing;
using Commerce.Orders.Pricing;
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

// A shopper puts a coupon into the cart and sees at once what it takes off, or why it does not: a condition may still be met by what is put in next.

internal sealed record ApplyCoupon(Guid Id, string Code, long? IfMatch, Caller Caller) : IRequest<Outcome<CartResponse>>;

internal sealed class ApplyCouponValidator : AbstractValidator<ApplyCoupon>
{
    public ApplyCouponValidator() => RuleFor(command => command.Code).Must(code => Shapes.IsWord(code, 64)).WithMessage("1 to 64 characters.");
}

internal sealed class ApplyCouponEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/carts/{id:guid}/coupons/{code}", (Guid id, string code, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new ApplyCoupon(id, code.Trim().ToUpperInvariant(), dispatcher.IfMatch, dispatcher.Caller), Respond.Ok<CartResponse>(cart => cart.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<CartResponse>()
        .Refuses<ValidationFailed, CartNotFound, CouponNotFound, CartHasTooManyCoupons, CartClosed, CartHasExpired, StaleVersion, StoreOverloaded>()
        .WithSummary("Put a coupon into a cart");
}

internal sealed class ApplyCouponHandler(EventSession session, IEventStore store, IRuleBook book, CartQuotes quotes, CheckoutRules rules) : IRequestHandler<ApplyCoupon, Outcome<CartResponse>>
{
    public async Task<Outcome<CartResponse>> Handle(ApplyCoupon command, CancellationToken cancellationToken)
    {
        var (known, _) = await store.LoadAsync<Cart>(command.Id, null, null, cancellationToken);
        if (!known.IsOpenTo(Ownership.CustomerOf(command.Caller), command.Caller.Has(Ownership.WriteScope)))
        {
            return new CartNotFound();
        }

        if (!(await book.CurrentAsync(cancellationToken)).Knows(command.Code))
        {
            return new CouponNotFound(command.Code);
        }

        var decided = await session.DecideAsync<Cart, StagedCoupon>(
            command.Id,
            (cart, scope) => cart.Expect(command.IfMatch)
                .Then(stream => stream.Apply(state => state.At(scope.Now, rules.CartLifetime).ApplyCoupon(command.Code, scope.Now)))
                .Map(state => new StagedCoupon(state, cart.Version)),
            cancellationToken);
        return decided.IsSuccess ? await quotes.ShowAsync(command.Id, decided.Value.Cart, decided.Value.Version, cancellationToken) : decided.Refusal;
    }

    private sealed record StagedCoupon(Cart Cart, long Version);
}
