namespace Commerce.Catalog.Tests;

public sealed class SlugTests
{
    [Theory]
    [InlineData("Red Shirt", "red-shirt")]
    [InlineData("  HP Pavilion dv7-1211ea (17\") ", "hp-pavilion-dv7-1211ea-17")]
    [InlineData("Crème brûlée", "creme-brulee")]
    [InlineData("헤드폰", "hedeupon")]
    [InlineData("ＦＵＬＬ width", "full-width")]
    [InlineData("☃☃☃", "otherwise")]
    [InlineData("Import", "otherwise")]
    public void Names_become_slugs(string name, string slug) => Slugs.From(name, "otherwise").ShouldBe(slug);

    [Theory]
    [InlineData("red-shirt", true)]
    [InlineData("a", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("a--b", false)]
    [InlineData("Red", false)]
    [InlineData("a b", false)]
    [InlineData("export", false)]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a8057", false)]
    public void Slugs_have_a_pattern(string slug, bool valid) => Slugs.IsValid(slug).ShouldBe(valid);
}
