using Commerce.Catalog.Wire;
using Commerce.Outcomes;

namespace Commerce.Catalog.Tests.Wire;

public sealed class ProductReadingTests
{
    private static readonly ProductRequest Sound = new(
        Translations: new() { ["en"] = new TextRequest("Red shirt") },
        Attributes: new() { ["brand"] = "Acme" },
        Variants: [new VariantRequest("A", Price: new MoneyRequest("39.90", "USD"))]);

    [Fact]
    public void A_sound_request_is_read()
    {
        var draft = ProductReading.Read(Sound, isNew: true).Value;
        draft.Variants[0].Prices.ShouldBe([PriceEntry.Base("USD", 39.90m)]);
    }

    [Fact]
    public void Every_fault_is_told_under_its_path()
    {
        var request = new ProductRequest(
            Slug: "Not A Slug",
            Translations: new() { ["english"] = new TextRequest("x"), ["ko"] = new TextRequest(" ") },
            Attributes: new() { ["brand"] = null },
            Images: [new ImageRequest("ftp://example.com/a.png")],
            Variants:
            [
                new VariantRequest("has space", Price: new MoneyRequest("39.9", "USD"), Barcode: ""),
                new VariantRequest("A", Price: new MoneyRequest("10", "XXX"), WeightGrams: -1),
                new VariantRequest("B", Options: new() { ["size"] = "" }, Price: new MoneyRequest("-1.00", "USD"), Prices: [new PriceRequest("KRW", "10.0", MinQuantity: 0)]),
                new VariantRequest("B"),
            ],
            Status: "sold");
        ErrorsOf(request).ShouldBe(
        [
            "attributes.brand", "images[0].url", "slug", "status", "translations.english", "translations.ko.name",
            "variants[0].barcode", "variants[0].price", "variants[0].price.amount", "variants[0].sku",
            "variants[1].price", "variants[1].price.currency", "variants[1].weightGrams",
            "variants[2].options.size", "variants[2].price", "variants[2].price.amount", "variants[2].prices[0].amount", "variants[2].prices[0].minQuantity",
            "variants[3].price", "variants[3].sku",
        ]);
    }

    [Theory]
    [InlineData("en", true)]
    [InlineData("pt-BR", true)]
    [InlineData("zh-Hant-TW", true)]
    [InlineData("es-419", true)]
    [InlineData("EN", false)]
    [InlineData("en-us", false)]
    [InlineData("e", false)]
    [InlineData("en-", false)]
    [InlineData("", false)]
    public void Locales_have_a_form(string locale, bool valid) => Limits.IsLocale(locale).ShouldBe(valid);

    [Theory]
    [InlineData("ABC-1/2.3", true)]
    [InlineData("가나다", true)]
    [InlineData("a b", false)]
    [InlineData("a\u00a0b", false)]
    [InlineData("a\u0000b", false)]
    [InlineData("a\u200bb", false)]
    [InlineData("", false)]
    public void Skus_are_printable_without_spaces(string sku, bool valid) => Limits.IsSku(sku).ShouldBe(valid);

    [Fact]
    public void A_sku_has_64_characters_at_the_most()
    {
        Limits.IsSku(new string('x', 64)).ShouldBeTrue();
        Limits.IsSku(new string('x', 65)).ShouldBeFalse();
    }

    [Fact]
    public void Two_prices_under_the_same_conditions_are_refused()
    {
        var read = ProductReading.ReadPrices([new PriceRequest("USD", "1.00"), new PriceRequest("USD", "2.00"), new PriceRequest("USD", "3.00", CustomerGroup: "vip")]);
        Paths(read.Refusal).ShouldBe(["prices[1]"]);
    }

    [Fact]
    public void A_price_ends_after_it_starts()
    {
        var read = ProductReading.ReadPrices([new PriceRequest("USD", "1.00", StartsAt: Scenarios.Now, EndsAt: Scenarios.Now)]);
        Paths(read.Refusal).ShouldBe(["prices[0].endsAt"]);
    }

    private static string[] ErrorsOf(ProductRequest request) => Paths(ProductReading.Read(request, isNew: true).Refusal);

    private static string[] Paths(Refusal? refusal) => [.. refusal.ShouldBeOfType<ValidationFailed>().Errors.Keys.Order(StringComparer.Ordinal)];
}
