using Commerce.Monetary;
using FluentValidation;

namespace Commerce.Recommendations;

/// <summary>Rules of shape that several slices share.</summary>
internal static class PresentationRules
{
    internal static void Shows<T>(this AbstractValidator<T> validator, Func<T, Presentation> presentation)
    {
        validator.RuleFor(query => presentation(query).Currency)
            .Must(currency => currency is null || Currency.IsKnown(currency)).WithMessage("An ISO 4217 code such as USD.").OverridePropertyName("currency");
        validator.RuleFor(query => presentation(query).Locale)
            .Must(locale => locale is null or { Length: >= 2 and <= 35 }).WithMessage("A language tag such as en or ko.").OverridePropertyName("locale");
    }

    internal static IRuleBuilderOptions<T, string?> SessionId<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(session => session is null || (session.Length is >= 1 and <= 128 && !session.Any(c => char.IsControl(c) || char.IsSurrogate(c))))
            .WithMessage("1 to 128 printable characters.");
}
