namespace Commerce.Catalog.Tests;

public sealed class ProductTests
{
    [Fact]
    public void A_draft_is_published_once()
    {
        var draft = Scenarios.Draft();
        draft.Publish().ShouldBeOne<ProductPublished>().Listing.Status.ShouldBe("active");
        Scenarios.Active().Publish().ShouldBeNothing();
    }

    [Fact]
    public void Nothing_without_a_variant_is_published() =>
        Product.Initial.After(Product.Create(Scenarios.Content(), [], ProductStatus.Draft, Scenarios.Now)).Publish().Refusal.ShouldBeOfType<NothingToSell>();

    [Fact]
    public void An_archived_product_comes_back()
    {
        var product = Scenarios.Active();
        var archived = product.After(product.Archive());
        archived.Status.ShouldBe(ProductStatus.Archived);
        archived.Archive().ShouldBeNothing();
        archived.After(archived.Publish()).Status.ShouldBe(ProductStatus.Active);
        archived.After(archived.Become(ProductStatus.Draft)).Status.ShouldBe(ProductStatus.Draft);
    }

    [Fact]
    public void The_same_content_changes_nothing()
    {
        var product = Scenarios.Active();
        product.Revise(Scenarios.Content()).ShouldBeNothing();
        var revised = product.Revise(Scenarios.Content(name: "Blue shirt")).ShouldBeOne<ProductRevised>();
        revised.Skus.ShouldBe(["A"]);
        revised.Status.ShouldBe("active");
    }

    [Fact]
    public void A_product_keeps_a_translation() =>
        Scenarios.Active().Revise(Scenarios.Content() with { Translations = new Dictionary<string, ProductText>() }).Refusal.ShouldNotBeNull();

    [Fact]
    public void Variants_come_and_go()
    {
        var product = Scenarios.Active();
        product.AddVariant(Scenarios.Variant("A")).Refusal.ShouldBeOfType<SkuTaken>();
        product = product.After(product.AddVariant(Scenarios.Variant("B", 10m)));
        product.Skus().ShouldBe(["A", "B"]);
        product.RemoveVariant("C").Refusal.ShouldBeOfType<VariantUnknown>();
        product = product.After(product.RemoveVariant("A"));
        product.Skus().ShouldBe(["B"]);
        product.RemoveVariant("B").Refusal.ShouldBeOfType<LastVariant>();
    }

    [Fact]
    public void A_product_has_a_limit_of_variants()
    {
        var full = Scenarios.Draft([.. Enumerable.Range(0, Product.MaxVariants).Select(i => Scenarios.Variant($"S{i}"))]);
        full.AddVariant(Scenarios.Variant("one-more")).Refusal.ShouldBeOfType<TooManyVariants>();
    }

    [Fact]
    public void Prices_in_another_order_are_the_same_prices()
    {
        PriceEntry[] prices = [PriceEntry.Base("USD", 39.90m), PriceEntry.Base("EUR", 36.00m)];
        var product = Scenarios.Active(Scenarios.Variant() with { Prices = prices });
        product.SetPrices("A", [prices[1], prices[0]]).ShouldBeNothing();
        product.SetPrices("A", [prices[1]]).ShouldBeOne<PricesSet>().Prices.ShouldBe([prices[1]]);
        product.SetPrices("Z", prices).Refusal.ShouldBeOfType<VariantUnknown>();
    }

    [Fact]
    public void A_sku_has_one_owner_until_it_is_released()
    {
        var (first, second) = (Guid.Parse("00000000-0000-7000-8000-000000000001"), Guid.Parse("00000000-0000-7000-8000-000000000002"));
        var claim = SkuClaim.Initial.After(SkuClaim.Initial.Take("A", first));
        claim.Take("A", second).Refusal.ShouldBeOfType<SkuTaken>();
        claim = claim.After(claim.Release("A"));
        claim.Release("A").ShouldBeNothing();
        claim.After(claim.Take("A", second)).ProductId.ShouldBe(second);
    }

    [Fact]
    public void Only_another_word_for_the_stock_is_an_event()
    {
        var claim = SkuClaim.Initial.After(SkuClaim.Initial.CallAvailability("A", "inStock"));
        claim.CallAvailability("A", "inStock").ShouldBeNothing();
        claim.CallAvailability("A", "outOfStock").ShouldBeOne<SkuAvailabilityChanged>();
    }

    [Fact]
    public void A_product_keeps_its_slugs()
    {
        var (first, second) = (Guid.Parse("00000000-0000-7000-8000-000000000001"), Guid.Parse("00000000-0000-7000-8000-000000000002"));
        var claim = SlugClaim.Initial.After(SlugClaim.Initial.Take("shirt", first));
        claim.Take("shirt", first).ShouldBeNothing();
        claim.Take("shirt", second).Refusal.ShouldBeOfType<SlugTaken>();
    }
}
