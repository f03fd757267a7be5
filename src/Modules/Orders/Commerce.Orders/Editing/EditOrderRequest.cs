using Commerce.Monetary;
using Commerce.Orders.Placing;
using FluentValidation;

namespace Commerce.Orders.Editing;

/// <summary>What the order shall be; what is not named stays.</summary>
/// <param name="Lines">How many units of a SKU the order shall hold: 0 takes it out, a new SKU puts it in.</param>
/// <param name="ShippingAddress">Where it shall go.</param>
/// <param name="ShippingMethod">How it shall go.</param>
/// <param name="ExpectedTotal">The total that the shopper was shown.</param>
/// <param name="Reason">For people, up to 500 characters.</param>
/// <param name="Locale">The language of the names of new SKUs.</param>
/// <param name="Preview">True to see the order as it would be; nothing changes.</param>
internal sealed record EditOrderRequest(
    IReadOnlyList<EditOrderLineRequest>? Lines = null, PostalAddress? ShippingAddress = null, string? ShippingMethod = null, Money? ExpectedTotal = null,
    string? Reason = null, string? Locale = null, bool Preview = false);

/// <summary>A SKU and how many units of it there shall be.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">0 to 10,000.</param>
internal sealed record EditOrderLineRequest(string Sku, int Quantity);

/// <summary>The shape of an edit.</summary>
internal sealed class EditOrderRules : AbstractValidator<EditOrderRequest>
{
    /// <summary>One instance: building it compiles its rules.</summary>
    public static readonly EditOrderRules Instance = new();

    public EditOrderRules()
    {
        RuleFor(form => form.Lines)
            .Must(lines => lines is null || lines.Count <= Cart.MaxLines).WithMessage("At most 200 lines.")
            .Must(lines => lines is null || lines.DistinctBy(line => line?.Sku).Count() == lines.Count).WithMessage("Every SKU once: a line says how many there shall be.");
        RuleForEach(form => form.Lines).NotNull().WithMessage("A line must not be null.").ChildRules(line =>
        {
            line.RuleFor(one => one.Sku).Must(Shapes.IsSku).WithMessage("1 to 64 printable characters without spaces.");
            line.RuleFor(one => one.Quantity).Must(quantity => quantity is >= 0 and <= Cart.MaxQuantity).WithMessage("0 to 10,000.");
        });
        RuleFor(form => form.ShippingAddress!).SetValidator(PostalAddressRules.Instance).When(form => form.ShippingAddress is not null);
        RuleFor(form => form.ShippingMethod).Must(method => method is null || Shapes.IsWord(method, 64)).WithMessage("The name of a shipping method.");
        RuleFor(form => form.Reason).MaximumLength(500);
        RuleFor(form => form.Locale).Must(locale => locale is null || Shapes.IsWord(locale, 35)).WithMessage("A language tag such as en or ko.");
    }
}
