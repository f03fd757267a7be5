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

// Staff changes a discount for the orders to come; what was given stays given.

/// <summary>The discount's terms, replaced as a whole; its coupon stays.</summary>
/// <param name="Terms">What it gives, to whom and how often.</param>
internal sealed record ReviseDiscountRequest(DiscountTerms Terms);

internal sealed record ReviseDiscount(Guid Id, DiscountTerms Terms, long? IfMatch) : IRequest<Outcome<DiscountResponse>>;

internal sealed class ReviseDiscountValidator : AbstractValidator<ReviseDiscount>
{
    public ReviseDiscountValidator() => RuleFor(command => command.Terms).SetValidator(DiscountTermsRules.Instance);
}

internal sealed class ReviseDiscountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/discounts/{id:guid}", (Guid id, ReviseDiscountRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ReviseDiscount(id, body.Terms, dispatcher.IfMatch), Respond.Ok<DiscountResponse>(discount => discount.Version), cancellationToken))
        .RequireScope(Shapes.WriteScope)
        .Returns<DiscountResponse>()
        .Refuses<ValidationFailed, RuleNotFound, DiscountIsOver, DiscountNotCounted, StaleVersion, StoreOverloaded>()
        .WithSummary("Change a discount");
}

internal sealed class ReviseDiscountHandler(EventSession session) : IRequestHandler<ReviseDiscount, Outcome<DiscountResponse>>
{
    public Task<Outcome<DiscountResponse>> Handle(ReviseDiscount command, CancellationToken cancellationToken) => session.DecideAsync<Discount, DiscountResponse>(
        command.Id,
        (discount, _) => discount.Expect(command.IfMatch).Then(stream => stream.Apply(state => state.Revise(command.Terms)))
            .Map(state => DiscountResponse.Of(command.Id, state, discount.Version)),
        cancellationToken);
}
