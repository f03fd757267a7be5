using Commerce.Pricing.Contracts;

namespace Commerce.Pricing.Rules;

/// <summary>All rules of one moment.</summary>
internal sealed class PriceRules(IShippingPrices shipping, ITaxes taxes, IDiscounts discounts) : IPriceRules
{
    /// <inheritdoc />
    public bool AsksForFirstOrder(IReadOnlyCollection<string> coupons) => discounts.AsksForFirstOrder(coupons);

    /// <inheritdoc />
    public bool Knows(string coupon) => discounts.Knows(coupon);

    /// <inheritdoc />
    public bool Ships(string method) => shipping.Find(method) is not null;

    /// <inheritdoc />
    public PriceQuote Quote(PriceQuestion question)
    {
        var basket = new Basket(question);
        var (method, rate, fault) = WayOf(basket);
        Func<decimal, decimal>? price = rate is null ? null : goods => shipping.PriceOf(rate, basket, goods);
        if (fault != ShippingFault.None && question is { AgreedShipping: { } agreed, ShippingMethod: { } known })
        {
            (method, price, fault) = (shipping.Find(known) ?? new ShippingMethodSet(known, known, 0, []), _ => agreed, ShippingFault.None);
        }

        var applied = discounts.Apply(basket, price);

        var lines = new QuotedLine[basket.Lines.Count];
        var (goods, tax, includedTax) = (0m, 0m, 0m);
        for (var i = 0; i < lines.Length; i++)
        {
            var off = applied.Parts.Where(part => part.Lines[i] != 0m)
                .Select(part => new LineDiscount(part.Discount.Id, part.Discount.Coupon, part.Discount.Terms.Label, part.Lines[i])).ToArray();
            var value = basket.Totals[i] - off.Sum(part => part.Amount);
            goods += value;
            lines[i] = new QuotedLine(basket.Lines[i].Sku, off, Counted(taxes.OnLine(basket, basket.Lines[i], value)));
        }

        var sending = default(QuotedShipping);
        if (method is not null && price is not null)
        {
            var (amount, less) = (price(goods), applied.Parts.Sum(part => part.Shipping));
            sending = new QuotedShipping(method.Code, method.Label, amount, less, Counted(taxes.OnShipping(basket, amount - less)));
        }

        return new PriceQuote(
            lines, basket.Subtotal, sending, fault, tax, includedTax,
            [.. applied.Parts.Select(part => new QuotedDiscount(
                part.Discount.Id, part.Discount.Coupon, part.Discount.Terms.Label, part.Amount, part.Shipping, part.Discount.IsCounted))],
            applied.Coupons);

        LineTax? Counted(LineTax? one)
        {
            tax += one is { IsIncluded: false } ? one.Amount : 0m;
            includedTax += one is { IsIncluded: true } ? one.Amount : 0m;
            return one;
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<ShippingOption> ShippingOptions(PriceQuestion question) => question.Destination is null
        ? []
        : [.. shipping.Methods.Select(method => Quote(question with { ShippingMethod = method.Code }).Shipping).OfType<QuotedShipping>()
            .Select(way => new ShippingOption(way.Method, way.Label, way.Amount, way.Discount))];

    private (ShippingMethodSet? Method, ShippingRate? Rate, ShippingFault Fault) WayOf(Basket basket)
    {
        var (asked, destination) = (basket.Question.ShippingMethod, basket.Question.Destination);
        if (asked is not null && shipping.Find(asked) is null)
        {
            return (null, null, ShippingFault.Unknown);
        }

        if (destination is null)
        {
            return (null, null, ShippingFault.None);
        }

        foreach (var method in asked is null ? shipping.Methods : [shipping.Find(asked)!])
        {
            if (shipping.RateFor(method, basket, destination) is { } rate)
            {
                return (method, rate, ShippingFault.None);
            }
        }

        return (null, null, ShippingFault.Unavailable);
    }
}
