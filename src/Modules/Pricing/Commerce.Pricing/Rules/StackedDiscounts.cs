using System.Collections.Frozen;
using Commerce.Pricing.Contracts;

namespace Commerce.Pricing.Rules;

/// <summary>
/// The stacking rule: all discounts that are not exclusive are taken off one after another, the lowest priority first, each from what the ones before left; an
/// exclusive one stands alone. Of these choices the shopper gets the one that saves most. A discount never takes off more than there is.
/// </summary>
internal sealed class StackedDiscounts : IDiscounts
{
    private readonly RuleDiscount[] _automatic;
    private readonly FrozenDictionary<string, RuleDiscount> _byCoupon;
    private readonly FrozenDictionary<Guid, RuleDiscount> _byId;
    private readonly FrozenDictionary<Guid, GoodsFilter> _goods;

    public StackedDiscounts(IReadOnlyCollection<RuleDiscount> discounts, IReadOnlyDictionary<Guid, IReadOnlyList<Guid>> branches)
    {
        _byId = discounts.ToFrozenDictionary(discount => discount.Id);
        _automatic = [.. discounts.Where(discount => discount is { Coupon: null, IsEnded: false })];
        _byCoupon = discounts.Where(discount => discount.Coupon is not null).ToFrozenDictionary(discount => discount.Coupon!, StringComparer.Ordinal);
        _goods = discounts.ToFrozenDictionary(discount => discount.Id, discount => new GoodsFilter(discount.Terms, branches));
    }

    /// <inheritdoc />
    public bool Knows(string coupon) => _byCoupon.ContainsKey(Discount.CodeOf(coupon));

    /// <inheritdoc />
    public bool AsksForFirstOrder(IReadOnlyCollection<string> coupons) =>
        Array.Exists(_automatic, discount => discount.Terms.FirstOrderOnly)
        || coupons.Any(coupon => _byCoupon.TryGetValue(Discount.CodeOf(coupon), out var discount) && discount.Terms.FirstOrderOnly);

    /// <inheritdoc />
    public AppliedDiscounts Apply(Basket basket, Func<decimal, decimal>? shippingPrice)
    {
        var question = basket.Question;
        if (_automatic.Length == 0 && question.Coupons.Count == 0 && question.Held is not { Count: > 0 })
        {
            return new AppliedDiscounts([], []);
        }

        var open = new List<RuleDiscount>();
        foreach (var discount in Candidates(question))
        {
            if (FaultOf(discount, basket).Fault == CouponFault.None)
            {
                open.Add(discount);
            }
        }

        open.Sort(static (left, right) => left.Terms.Priority.CompareTo(right.Terms.Priority) is var order and not 0 ? order : left.Id.CompareTo(right.Id));
        var best = TakeOff(open.FindAll(discount => !discount.Terms.IsExclusive), basket, shippingPrice);
        foreach (var alone in open.FindAll(discount => discount.Terms.IsExclusive))
        {
            var other = TakeOff([alone], basket, shippingPrice);
            best = other.Sum(part => part.Amount) > best.Sum(part => part.Amount) ? other : best;
        }

        return new AppliedDiscounts(best, [.. question.Coupons.Select(Discount.CodeOf).Distinct(StringComparer.Ordinal).Select(code => Told(code, basket, best))]);
    }

    private IEnumerable<RuleDiscount> Candidates(PriceQuestion question)
    {
        var found = _automatic.AsEnumerable();
        if (question.Held is { } held)
        {
            // An order that stands keeps what it holds and takes no further use of anything that is counted.
            found = found.Where(discount => !discount.IsCounted && !held.Contains(discount.Id)).Concat(held.Where(_byId.ContainsKey).Select(id => _byId[id]));
        }
        else
        {
            found = found.Where(discount => !discount.IsUsedUp)
                .Concat(question.Coupons.Select(Discount.CodeOf).Distinct(StringComparer.Ordinal).Where(_byCoupon.ContainsKey).Select(code => _byCoupon[code]));
        }

        return found.Where(discount => !question.Excluded.Contains(discount.Id));
    }

