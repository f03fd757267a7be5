using Commerce.Pricing.Contracts;
using Commerce.Pricing.Rules;
using static Commerce.Pricing.Tests.Scenarios;

namespace Commerce.Pricing.Tests;

public sealed class DiscountTests
{
    [Fact]
    public void Discounts_are_taken_off_one_after_another_by_priority()
    {
        var quote = Quoted([Discount(Percent(10m) with { Priority = 2 }, id: 1), Discount(Off(20m) with { Priority = 1 }, id: 2)], new GoodsLine("A", 1, 100m));

        quote.Discounts.Select(one => (one.Label, one.Amount)).ShouldBe([("Off", 20m), ("Percent", 8m)]);
        (quote.Discount, quote.Total).ShouldBe((28m, 72m));
    }

    [Fact]
    public void An_exclusive_discount_stands_alone_where_it_saves_more()
    {
        RuleDiscount[] Rules(decimal alone) => [Discount(Percent(10m), id: 1), Discount(Percent(5m), id: 2), Discount(Percent(alone) with { Label = "Alone", IsExclusive = true }, id: 3)];

        Quoted(Rules(20m), new GoodsLine("A", 1, 100m)).Discounts.ShouldHaveSingleItem().Label.ShouldBe("Alone");
        Quoted(Rules(12m), new GoodsLine("A", 1, 100m)).Discounts.Count.ShouldBe(2);
    }

    [Fact]
    public void An_amount_is_shared_out_to_the_cent_and_never_more_than_there_is()
    {
        var quote = Quoted([Discount(Off(10m))], new GoodsLine("A", 1, 3.33m), new GoodsLine("B", 1, 3.33m), new GoodsLine("C", 1, 13.34m));
        quote.Lines.Select(line => line.Discounts.Sum(part => part.Amount)).ShouldBe([1.67m, 1.66m, 6.67m]);

        Quoted([Discount(Off(10m))], new GoodsLine("A", 1, 3.33m)).Total.ShouldBe(0m);
    }

    [Fact]
    public void Of_each_full_set_the_cheapest_units_are_given()
    {
        var terms = new DiscountTerms("3 for 2", DiscountKind.BuyXGetY, BuyQuantity: 2, GetQuantity: 1, Skus: ["A", "B"]);

        var quote = Quoted([Discount(terms)], new GoodsLine("A", 5, 10m), new GoodsLine("B", 1, 4m), new GoodsLine("C", 3, 1m));

        // Six units of A and B are two sets: the B and one A are given.
        quote.Lines.Select(line => line.Discounts.Sum(part => part.Amount)).ShouldBe([10m, 4m, 0m]);
        Quoted([Discount(terms)], new GoodsLine("A", 2, 10m)).Discount.ShouldBe(0m);
        Quoted([Discount(terms with { Percent = 50m })], new GoodsLine("A", 3, 10m)).Discount.ShouldBe(5m);
    }

    [Fact]
    public void Free_shipping_is_shown_as_a_discount_on_the_shipping_which_is_then_not_taxed()
    {
        var rules = Nothing with
        {
            ShippingMethods = [Method("standard", new ShippingRate(Price: Usd(10m)))],
            ReplacedMethods = ["standard", "express"],
            TaxTables = [Germany()],
            Discounts = [Discount(new DiscountTerms("Free", DiscountKind.FreeShipping))],
        };

        var quote = rules.Compiled().Quote(Asked(new GoodsLine("A", 1, 100m)));

        (quote.Shipping!.Amount, quote.Shipping.Discount, quote.Shipping.Tax!.Amount, quote.Discount, quote.Total).ShouldBe((10m, 10m, 0m, 10m, 119m));
        rules.Compiled().ShippingOptions(Asked(new GoodsLine("A", 1, 100m))).ShouldHaveSingleItem().Discount.ShouldBe(10m);
    }

