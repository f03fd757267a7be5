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

// Staff says which categories are taxed alike. A product that names a class in its attribute taxClass is in that one instead.

/// <summary>A tax class, replaced as a whole.</summary>
/// <param name="Label">Its name for people.</param>
/// <param name="CategoryIds">The categories that lead into it, with all below them.</param>
internal sealed record SetTaxClassRequest(string Label, IReadOnlyList<Guid>? CategoryIds = null);

internal sealed record SetTaxClass(string Code, SetTaxClassRequest Body, long? IfMatch) : IRequest<Outcome<TaxClassResponse>>;

internal sealed class SetTaxClassValidator : AbstractValidator<SetTaxClass>
{
    public SetTaxClassValidator()
    {
        RuleFor(command => command.Code).Must(Shapes.IsCode).WithMessage("1 to 64 letters, digits, dashes and underscores.");
        RuleFor(command => command.Body.Label).Must(label => Shapes.IsWord(label, 200)).WithMessage("1 to 200 characters.");
        RuleFor(command => command.Body.CategoryIds).Must(ids => ids is not { Count: > 200 }).WithMessage("At most 200 categories.");
    }
}

internal sealed class SetTaxClassEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/tax-classes/{code}", (string code, SetTaxClassRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new SetTaxClass(code, body, dispatcher.IfMatch), Respond.Ok<TaxClassResponse>(taxClass => taxClass.Version), cancellationToken))
        .RequireScope(Shapes.WriteScope)
        .Returns<TaxClassResponse>()
        .Refuses<ValidationFailed, StaleVersion, StoreOverloaded>()
        .WithSummary("Set a tax class");
}

internal sealed class SetTaxClassHandler(EventSession session) : IRequestHandler<SetTaxClass, Outcome<TaxClassResponse>>
{
    public Task<Outcome<TaxClassResponse>> Handle(SetTaxClass command, CancellationToken cancellationToken)
    {
        var terms = new TaxClassSet(command.Code, command.Body.Label, command.Body.CategoryIds ?? []);
        return session.DecideAsync<TaxClass, TaxClassResponse>(
            TaxClass.IdOf(command.Code),
            (taxClass, _) => taxClass.Expect(command.IfMatch).Then(stream => stream.Apply(state => state.Set(terms))).Map(_ => TaxClassResponse.Of(terms, taxClass.Version)),
            cancellationToken);
    }
}
