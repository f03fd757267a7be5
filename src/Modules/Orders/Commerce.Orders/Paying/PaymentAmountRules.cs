using FluentValidation;

namespace Commerce.Orders.Paying;

/// <summary>The shape of an amount.</summary>
internal sealed class PaymentAmountRules : AbstractValidator<PaymentAmountRequest>
{
    /// <summary>One instance: building it compiles its rules.</summary>
    public static readonly PaymentAmountRules Instance = new();

    public PaymentAmountRules()
    {
        RuleFor(request => request.Amount).Must(amount => amount is null or { Amount: > 0 }).WithMessage("More than zero.");
        RuleFor(request => request.Reason).MaximumLength(500);
    }
}
