using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Pricing.ReadModels;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Pricing.Slices;

// Staff offers a discount, to everybody or to whoever has the coupon.

/// <summary>A discount.</summary>
/// <param name="Terms">What it gives, to whom and how often.</param>
/// <param name="Coupon">The code that opens it, in any case; null for one that needs none.</param>
internal sealed record DefineDiscountRequest(DiscountTerms Terms, string? Coupon = null);

internal sealed record DefineDiscount(DiscountTerms Terms, string? Coupon) : IRequest<Outcome<DiscountResponse>>;

internal sealed class DefineDiscountValidator : AbstractValidator<DefineDiscount>
{
    public DefineDiscountValidator()
    {
        RuleFor(command => command.Coupon).Must(coupon => coupon is null || (coupon.Length >= 3 && Shapes.IsCode(coupon))).WithMessage("3 to 64 letters, digits, dashes and underscores.");
        RuleFor(command => command.Terms).SetValidator(DiscountTermsRules.Instance);
    }
}

internal sealed class DefineDiscountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/discounts", (DefineDiscountRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new DefineDiscount(body.Terms, body.Coupon),
                Respond.Created<DiscountResponse>(discount => $"/api/v1/discounts/{discount.Id}", discount => discount.Version), cancellationToken))
        .RequireScope(Shapes.WriteScope)
        .Returns<DiscountResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, CouponTaken, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Offer a discount");
}

internal sealed class DefineDiscountHandler(EventSession session) : IRequestHandler<DefineDiscount, Outcome<DiscountResponse>>
{
    public Task<Outcome<DiscountResponse>> Handle(DefineDiscount command, CancellationToken cancellationToken)
    {
        var coupon = command.Coupon is null ? null : Discount.CodeOf(command.Coupon);
        var id = coupon is null ? Identifiers.Next() : Discount.IdOf(coupon);
        return session.DecideAsync<Discount, DiscountResponse>(
            id,
            (discount, scope) => discount.Apply(state => state.Define(id, coupon, command.Terms, scope.Now)).Map(state => DiscountResponse.Of(id, state, discount.Version)),
            cancellationToken);
    }
}
