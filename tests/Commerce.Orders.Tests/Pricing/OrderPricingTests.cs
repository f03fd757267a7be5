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
        var options = new OrdersOptions();
        options.Shipping["standard"].Price["USD"] = 4.90m;
        options.Shipping["standard"].FreeFrom["USD"] = 50m;

        Totals(options, 49.99m).Shipping.ShouldBe(Usd(4.90m));
        Totals(options, 49.99m).Total.ShouldBe(Usd(54.89m));
        Totals(options, 50m).Shipping.ShouldBe(Usd(0m));
    }

    [Fact]
    public void Tax_follows_the_country_and_is_rounded_once_half_away_from_zero()
    {
        var options = new OrdersOptions();
        options.TaxRates["KR"] = 0.10m;
        options.Shipping["standard"].Price["USD"] = 1m;

        Totals(options, 10.05m).Tax.ShouldBe(Usd(1.11m));
        Totals(options, 10.04m).Tax.ShouldBe(Usd(1.10m));
        Totals(options, 10.05m).Total.ShouldBe(Usd(12.16m));
    }

    [Fact]
    public void Won_have_no_decimals()
    {
        var options = new OrdersOptions();
        options.TaxRates["KR"] = 0.10m;
        var draft = Draft(new SkuQuantity("A", 3)) with { Currency = "KRW" };

        var totals = PricedBy(options).Price(draft, Offers("KRW", ("A", 12_345m))).Value.Totals;

        totals.Subtotal.ShouldBe(Money.Of(37_035m, "KRW"));
        totals.Tax.ShouldBe(Money.Of(3_704m, "KRW"));
        totals.Total.AmountText().ShouldBe("40739");
    }

    [Fact]
    public void A_coupon_that_nobody_issued_is_refused_at_its_field()
    {
        var refusal = PricedBy().Price(Draft(new SkuQuantity("A", 1)) with { Coupon = "WELCOME" }, Offers("USD", ("A", 1m))).Refusal;

        refusal.ShouldBeOfType<ValidationFailed>().Errors.Keys.ShouldBe(["coupon"]);
    }

    [Fact]
    public void A_discount_lowers_what_is_shipped_and_taxed()
    {
        var options = new OrdersOptions();
        options.TaxRates["KR"] = 0.10m;
        options.Shipping["standard"].Price["USD"] = 5m;
        options.Shipping["standard"].FreeFrom["USD"] = 20m;

        var totals = PricedBy(options, new TenOff()).Price(Draft(new SkuQuantity("A", 1)), Offers("USD", ("A", 25m))).Value.Totals;

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
        var options = new OrdersOptions();
        options.TaxRates["KR"] = taxPercent / 100m;
        options.Shipping["standard"].Price["USD"] = shippingCents / 100m;
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
            && totals.Tax.Amount == Math.Round((subtotal + shippingCents / 100m) * taxPercent / 100m, 2, MidpointRounding.AwayFromZero)).ToProperty();
    }

    private static OrderTotals Totals(OrdersOptions options, decimal amount) =>
        PricedBy(options).Price(Draft(new SkuQuantity("A", 1)), Offers("USD", ("A", amount))).Value.Totals;

    private sealed class TenOff : IDiscounts
    {
        public Outcome<Money> DiscountOn(string? coupon, Money goods, IReadOnlyList<PlacedLine> lines) => Money.Of(10m, goods.Currency);
    }
}
