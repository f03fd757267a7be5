using Commerce.Catalog.Contracts;
using Commerce.Monetary;
using Commerce.Orders.Placing;
using Commerce.Orders.Pricing;
using Commerce.Outcomes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests.Pricing;

public sealed class OrderPricingTests
{
    [Fact]
    public void Every_sku_without_an_offer_is_named()
    {
        var refusal = PricedBy().Price(Draft(new SkuQuantity("A", 1), new SkuQuantity("B", 1), new SkuQuantity("C", 1)), Offers("USD", ("B", 1m))).Refusal;

        refusal.ShouldBeOfType<SkuUnavailable>().Skus.ShouldBe(["A", "C"]);
    }

    [Fact]
    public void Shipping_is_flat_until_the_goods_are_worth_enough()
    {
        var options = new TestRules { Shipping = 4.90m, FreeFrom = 50m };

        Totals(options, 49.99m).Shipping.ShouldBe(Usd(4.90m));
        Totals(options, 49.99m).Total.ShouldBe(Usd(54.89m));
        Totals(options, 50m).Shipping.ShouldBe(Usd(0m));
    }

    [Fact]
    public void Tax_on_top_is_added_and_included_tax_is_not()
    {
        var added = new TestRules { Shipping = 1m, TaxRates = { ["KR"] = 0.10m } };
        var included = new TestRules { Shipping = 1m, TaxRates = { ["KR"] = 0.10m }, PricesIncludeTax = true };

        (Totals(added, 10.05m).Tax, Totals(added, 10.05m).Total, Totals(added, 10.05m).IncludedTax).ShouldBe((Usd(1.11m), Usd(12.16m), 0m));
        (Totals(included, 10.05m).Tax, Totals(included, 10.05m).Total, Totals(included, 10.05m).IncludedTax).ShouldBe((Usd(0m), Usd(11.05m), 1.00m));
    }

    [Fact]
    public void Won_have_no_decimals()
    {
        var options = new TestRules { TaxRates = { ["KR"] = 0.10m } };
        var draft = Draft(new SkuQuantity("A", 3)) with { Currency = "KRW" };

        var totals = PricedBy(options).Price(draft, Offers("KRW", ("A", 12_345m))).Value.Totals;

        totals.Subtotal.ShouldBe(Money.Of(37_035m, "KRW"));
        totals.Tax.ShouldBe(Money.Of(3_704m, "KRW"));
        totals.Total.AmountText().ShouldBe("40739");
    }

    [Fact]
    public void A_coupon_that_nobody_issued_is_refused()
    {
        var refusal = PricedBy().Price(Draft(new SkuQuantity("A", 1)) with { Coupons = ["WELCOME"] }, Offers("USD", ("A", 1m))).Refusal;

        refusal.ShouldBeOfType<CouponUnknown>().Coupon.ShouldBe("WELCOME");
    }

    [Fact]
    public void A_way_of_shipping_that_nobody_offers_is_refused_at_its_field()
    {
        var refusal = PricedBy().Price(Draft(new SkuQuantity("A", 1)) with { ShippingMethod = "pigeon" }, Offers("USD", ("A", 1m))).Refusal;

        refusal.ShouldBeOfType<ValidationFailed>().Errors.Keys.ShouldBe(["shippingMethod"]);
    }

    [Fact]
    public void A_discount_lowers_what_is_shipped_and_taxed()
    {
        var options = new TestRules { TaxRates = { ["KR"] = 0.10m }, Shipping = 5m, FreeFrom = 20m, Off = 10m };

        var totals = PricedBy(options).Price(Draft(new SkuQuantity("A", 1)), Offers("USD", ("A", 25m))).Value.Totals;

        (totals.Discount, totals.Shipping, totals.Tax, totals.Total).ShouldBe((Usd(10m), Usd(5m), Usd(2m), Usd(22m)));
    }

    [Fact]
    public void An_absurd_price_is_refused_before_any_sum_overflows()
    {
        var lines = Enumerable.Range(0, 200).Select(i => new SkuQuantity($"S{i}", 10_000)).ToArray();
        var offers = Offers("USD", [.. lines.Select(line => (line.Sku, 100_000_000_000m))]);
        var dearer = Offers("USD", [.. lines.Select(line => (line.Sku, 100_000_000_000.01m))]);

        PricedBy().Price(Draft(lines), offers).IsSuccess.ShouldBeTrue();
        PricedBy().Price(Draft(lines), dearer).Refusal.ShouldBeOfType<OrderTooLarge>();
    }

    [Property(MaxTest = 300)]
    public Property A_total_is_the_sum_of_its_parts_and_the_lines_of_the_model(PositiveInt[] cents, PositiveInt[] quantities, byte taxPercent, byte shippingCents)
    {
        var count = Math.Min(200, Math.Min(cents.Length, quantities.Length));
        var options = new TestRules { TaxRates = { ["KR"] = taxPercent / 100m }, Shipping = shippingCents / 100m };
        // Every third line repeats the SKU of the first one.
        var wanted = Enumerable.Range(0, count).Select(i => new OrderLineRequest($"S{(i % 3 == 0 ? 0 : i)}", quantities[i].Get % 100 + 1)).ToList();
        var offers = Offers("USD", [.. wanted.Select(line => line.Sku).Distinct().Select((sku, i) => (sku, cents[i].Get / 100m))]);
        var model = new Dictionary<string, int>();
        wanted.ForEach(line => model[line.Sku] = model.GetValueOrDefault(line.Sku) + line.Quantity);

        var priced = PricedBy(options).Price(Draft([.. OrderLines.Summed(wanted)]), offers).Value;

        var totals = priced.Totals;
        var subtotal = model.Sum(line => line.Value * offers[line.Key].UnitAmount);
        return (totals.Total == totals.Subtotal + totals.Shipping + totals.Tax - totals.Discount
            && totals.Subtotal.Amount == subtotal
            && priced.Lines.Count == model.Count
            && priced.Lines.All(line => model[line.Sku] == line.Quantity)
            && totals.Tax.Amount == priced.Lines.Sum(line => line.Tax!.Amount) + totals.ShippingTax!.Amount).ToProperty();
    }

    private static OrderTotals Totals(TestRules options, decimal amount) =>
        PricedBy(options).Price(Draft(new SkuQuantity("A", 1)), Offers("USD", ("A", amount))).Value.Totals;
}
