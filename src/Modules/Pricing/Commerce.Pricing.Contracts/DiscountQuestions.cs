namespace Commerce.Pricing.Contracts;

/// <summary>Asked inside a decision: an order uses discounts, all of them or none. A refused answer has staged nothing.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Buyer">Who buys, for limits that count each buyer; see <see cref="Contracts.Buyer.Key"/>.</param>
/// <param name="DiscountIds">The counted discounts, every one once.</param>
public sealed record RedeemDiscounts(Guid OrderId, Guid? Buyer, IReadOnlyList<Guid> DiscountIds);

/// <summary>Asked inside a decision: an order gives its uses back. A use that it does not have is passed over.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="DiscountIds">The counted discounts that it used.</param>
public sealed record ReturnDiscounts(Guid OrderId, IReadOnlyList<Guid> DiscountIds);

/// <summary>The answer to every question about uses.</summary>
/// <param name="UsedUp">The discounts that this order cannot use any more; empty when all was done.</param>
public sealed record DiscountAnswer(IReadOnlyList<Guid> UsedUp)
{
    /// <summary>Whether all was done.</summary>
    public bool Done => UsedUp.Count == 0;
}
