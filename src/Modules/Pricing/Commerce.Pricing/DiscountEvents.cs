using System.Text.Json.Serialization;
using Commerce.Monetary;

namespace Commerce.Pricing;

/// <summary>The shop offers a discount.</summary>
/// <param name="DiscountId">The discount.</param>
/// <param name="Coupon">The code that opens it, upper case; null for one that needs none.</param>
/// <param name="Terms">What it gives, to whom and how often.</param>
/// <param name="IsCounted">Whether each use is an event of this stream; settled once and for all.</param>
/// <param name="DefinedAt">When, UTC.</param>
internal sealed record DiscountDefined(Guid DiscountId, string? Coupon, DiscountTerms Terms, bool IsCounted, DateTimeOffset DefinedAt);

/// <summary>The discount is another one from now on. Orders that hold it keep what they got.</summary>
internal sealed record DiscountRevised(DiscountTerms Terms);

/// <summary>Nobody gets the discount any more.</summary>
internal sealed record DiscountEnded(DateTimeOffset EndedAt);

/// <summary>An order used the discount.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Buyer">Who bought, or null when nobody can tell.</param>
/// <param name="Uses">How often it is used now.</param>
/// <param name="IsLast">Whether nobody can use it any more.</param>
/// <param name="UsedAt">When, UTC.</param>
internal sealed record DiscountUsed(Guid OrderId, Guid? Buyer, int Uses, bool IsLast, DateTimeOffset UsedAt);

/// <summary>An order gave its use back: it was cancelled, or changed so that the discount does not apply.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Uses">How often it is used now.</param>
/// <param name="WasLast">Whether it had been used up.</param>
/// <param name="ReturnedAt">When, UTC.</param>
internal sealed record DiscountUseReturned(Guid OrderId, int Uses, bool WasLast, DateTimeOffset ReturnedAt);

/// <summary>What a discount gives, to whom and how often. The same on the wire and in events.</summary>
/// <param name="Label">What the shopper reads.</param>
/// <param name="Kind">What it gives.</param>
/// <param name="Percent">More than 0 up to 100: of what <see cref="DiscountKind.Percentage"/> takes off, or of the units that <see cref="DiscountKind.BuyXGetY"/> gives (100 when absent).</param>
/// <param name="Amounts">What <see cref="DiscountKind.Amount"/> takes off, one for each currency.</param>
/// <param name="BuyQuantity">Units to pay for each <paramref name="GetQuantity"/>.</param>
/// <param name="GetQuantity">Units given with them, the cheapest.</param>
/// <param name="Skus">The goods that it is about; with <paramref name="CategoryIds"/> none, all goods.</param>
/// <param name="CategoryIds">The categories of those goods, with all below them.</param>
/// <param name="MinimumSubtotals">What the goods must be worth before discounts, one for each currency; another currency is not served.</param>
/// <param name="CustomerGroups">Only for customers of these groups.</param>
/// <param name="FirstOrderOnly">Only for the first order of a customer.</param>
/// <param name="StartsAt">From then on.</param>
/// <param name="EndsAt">Until before then.</param>
/// <param name="Priority">The lowest is taken off first; the next ones count from what is left.</param>
/// <param name="IsExclusive">Whether it stands alone.</param>
/// <param name="TotalLimit">How many orders may use it.</param>
/// <param name="PerBuyerLimit">How many orders of one buyer may use it.</param>
internal sealed record DiscountTerms(
    string Label,
    DiscountKind Kind,
    decimal? Percent = null,
    IReadOnlyList<Money>? Amounts = null,
    int? BuyQuantity = null,
    int? GetQuantity = null,
    IReadOnlyList<string>? Skus = null,
    IReadOnlyList<Guid>? CategoryIds = null,
    IReadOnlyList<Money>? MinimumSubtotals = null,
    IReadOnlyList<string>? CustomerGroups = null,
    bool FirstOrderOnly = false,
    DateTimeOffset? StartsAt = null,
    DateTimeOffset? EndsAt = null,
    int Priority = 100,
    bool IsExclusive = false,
    int? TotalLimit = null,
    int? PerBuyerLimit = null)
{
    /// <summary>How many orders of one buyer may use it: a customer has one first order only, also when two are placed at once.</summary>
    public int? MostPerBuyer() => PerBuyerLimit ?? (FirstOrderOnly ? 1 : null);

    /// <summary>Whether anything limits its uses.</summary>
    public bool IsLimited() => TotalLimit is not null || MostPerBuyer() is not null;
}

/// <summary>What a discount gives.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DiscountKind>))]
internal enum DiscountKind
{
    /// <summary>A part of the price of the goods.</summary>
    [JsonStringEnumMemberName("percentage")]
    Percentage,

    /// <summary>An amount off the goods together.</summary>
    [JsonStringEnumMemberName("amount")]
    Amount,

    /// <summary>The shipping.</summary>
    [JsonStringEnumMemberName("freeShipping")]
    FreeShipping,

    /// <summary>Some of the goods, when enough others are bought.</summary>
    [JsonStringEnumMemberName("buyXGetY")]
    BuyXGetY,
}
