using Commerce.EventStore;
using Commerce.EventStore.Verification;

namespace Commerce.Pricing;

/// <summary>Nobody got a discount once too often. A limit that is lowered later leaves old uses alone.</summary>
internal sealed class DiscountUsesStayWithinTheirLimits : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "a discount is used at most as often as its limits say, in all and by each buyer, and every event tells how often that is";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (state is not Discount { Terms: { } terms } discount)
        {
            return null;
        }

        var (name, uses) = (discount.Coupon ?? terms.Label, discount.Uses.Count);
        return @event.Data switch
        {
            DiscountUsed used when used.Uses != uses || uses > terms.TotalLimit || discount.UsesOf(used.Buyer) > terms.MostPerBuyer()
                => $"{name}: {uses} uses, {discount.UsesOf(used.Buyer)} of them by one buyer; limits {terms.TotalLimit} and {terms.MostPerBuyer()}",
            DiscountUseReturned returned when returned.Uses != uses => $"{name}: {uses} uses, told {returned.Uses}",
            _ => null,
        };
    }
}