    private QuotedCoupon Told(string code, Basket basket, IReadOnlyList<DiscountPart> applied)
    {
        if (!_byCoupon.TryGetValue(code, out var discount))
        {
            return new QuotedCoupon(code, CouponFault.Unknown, "The shop does not know this coupon.", false);
        }

        if (basket.Question.Held is { } held && !held.Contains(discount.Id))
        {
            return new QuotedCoupon(code, CouponFault.None, null, false);
        }

        var (fault, detail) = basket.Question.Excluded.Contains(discount.Id)
            ? (CouponFault.UsedUp, "The coupon has been used as often as it can be.")
            : FaultOf(discount, basket);
        return new QuotedCoupon(code, fault, detail, applied.Any(part => part.Discount.Id == discount.Id));
    }

    private (CouponFault Fault, string? Detail) FaultOf(RuleDiscount discount, Basket basket)
    {
        var (terms, question) = (discount.Terms, basket.Question);
        if (question.Held is null || !question.Held.Contains(discount.Id))
        {
            var buyer = question.Buyer;
            (CouponFault Fault, string? Detail) told =
                discount.IsEnded || question.At >= terms.EndsAt ? (CouponFault.Expired, "The coupon is no longer valid.")
                : question.At < terms.StartsAt ? (CouponFault.NotStarted, "The coupon is not valid yet.")
                : terms.CustomerGroups is [_, ..] groups && (buyer.Group is null || !groups.Contains(buyer.Group, StringComparer.Ordinal))
                    ? (CouponFault.NotApplicable, "It is for another group of customers.")
                : terms.FirstOrderOnly && !buyer.IsFirstOrder ? (CouponFault.NotApplicable, "It is for the first order of a customer who is signed in.")
                : terms.MostPerBuyer() is not null && buyer.Key is null ? (CouponFault.NotApplicable, "It asks for a customer who is signed in, or an e-mail address.")
                : (CouponFault.None, null);
            if (told.Fault != CouponFault.None)
            {
                return told;
            }
        }

        return terms.Kind == DiscountKind.Amount && terms.Amounts!.All(amount => amount.Currency != question.Currency)
                ? (CouponFault.NotApplicable, "It is for another currency.")
            : terms.MinimumSubtotals is [_, ..] minimums && !minimums.Any(minimum => minimum.Currency == question.Currency && basket.Subtotal >= minimum.Amount)
                ? (CouponFault.NotApplicable, "The goods are not worth enough.")
            : !_goods[discount.Id].MatchesAny(basket.Lines) ? (CouponFault.NotApplicable, "It is for other goods.")
            : terms.Kind == DiscountKind.BuyXGetY && _goods[discount.Id].Units(basket.Lines) < terms.BuyQuantity + terms.GetQuantity ? (CouponFault.NotApplicable, "It asks for more units of the goods.")
            : (CouponFault.None, null);
    }

    private List<DiscountPart> TakeOff(List<RuleDiscount> discounts, Basket basket, Func<decimal, decimal>? shippingPrice)
    {
        var left = (decimal[])basket.Totals.Clone();
        var parts = new List<DiscountPart>(discounts.Count);
        foreach (var discount in discounts.Where(discount => discount.Terms.Kind != DiscountKind.FreeShipping))
        {
            var off = GoodsDiscount.Off(discount.Terms, _goods[discount.Id], basket, left);
            for (var i = 0; i < left.Length; i++)
            {
                left[i] -= off[i];
            }

            parts.Add(new DiscountPart(discount, off, 0m));
        }

        if (discounts.Find(discount => discount.Terms.Kind == DiscountKind.FreeShipping) is { } free && shippingPrice is not null)
        {
            parts.Add(new DiscountPart(free, new decimal[left.Length], shippingPrice(left.Sum())));
        }

        parts.RemoveAll(part => part.Amount == 0m);
        return parts;
    }
}
