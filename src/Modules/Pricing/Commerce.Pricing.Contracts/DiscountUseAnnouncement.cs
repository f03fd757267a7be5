namespace Commerce.Pricing.Contracts;

/// <summary>An order used a counted discount, or gave its use back.</summary>
/// <param name="DiscountId">The discount.</param>
/// <param name="OrderId">The order.</param>
/// <param name="IsUsed">False when the use was given back.</param>
public sealed record DiscountUseAnnouncement(Guid DiscountId, Guid OrderId, bool IsUsed);
