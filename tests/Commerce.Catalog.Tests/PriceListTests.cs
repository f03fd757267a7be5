using FsCheck.Xunit;

namespace Commerce.Catalog.Tests;

public sealed class PriceListTests
{
    private static readonly DateTimeOffset Noon = Scenarios.Now;

    [Fact]
    public void A_scheduled_price_holds_from_its_instant_to_before_its_end()
    {
        PriceEntry[] prices = [PriceEntry.Base("USD", 50m), new("USD", 40m, Noon, Noon.AddHours(1), null, 1)];
        At(prices, Noon.AddTicks(-1)).ShouldBe(50m);
        At(prices, Noon).ShouldBe(40m);
        At(prices, Noon.AddHours(1).AddTicks(-1)).ShouldBe(40m);
        At(prices, Noon.AddHours(1)).ShouldBe(50m);
        PriceList.NextChange(prices, Noon).ShouldBe(Noon.AddHours(1));
        PriceList.NextChange(prices, Noon.AddHours(1)).ShouldBeNull();
    }

    [Fact]
    public void A_scheduled_rise_supersedes_what_was_before()
    {
        PriceEntry[] prices = [PriceEntry.Base("USD", 40m), new("USD", 50m, Noon, null, null, 1)];
        At(prices, Noon).ShouldBe(50m);
    }

    [Fact]
    public void The_most_particular_price_wins()
    {
        PriceEntry[] prices =
        [
            PriceEntry.Base("USD", 50m), new("USD", 45m, null, null, null, 10), new("USD", 48m, null, null, "vip", 1), PriceEntry.Base("EUR", 1m),
        ];
        PriceList.Applying(prices, "USD", null, 9, Noon)!.Amount.ShouldBe(50m);
        PriceList.Applying(prices, "USD", null, 10, Noon)!.Amount.ShouldBe(45m);
        PriceList.Applying(prices, "USD", "vip", 1, Noon)!.Amount.ShouldBe(48m);
        PriceList.Applying(prices, "USD", "other", 1, Noon)!.Amount.ShouldBe(50m);
        PriceList.Applying(prices, "KRW", null, 1, Noon).ShouldBeNull();
    }

    [Property]
    public bool Spans_say_at_every_instant_what_the_rule_says((byte Amount, sbyte? From, sbyte? Until, bool Group, bool Many)[] entries, sbyte at)
    {
        var prices = entries.Select(e => new PriceEntry("USD", e.Amount, Hour(e.From), Hour(e.Until), e.Group ? "vip" : null, e.Many ? 5 : 1)).ToList();
        var variants = new[] { Scenarios.Variant("A") with { Prices = prices }, Scenarios.Variant("B") with { Prices = [.. prices.Skip(1)] } };
        var instant = Noon.AddHours(at);
        var spans = PriceList.Spans(variants).Where(span => !(span.From > instant) && !(span.Until <= instant)).ToList();
        return spans.Count <= 1 && spans.SingleOrDefault()?.Amount == PriceList.Lowest(variants, "USD", instant);
    }

    [Fact]
    public void The_lowest_of_thirty_days_counts_what_was_really_paid()
    {
        var periods = new List<PricePeriod>
        {
            new("A", PriceEntry.Base("USD", 10m), Noon.AddDays(-90), Noon.AddDays(-40)),
            new("A", PriceEntry.Base("USD", 30m), Noon.AddDays(-40), Noon.AddDays(-5)),
            new("A", PriceEntry.Base("USD", 25m), Noon.AddDays(-5), null),
            new("A", new PriceEntry("USD", 1m, Noon.AddDays(1), null, null, 1), Noon.AddDays(-5), null),
            new("A", new PriceEntry("USD", 2m, null, null, "vip", 1), Noon.AddDays(-5), null),
        };
        PriceHistory.Lowest(periods, Noon).ShouldBe([new LowestPrice("A", "USD", 25m)]);
        PriceHistory.Lowest(periods, Noon.AddDays(-6)).ShouldBe([new LowestPrice("A", "USD", 30m)]);
        PriceHistory.Lowest(periods, Noon.AddDays(-15)).ShouldBe([new LowestPrice("A", "USD", 10m)]);
    }

    private static decimal At(PriceEntry[] prices, DateTimeOffset now) => PriceList.Applying(prices, "USD", null, 1, now)!.Amount;

    private static DateTimeOffset? Hour(sbyte? hours) => hours is { } h ? Noon.AddHours(h) : null;
}