    [Fact]
    public void A_coupon_says_why_it_gives_nothing()
    {
        var rules = (Nothing.Free() with
        {
            Discounts =
            [
                Discount(Percent(10m), "GOOD", 1), Discount(Percent(10m) with { StartsAt = Now.AddTicks(1) }, "EARLY", 2), Discount(Percent(10m) with { EndsAt = Now }, "LATE", 3),
                Discount(Percent(10m), "ENDED", 4) with { IsEnded = true }, Discount(Percent(10m) with { MinimumSubtotals = [Usd(100.01m)] }, "RICH", 5),
                Discount(Percent(10m) with { Skus = ["B"] }, "OTHER", 6), Discount(Percent(10m) with { CustomerGroups = ["vip"] }, "VIP", 7),
                Discount(Percent(10m) with { FirstOrderOnly = true }, "FIRST", 8), Discount(Percent(10m) with { PerBuyerLimit = 1 }, "ONCE", 9), Discount(Off(1m, "EUR"), "EURO", 10),
            ],
        }).Compiled();
        CouponFault Fault(string coupon, Buyer? buyer = null, IReadOnlyCollection<Guid>? excluded = null) => rules.Quote(
            Asked(new GoodsLine("A", 1, 100m)) with { Coupons = [coupon], Buyer = buyer ?? Buyer.Unknown, Excluded = excluded ?? [] }).Coupons.ShouldHaveSingleItem().Fault;

        Fault("good").ShouldBe(CouponFault.None);
        Fault("NONE").ShouldBe(CouponFault.Unknown);
        Fault("EARLY").ShouldBe(CouponFault.NotStarted);
        Fault("LATE").ShouldBe(CouponFault.Expired);
        Fault("ENDED").ShouldBe(CouponFault.Expired);
        Fault("GOOD", excluded: [Discount(Percent(10m), "GOOD").Id]).ShouldBe(CouponFault.UsedUp);
        foreach (var coupon in (string[])["RICH", "OTHER", "VIP", "FIRST", "ONCE", "EURO"])
        {
            Fault(coupon).ShouldBe(CouponFault.NotApplicable, coupon);
        }

        var known = new Buyer(Customer, Customer, "vip", true);
        foreach (var coupon in (string[])["VIP", "FIRST", "ONCE"])
        {
            Fault(coupon, known).ShouldBe(CouponFault.None, coupon);
        }
    }

    [Fact]
    public void An_order_that_stands_keeps_what_it_holds_and_takes_no_further_use()
    {
        var (held, other) = (Discount(Percent(10m) with { EndsAt = Now.AddDays(-1) }, "HELD", 1) with { IsEnded = true }, Discount(Off(1m) with { TotalLimit = 5 }, id: 2));
        var rules = (Nothing.Free() with { Discounts = [held, other] }).Compiled();

        var quote = rules.Quote(Asked(new GoodsLine("A", 1, 100m)) with { Coupons = ["HELD"], Held = [held.Id] });

        (quote.Discounts.ShouldHaveSingleItem().DiscountId, quote.Coupons[0].IsApplied).ShouldBe((held.Id, true));
        rules.Quote(Asked(new GoodsLine("A", 1, 100m)) with { Held = [] }).Discounts.ShouldBeEmpty();
    }

    [Fact]
    public void Uses_are_counted_within_the_limits_and_given_back_once()
    {
        var discount = Given<Discount>(new DiscountDefined(OrderId, "ONCE", Percent(10m) with { TotalLimit = 2, PerBuyerLimit = 1 }, true, Now));
        var used = discount.Use(OrderId, Customer, Now)!.Value.Events.ShouldHaveSingleItem().ShouldBeOfType<DiscountUsed>();
        var once = discount.Evolve(used);

        (used.Uses, used.IsLast).ShouldBe((1, false));
        once.Use(OrderId, Customer, Now)!.Value.Events.ShouldBeEmpty();
        once.Use(Guid.Empty, Customer, Now).ShouldBeNull();
        var last = once.Use(Guid.Empty, OrderId, Now)!.Value.Events.ShouldHaveSingleItem().ShouldBeOfType<DiscountUsed>();
        last.IsLast.ShouldBeTrue();
        var full = once.Evolve(last);
        full.Use(Customer, Guid.Empty, Now).ShouldBeNull();
        var back = full.Return(OrderId, Now).Events.ShouldHaveSingleItem().ShouldBeOfType<DiscountUseReturned>();
        (back.Uses, back.WasLast).ShouldBe((1, true));
        var free = full.Evolve(back);
        free.Return(OrderId, Now).Events.ShouldBeEmpty();
        free.IsUsedUpFor(Customer).ShouldBeFalse();
    }

    [Fact]
    public void What_was_not_counted_cannot_be_limited_and_what_has_ended_not_be_changed()
    {
        var open = Given<Discount>(new DiscountDefined(OrderId, null, Percent(10m), false, Now));

        open.Revise(Percent(10m) with { TotalLimit = 5 }).ThenRefused<DiscountNotCounted>();
        open.Revise(Percent(10m)).Events.ShouldBeEmpty();
        open.Define(OrderId, null, Percent(10m), Now).ThenRefused<CouponTaken>();
        var ended = open.Evolve(open.End(Now).Events.ShouldHaveSingleItem());
        ended.Revise(Percent(20m)).ThenRefused<DiscountIsOver>();
        ended.End(Now).Events.ShouldBeEmpty();
        ended.Use(OrderId, null, Now).ShouldBeNull();
        Given<Discount>().End(Now).ThenRefused<RuleNotFound>();
    }

    private static PriceQuote Quoted(IReadOnlyList<RuleDiscount> discounts, params GoodsLine[] lines) => (Nothing.Free() with { Discounts = discounts }).Compiled().Quote(Asked(lines));
}
