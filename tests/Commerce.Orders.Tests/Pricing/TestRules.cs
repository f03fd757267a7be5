using Commerce.Pricing.Contracts;

namespace Commerce.Orders.Tests.Pricing;

/// <summary>Rules that a test can read at a glance: one price for shipping, one rate by country on each line and on shipping, and an amount off the first line.</summary>
internal sealed class TestRules : IPriceRules
{
    public static readonly Guid Discount = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8060");

    public Dictionary<string, decimal> TaxRates { get; } = [];

    public decimal Shipping { get; set; }

    public decimal? FreeFrom { get; set; }

    public decimal Off { get; set; }

    public bool PricesIncludeTax { get; set; }

    public bool AsksForFirstOrder(IReadOnlyCollection<string> coupons) => false;

    public bool Knows(string coupon) => false;

    public bool Ships(string method) => method is "standard" or "express";

    public IReadOnlyList<ShippingOption> ShippingOptions(PriceQuestion question) => [new ShippingOption("standard", "Standard", Shipping, 0m)];

    public PriceQuote Quote(PriceQuestion question)
    {
        var subtotal = question.Lines.Sum(line => line.UnitAmount * line.Quantity);
        var off = question.Lines.Count == 0 ? 0m : Math.Min(Off, question.Lines[0].UnitAmount * question.Lines[0].Quantity);
        QuotedDiscount[] discounts = off == 0m ? [] : [new QuotedDiscount(Discount, null, "Off", off, 0m, true)];
        var lines = question.Lines.Select((line, i) => new QuotedLine(
            line.Sku, i == 0 && off != 0m ? [new LineDiscount(Discount, null, "Off", off)] : [], TaxOn(question, line.UnitAmount * line.Quantity - (i == 0 ? off : 0m)))).ToList();
        var cost = subtotal - off >= FreeFrom ? 0m : Shipping;
        var isKnown = question.ShippingMethod is null or "standard" or "express";
        var sending = isKnown && question.Destination is not null ? new QuotedShipping(question.ShippingMethod ?? "standard", "Standard", cost, 0m, TaxOn(question, cost)) : null;
        var taxes = lines.Select(line => line.Tax).Append(sending?.Tax).OfType<LineTax>().ToList();
        return new PriceQuote(
            lines, subtotal, sending, isKnown ? ShippingFault.None : ShippingFault.Unknown, taxes.Where(tax => !tax.IsIncluded).Sum(tax => tax.Amount), taxes.Where(tax => tax.IsIncluded).Sum(tax => tax.Amount),
            discounts, [.. question.Coupons.Select(coupon => new QuotedCoupon(coupon, CouponFault.Unknown, "Unknown.", false))]);
    }

    private LineTax? TaxOn(PriceQuestion question, decimal amount) => question.Destination is { } destination && TaxRates.TryGetValue(destination.Country, out var rate)
        ? new LineTax("standard", rate, Commerce.Monetary.Money.Rounded(PricesIncludeTax ? amount * (rate / (1m + rate)) : amount * rate, question.Currency).Amount, PricesIncludeTax)
        : null;
}
