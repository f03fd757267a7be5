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

// Staff says what a country asks for, and whether prices for it hold that already.

/// <summary>The taxes of a country, replaced as a whole.</summary>
/// <param name="Rates">By class and, where they differ, by region; what no rate is found for is taxed as <c>standard</c>.</param>
/// <param name="PricesIncludeTax">Whether the shop's prices hold the tax already when goods go there.</param>
/// <param name="ShippingClass">The tax class of shipping; null leaves it untaxed.</param>
internal sealed record SetTaxTableRequest(IReadOnlyList<TaxRate> Rates, bool PricesIncludeTax = false, string? ShippingClass = BuiltIn.TaxClass);

internal sealed record SetTaxTable(string Country, SetTaxTableRequest Body, long? IfMatch) : IRequest<Outcome<TaxTableResponse>>;

internal sealed class SetTaxTableValidator : AbstractValidator<SetTaxTable>
{
    public SetTaxTableValidator()
    {
        RuleFor(command => command.Country).Must(Shapes.IsCountry).WithMessage("An ISO 3166-1 alpha-2 country code such as DE.");
        RuleFor(command => command.Body.ShippingClass).Must(code => code is null || Shapes.IsCode(code)).WithMessage("The code of a tax class.");
        RuleFor(command => command.Body.Rates).Must(rates => rates.Count <= 1000).WithMessage("At most 1,000 rates.");
        RuleFor(command => command.Body.Rates).Must(rates => rates.Where(rate => rate is not null).DistinctBy(rate => (rate.Class, rate.Region?.ToUpperInvariant())).Count() == rates.Count(rate => rate is not null))
            .WithMessage("One rate for each class and region.");
        RuleForEach(command => command.Body.Rates).NotNull().WithMessage("A rate must not be null.").ChildRules(rate =>
        {
            rate.RuleFor(one => one.Class).Must(Shapes.IsCode).WithMessage("The code of a tax class.");
            rate.RuleFor(one => one.Rate).Must(value => value is >= 0m and <= 1m && decimal.Round(value, 6) == value).WithMessage("0 to 1, at most six digits, such as 0.19.");
            rate.RuleFor(one => one.Region).Must(region => region is null || Shapes.IsWord(region, 100)).WithMessage("1 to 100 characters.");
        });
    }
}

internal sealed class SetTaxTableEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/tax-tables/{country}", (string country, SetTaxTableRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new SetTaxTable(country, body, dispatcher.IfMatch), Respond.Ok<TaxTableResponse>(table => table.Version), cancellationToken))
        .RequireScope(Shapes.WriteScope)
        .Returns<TaxTableResponse>()
        .Refuses<ValidationFailed, StaleVersion, StoreOverloaded>()
        .WithSummary("Set the taxes of a country");
}

internal sealed class SetTaxTableHandler(EventSession session) : IRequestHandler<SetTaxTable, Outcome<TaxTableResponse>>
{
    public Task<Outcome<TaxTableResponse>> Handle(SetTaxTable command, CancellationToken cancellationToken)
    {
        var terms = new TaxTableSet(command.Country, command.Body.PricesIncludeTax, command.Body.ShippingClass, command.Body.Rates);
        return session.DecideAsync<TaxTable, TaxTableResponse>(
            TaxTable.IdOf(command.Country),
            (table, _) => table.Expect(command.IfMatch).Then(stream => stream.Apply(state => state.Set(terms))).Map(_ => TaxTableResponse.Of(terms, table.Version)),
            cancellationToken);
    }
}
