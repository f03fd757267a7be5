using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Recommendations.ReadModels;

namespace Commerce.Recommendations.Tests;

public sealed class FeatureTests
{
    private static readonly Guid Category = Identifiers.Next();

    [Fact]
    public void An_active_product_has_its_category_brand_and_attributes() =>
        Feature.Of(Product("active", new() { ["product_colour"] = "Red", ["brand"] = "Acme" }, Category, Category)).ShouldBe(
        [
            Feature.All,
            new Feature("category", Category.ToString(), "the same category"),
            new Feature("brand", "Acme", "brand Acme"),
            new Feature("attribute", "product_colour=Red", "product colour Red"),
        ]);

    [Theory]
    [InlineData("draft")]
    [InlineData("archived")]
    public void What_shoppers_cannot_see_has_none(string status) => Feature.Of(Product(status, new() { ["brand"] = "Acme" }, Category)).ShouldBeEmpty();

    [Fact]
    public void A_product_has_at_most_so_many_and_no_long_texts()
    {
        var attributes = Enumerable.Range(0, 100).ToDictionary(i => $"a{i}", i => i == 0 ? new string('x', 200) : "v");
        var features = Feature.Of(Product("active", attributes));
        features.Count.ShouldBe(32);
        features.ShouldAllBe(feature => feature.Key.Length < 100);
    }

    private static ProductChangedAnnouncement Product(string status, Dictionary<string, string> attributes, params Guid[] categories) =>
        new(Identifiers.Next(), "slug", status, new Dictionary<string, string>(), categories, attributes, []);
}
