using FluentValidation;

namespace Commerce.Inventory;

/// <summary>Rules of shape that several slices share.</summary>
internal static class InventoryRules
{
    /// <summary>The most units of one line.</summary>
    internal const int MostPerLine = 1_000_000;

    /// <summary>The most lines of one request.</summary>
    internal const int MostLines = 1000;

    /// <summary>The longest hold: a week.</summary>
    internal const int MostHoldSeconds = 7 * 24 * 60 * 60;

    internal static IRuleBuilderOptions<T, string> Sku<T>(this IRuleBuilder<T, string> rule) => rule.Must(SkuText.IsSku).WithMessage(SkuText.Rule);

    internal static IRuleBuilderOptions<T, int> Units<T>(this IRuleBuilder<T, int> rule) =>
        rule.InclusiveBetween(1, MostPerLine).WithMessage($"A whole number from 1 to {MostPerLine}.");

    internal static IRuleBuilderOptions<T, string?> LocationCode<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(code => code is null or { Length: >= 1 and <= 64 }).WithMessage("A location's code has 1 to 64 characters.");

    internal static IRuleBuilderOptions<T, string?> CountryCode<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(code => code is null || (code.Length == 2 && char.IsAsciiLetterUpper(code[0]) && char.IsAsciiLetterUpper(code[1])))
            .WithMessage("An ISO 3166-1 alpha-2 country code such as DE.");

    internal static IRuleBuilderOptions<T, string?> Note<T>(this IRuleBuilder<T, string?> rule) =>
        rule.MaximumLength(200).WithMessage("At most 200 characters.");

    internal static IRuleBuilderOptions<T, int> HoldSeconds<T>(this IRuleBuilder<T, int> rule) =>
        rule.InclusiveBetween(1, MostHoldSeconds).WithMessage($"1 to {MostHoldSeconds} seconds.");

    internal static IRuleBuilderOptions<T, IReadOnlyList<TLine>> Lines<T, TLine>(this IRuleBuilder<T, IReadOnlyList<TLine>> rule) =>
        rule.Must(lines => lines is { Count: >= 1 and <= MostLines }).WithMessage($"1 to {MostLines} lines.");
}
