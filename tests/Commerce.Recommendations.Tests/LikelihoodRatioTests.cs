using Commerce.Recommendations.Ranking;

namespace Commerce.Recommendations.Tests;

public sealed class LikelihoodRatioTests
{
    [Fact]
    public void It_is_what_the_entropies_say()
    {
        // For the table 10, 5 / 10, 65 + 10, as a statistics package has it.
        LikelihoodRatio.Of(10, 15, 20, 90).ShouldBe(19.4093, 0.001);
    }

    [Fact]
    public void The_first_order_of_a_shop_proves_something() => LikelihoodRatio.Of(1, 1, 1, 1).ShouldBeGreaterThan(0);

    [Fact]
    public void More_orders_together_prove_more() =>
        LikelihoodRatio.Of(8, 10, 10, 1000).ShouldBeGreaterThan(LikelihoodRatio.Of(4, 10, 10, 1000));

    [Fact]
    public void What_everybody_buys_goes_with_nothing_in_particular()
    {
        // Nine of ten orders with the seed have the staple, but so have nine of ten of all orders.
        LikelihoodRatio.Of(90, 100, 900, 1000).ShouldBeLessThan(LikelihoodRatio.Of(12, 100, 15, 1000));
        LikelihoodRatio.Of(50, 100, 900, 1000).ShouldBeLessThan(0);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0, 5, 5, 100)]
    [InlineData(5, 1, 1, 1)]
    public void It_is_a_number_whatever_the_counts(long both, long one, long other, long all) =>
        double.IsFinite(LikelihoodRatio.Of(both, one, other, all)).ShouldBeTrue();
}
