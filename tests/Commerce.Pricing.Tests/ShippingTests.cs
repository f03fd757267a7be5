using Commerce.Pricing.Contracts;
using static Commerce.Pricing.Tests.Scenarios;

namespace Commerce.Pricing.Tests;

public sealed class ShippingTests
{
    [Fact]
    public void A_new_shop_ships_two_ways_for_nothing()
    {
        var quote = Nothing.Compiled().Quote(Asked(new GoodsLine("A", 1, 10m)));

        (quote.Shipping!.Method, quote.Shipping.Amount, quote.Total).ShouldBe(("standard", 0m, 10m));
        Nothing.Compiled().ShippingOptions(Asked(new GoodsLine("A", 1, 10m))).Select(way => way.Method).ShouldBe(["standard", "express"]);
    }

    [Fact]
    public void The_most_exact_rate_in_the_currency_holds()
    {
        var rules = (Nothing with
        {
            ShippingMethods =
            [
                Method("standard", new ShippingRate(Price: Usd(20m)), new ShippingRate(["DE", "AT"], Price: Usd(5m), FreeFrom: Usd(50m)), new ShippingRate(["DE"], ["BE"], Usd(3m))),
            ],
            ReplacedMethods = ["standard", "express"],
        }).Compiled();
        decimal? Price(decimal goods, Destination to, string currency = "USD") =>
            rules.Quote(Asked(new GoodsLine("A", 1, goods)) with { Destination = to, Currency = currency }).Shipping?.Amount;

        Price(49.99m, Berlin).ShouldBe(5m);
        Price(50m, Berlin).ShouldBe(0m);
        Price(49.99m, new Destination("DE", "be")).ShouldBe(3m);
        Price(49.99m, new Destination("KR")).ShouldBe(20m);
        Price(49m, Berlin, "KRW").ShouldBeNull();
    }

    [Fact]
    public void Weight_counts_with_the_quantity_and_what_is_too_heavy_does_not_go()
    {
        var rules = (Nothing with
        {
            ShippingMethods = [Method("parcel", new ShippingRate(Weights: [new WeightPrice(1000, Usd(4m)), new WeightPrice(5000, Usd(9m))]))],
            ReplacedMethods = ["standard", "express"],
        }).Compiled();
        PriceQuote Of(int quantity) => rules.Quote(Asked(new GoodsLine("A", quantity, 1m, 500)) with { ShippingMethod = "parcel" });

        Of(2).Shipping!.Amount.ShouldBe(4m);
        Of(3).Shipping!.Amount.ShouldBe(9m);
        (Of(11).Shipping, Of(11).ShippingFault).ShouldBe((null, ShippingFault.Unavailable));
        rules.Quote(Asked(new GoodsLine("A", 1, 1m)) with { ShippingMethod = "pigeon" }).ShippingFault.ShouldBe(ShippingFault.Unknown);
    }

    [Fact]
    public void An_order_that_stands_keeps_the_shipping_that_was_agreed_on()
    {
        var question = Asked(new GoodsLine("A", 1, 10m)) with { ShippingMethod = "gone", Held = [], AgreedShipping = 7m };

        Nothing.Compiled().Quote(question).Shipping!.Amount.ShouldBe(7m);
    }

    [Fact]
    public void A_way_that_the_shop_brings_along_can_be_removed_once()
    {
        var removed = Given<ShippingMethod>().Remove("express").Events.ShouldHaveSingleItem();

        Given<ShippingMethod>(removed).Remove("express").Events.ShouldBeEmpty();
        Given<ShippingMethod>().Remove("pigeon").ThenRefused<RuleNotFound>();
        Given<ShippingMethod>(Method("a", new ShippingRate(Price: Usd(1m)))).Set(Method("a", new ShippingRate(Price: Usd(1m)))).Events.ShouldBeEmpty();
        (Nothing with { ReplacedMethods = ["express"] }).Compiled().Ships("express").ShouldBeFalse();
    }
}
