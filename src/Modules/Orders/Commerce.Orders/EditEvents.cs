namespace Commerce.Orders;

/// <summary>An order is another than it was; its stock moved in the same commit.</summary>
/// <param name="Lines">All its lines now.</param>
/// <param name="Totals">Its sums now.</param>
/// <param name="ShippingAddress">Where it goes now.</param>
/// <param name="ShippingMethod">How it goes now.</param>
/// <param name="Changes">What changed of the goods.</param>
/// <param name="Overpaid">What had been taken beyond the new total; given back as far as it had not been already.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="EditedAt">When, UTC.</param>
/// <param name="Discounts">What is taken off now; null when nothing is.</param>
internal sealed record OrderEdited(
    IReadOnlyList<PlacedLine> Lines,
    PlacedTotals Totals,
    PostalAddress ShippingAddress,
    string ShippingMethod,
    IReadOnlyList<QuantityChange> Changes,
    decimal Overpaid,
    string? Reason,
    DateTimeOffset EditedAt,
    IReadOnlyList<OrderDiscount>? Discounts = null);

/// <summary>How many units of a SKU an order held and holds now; 0 is not at all.</summary>
internal sealed record QuantityChange(string Sku, int Before, int After)
{
    /// <summary>Units more, or fewer.</summary>
    public int Units() => After - Before;
}
