using System.Collections.Immutable;
using Commerce.Inventory.Contracts;

namespace Commerce.Inventory.Tests;

public sealed class AllocationRuleTests
{
    private static readonly StockDestination Seoul = new("KR", "11");
    private static readonly ImmutableArray<Shelf> Shelves = [new("main", 4, 0, 0), new("busan", 6, 0, 0), new("seoul", 3, 1, 0), new("berlin", 9, 0, 0), new("unknown", 2, 0, 0)];

    [Theory]
    [InlineData(true, 3, "main:3")]
    [InlineData(true, 6, "main:4 berlin:2")]
    [InlineData(false, 6, "berlin:6")]
    [InlineData(false, 10, "main:4 berlin:6")]
    public void By_priority_wherever_the_goods_go(bool splits, int quantity, string picks) =>
        Said(new PriorityRule(Places(), splits).Pick(Shelves, quantity, new AllocationWish(Seoul, null))).ShouldBe(picks);

    [Theory]
    [InlineData(true, 5, "seoul:2 busan:3")]
    [InlineData(false, 5, "busan:5")]
    [InlineData(true, 12, "seoul:2 busan:6 main:4")]
    [InlineData(true, 21, "seoul:2 busan:6 main:4 berlin:9")]
    public void By_nearness_region_before_country_before_nowhere_before_abroad(bool splits, int quantity, string picks) =>
        Said(new NearnessRule(Places(), splits).Pick(Shelves, quantity, new AllocationWish(Seoul, null))).ShouldBe(picks);

    [Fact]
    public void Without_a_destination_nearness_is_priority() =>
        Said(new NearnessRule(Places()).Pick(Shelves, 6, default)).ShouldBe("main:4 berlin:2");

    [Fact]
    public void An_order_of_several_goods_comes_from_one_place_if_one_has_it_all()
    {
        var rule = new PriorityRule(Places(), splits: false);
        (ImmutableArray<Shelf>, int) tea = ([new("main", 1, 0, 0), new("busan", 5, 0, 0), new("berlin", 5, 0, 0)], 2);
        (ImmutableArray<Shelf>, int) cup = ([new("busan", 1, 0, 0), new("main", 9, 0, 0), new("berlin", 9, 0, 0)], 1);

        rule.Together([tea, cup], Seoul).ShouldBe("berlin");
        new NearnessRule(Places(), splits: false).Together([tea, cup], Seoul).ShouldBe("busan");
        Said(rule.Pick(cup.Item1, 1, new AllocationWish(Seoul, "berlin"))).ShouldBe("berlin:1");
        rule.Together([tea, (cup.Item1, 10)], Seoul).ShouldBeNull();
        new PriorityRule(Places()).Together([tea, cup], Seoul).ShouldBeNull();
    }

    [Fact]
    public void The_settings_name_the_rule()
    {
        new InventoryOptions().RuleOver(Places()).ShouldBeOfType<PriorityRule>();
        new InventoryOptions { AllocationRule = "nearness" }.RuleOver(Places()).ShouldBeOfType<NearnessRule>();
        Should.Throw<InvalidOperationException>(() => new InventoryOptions { AllocationRule = "dice" }.RuleOver(Places())).Message.ShouldContain("dice");
    }

    private static string Said(IEnumerable<StockPick> picks) => string.Join(' ', picks.Select(pick => $"{pick.Location}:{pick.Quantity}"));

    private static LocationDirectory Places()
    {
        var places = new LocationDirectory();
        places.Add([new KnownLocation("busan", "Busan", 30, "KR", "26"), new KnownLocation("seoul", "Seoul", 20, "KR", "11"), new KnownLocation("berlin", "Berlin", 10, "DE")]);
        return places;
    }
}
