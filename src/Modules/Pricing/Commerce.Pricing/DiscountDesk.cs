using Commerce.EventStore;
using Commerce.Pricing.Contracts;

namespace Commerce.Pricing;

/// <summary>Answers Orders inside its own transaction: counts the uses of discounts and takes them back.</summary>
internal sealed class DiscountDesk : IParticipant<RedeemDiscounts, DiscountAnswer>, IParticipant<ReturnDiscounts, DiscountAnswer>
{
    private static readonly DiscountAnswer Done = new([]);

    /// <inheritdoc />
    public void Touch(RedeemDiscounts question, Touches touches) => Touch(question.DiscountIds, touches);

    /// <inheritdoc />
    public void Touch(ReturnDiscounts question, Touches touches) => Touch(question.DiscountIds, touches);

    /// <inheritdoc />
    public DiscountAnswer Answer(RedeemDiscounts question, DecisionScope scope)
    {
        var usedUp = question.DiscountIds.Where(id => scope.Stream<Discount>(id).State is var discount && !discount.Uses.ContainsKey(question.OrderId) && discount.IsUsedUpFor(question.Buyer)).ToList();
        if (usedUp.Count > 0)
        {
            return new DiscountAnswer(usedUp);
        }

        foreach (var id in question.DiscountIds)
        {
            var stream = scope.Stream<Discount>(id);
            _ = stream.Apply(stream.State.Use(question.OrderId, question.Buyer, scope.Now)!.Value).Value;
        }

        return Done;
    }

    /// <inheritdoc />
    public DiscountAnswer Answer(ReturnDiscounts question, DecisionScope scope)
    {
        foreach (var id in question.DiscountIds)
        {
            var stream = scope.Stream<Discount>(id);
            _ = stream.Apply(stream.State.Return(question.OrderId, scope.Now)).Value;
        }

        return Done;
    }

    private static void Touch(IReadOnlyList<Guid> discounts, Touches touches)
    {
        foreach (var id in discounts)
        {
            touches.Stream<Discount>(id);
        }
    }
}
