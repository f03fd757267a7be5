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

// Staff says how the shop ships and for how much; orders see it from the next one on.

/// <summary>A way of shipping, replaced as a whole.</summary>
/// <param name="Label">Its name for people.</param>
/// <param name="Rates">What it costs where; the most exact rate in the order's currency holds.</param>
/// <param name="Position">Lists show the lowest first, and the first that is open is taken when nobody chose.</param>
internal sealed record SetShippingMethodRequest(string Label, IReadOnlyList<ShippingRate> Rates, int Position = 100);

internal sealed record SetShippingMethod(string Code, SetShippingMethodRequest Body, long? IfMatch) : IRequest<Outcome<ShippingMethodResponse>>;

internal sealed class SetShippingMethodValidator : AbstractValidator<SetShippingMethod>
{
    public SetShippingMethodValidator()
    {
        RuleFor(command => command.Code).Must(Shapes.IsCode).WithMessage("1 to 64 letters, digits, dashes and underscores.");
        RuleFor(command => command.Body.Label).Must(label => Shapes.IsWord(label, 200)).WithMessage("1 to 200 characters.");
        RuleFor(command => command.Body.Position).InclusiveBetween(0, 10_000);
        RuleFor(command => command.Body.Rates).Must(rates => rates.Count is >= 1 and <= 500).WithMessage("1 to 500 rates.");
        RuleForEach(command => command.Body.Rates).NotNull().WithMessage("A rate must not be null.").ChildRules(rate =>
        {
            rate.RuleFor(one => one.Countries).Must(countries => countries is null || countries.All(Shapes.IsCountry)).WithMessage("ISO 3166-1 alpha-2 codes such as DE.");
            rate.RuleFor(one => one.Regions).Must((one, regions) => regions is not [_, ..] || (one.Countries is [_] && regions.All(region => Shapes.IsWord(region, 100))))
                .WithMessage("Regions of one country, which is the only one.");
            rate.RuleFor(one => one.Price).Must((one, price) => price is null || one.Weights is not [_, ..]).WithMessage("A flat price or prices by weight, not both.");
            rate.RuleFor(one => one.Price).Must(price => price is not { Amount: < 0 }).WithMessage("Not below zero.");
            rate.RuleFor(one => one.FreeFrom).Must(from => from is not { Amount: < 0 }).WithMessage("Not below zero.");
            rate.RuleFor(one => one.Weights).Must(AreRising).WithMessage("1 to 100 weights, each more than the one before, with prices not below zero.");
            rate.RuleFor(one => one.FreeFrom).Must((one, _) => Currencies(one).Distinct().Count() <= 1).WithMessage("All amounts of a rate are in one currency.");
        });
    }

    private static bool AreRising(IReadOnlyList<WeightPrice>? weights) =>
        weights is null || (weights.Count is >= 1 and <= 100 && weights.All(weight => weight is { UpToGrams: > 0, Price.Amount: >= 0 })
            && weights.Zip(weights.Skip(1)).All(pair => pair.First.UpToGrams < pair.Second.UpToGrams));

    private static IEnumerable<string> Currencies(ShippingRate rate) =>
        new[] { rate.Price, rate.FreeFrom }.Where(money => money is not null).Select(money => money!.Value).Concat((rate.Weights ?? []).Where(weight => weight is not null).Select(weight => weight.Price)).Select(money => money.Currency);
}

internal sealed class SetShippingMethodEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/shipping-methods/{code}", (string code, SetShippingMethodRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new SetShippingMethod(code, body, dispatcher.IfMatch), Respond.Ok<ShippingMethodResponse>(method => method.Version), cancellationToken))
        .RequireScope(Shapes.WriteScope)
        .Returns<ShippingMethodResponse>()
        .Refuses<ValidationFailed, StaleVersion, StoreOverloaded>()
        .WithSummary("Set a way of shipping");
}

internal sealed class SetShippingMethodHandler(EventSession session) : IRequestHandler<SetShippingMethod, Outcome<ShippingMethodResponse>>
{
    public Task<Outcome<ShippingMethodResponse>> Handle(SetShippingMethod command, CancellationToken cancellationToken)
    {
        var terms = new ShippingMethodSet(command.Code, command.Body.Label, command.Body.Position, command.Body.Rates);
        return session.DecideAsync<ShippingMethod, ShippingMethodResponse>(
            ShippingMethod.IdOf(command.Code),
            (method, _) => method.Expect(command.IfMatch).Then(stream => stream.Apply(state => state.Set(terms))).Map(_ => ShippingMethodResponse.Of(terms, method.Version)),
            cancellationToken);
    }
}
