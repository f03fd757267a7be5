using FluentValidation;

namespace Commerce.Pricing;

/// <summary>The shape of a discount's terms.</summary>
internal sealed class DiscountTermsRules : AbstractValidator<DiscountTerms>
{
    /// <summary>One instance: building it compiles its rules.</summary>
    public static readonly DiscountTermsRules Instance = new();

    public DiscountTermsRules()
    {
        RuleFor(terms => terms.Label).Must(label => Shapes.IsWord(label, 200)).WithMessage("1 to 200 characters.");
        RuleFor(terms => terms.Percent).Must(percent => percent is not { } value || (value is > 0m and <= 100m && value == decimal.Round(value, 4))).WithMessage("More than 0 up to 100, at most four digits.");
        RuleFor(terms => terms.Percent).NotNull().When(terms => terms.Kind == DiscountKind.Percentage).WithMessage("A percentage needs it.");
        RuleFor(terms => terms.Amounts).Must(Shapes.ArePrices).WithMessage("1 to 50 amounts of different currencies, not below zero.");
        RuleFor(terms => terms.Amounts).NotNull().When(terms => terms.Kind == DiscountKind.Amount).WithMessage("An amount off needs it.");
        RuleFor(terms => terms.BuyQuantity).NotNull().InclusiveBetween(1, 1000).When(terms => terms.Kind == DiscountKind.BuyXGetY);
        RuleFor(terms => terms.GetQuantity).NotNull().InclusiveBetween(1, 1000).When(terms => terms.Kind == DiscountKind.BuyXGetY);
        RuleFor(terms => terms.Skus).Must(skus => skus is null || (skus.Count <= 1000 && skus.All(sku => Shapes.IsWord(sku, 64)))).WithMessage("At most 1,000 SKUs.");
        RuleFor(terms => terms.CategoryIds).Must(ids => ids is not { Count: > 200 }).WithMessage("At most 200 categories.");
        RuleFor(terms => terms.MinimumSubtotals).Must(Shapes.ArePrices).WithMessage("1 to 50 amounts of different currencies, not below zero.");
        RuleFor(terms => terms.CustomerGroups).Must(groups => groups is null || (groups.Count <= 50 && groups.All(Shapes.IsCode))).WithMessage("At most 50 groups.");
        RuleFor(terms => terms.EndsAt).Must((terms, ends) => ends is null || terms.StartsAt is null || ends > terms.StartsAt).WithMessage("After startsAt.");
        RuleFor(terms => terms.Priority).InclusiveBetween(0, 10_000);
        RuleFor(terms => terms.TotalLimit).Must(limit => limit is null or (>= 1 and <= 1_000_000)).WithMessage("1 to 1,000,000.");
        RuleFor(terms => terms.PerBuyerLimit).Must(limit => limit is null or (>= 1 and <= 1_000_000)).WithMessage("1 to 1,000,000.");
    }
}
