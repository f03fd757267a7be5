using Commerce.Pricing.Contracts;
using static Commerce.Pricing.Tests.Scenarios;

namespace Commerce.Pricing.Tests;

public sealed class TaxTests
{
    private static readonly Guid Books = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8061");
    private static readonly Guid Novels = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8062");

    [Fact]
    public void Each_line_is_rounded_half_away_from_zero_and_the_sum_is_theirs()
    {
        var quote = (Nothing.Free() with { TaxTables = [Germany()] }).Compiled().Quote(Asked(new GoodsLine("A", 1, 0.50m), new GoodsLine("B", 1, 0.50m)));

        quote.Lines.Select(line => line.Tax!.Amount).ShouldBe([0.10m, 0.10m]);
        (quote.Tax, quote.IncludedTax, quote.Total).ShouldBe((0.20m, 0m, 1.20m));
    }

    [Fact]
    public void Included_tax_is_told_and_not_added()
    {
        var quote = (Nothing.Free() with { TaxTables = [Germany(included: true)] }).Compiled().Quote(Asked(new GoodsLine("A", 1, 119m)));

        quote.Lines[0].Tax.ShouldBe(new LineTax("standard", 0.19m, 19m, true));
        (quote.Tax, quote.IncludedTax, quote.Total).ShouldBe((0m, 19m, 119m));
    }

    [Theory]
    [InlineData("books", null, 0.07)]
    [InlineData("books", "BE", 0.07)]
    [InlineData("food", null, 0.19)]
    [InlineData("food", "be", 0.20)]
    [InlineData(null, "BY", 0.19)]
    public void A_rate_is_looked_for_by_region_and_class_then_by_class_then_as_standard(string? taxClass, string? region, decimal expected)
    {
        var quote = (Nothing.Free() with { TaxTables = [Germany()] }).Compiled()
            .Quote(Asked(new GoodsLine("A", 1, 100m, TaxClass: taxClass)) with { Destination = new Destination("DE", region) });

        quote.Lines[0].Tax!.Rate.ShouldBe(expected);
    }

    [Fact]
    public void A_category_leads_into_a_class_with_all_below_it_unless_the_product_names_one()
    {
        var rules = (Nothing.Free() with
        {
            TaxTables = [Germany()],
            TaxClasses = [new TaxClassSet("books", "Books", [Books])],
            Branches = new Dictionary<Guid, IReadOnlyList<Guid>> { [Books] = [Books, Novels] },
        }).Compiled();

        rules.Quote(Asked(new GoodsLine("A", 1, 1m, CategoryIds: [Novels]))).Lines[0].Tax!.Class.ShouldBe("books");
        rules.Quote(Asked(new GoodsLine("A", 1, 1m, CategoryIds: [Novels], TaxClass: "standard"))).Lines[0].Tax!.Class.ShouldBe("standard");
    }

    [Fact]
    public void Shipping_is_taxed_as_its_class_or_not_at_all()
    {
        var method = Method("standard", new ShippingRate(Price: Usd(10m)));
        var rules = Nothing with { ShippingMethods = [method], ReplacedMethods = ["standard", "express"] };
        var question = Asked(new GoodsLine("A", 1, 100m));

        (rules with { TaxTables = [Germany(shipping: "books")] }).Compiled().Quote(question).Shipping!.Tax!.Amount.ShouldBe(0.70m);
        (rules with { TaxTables = [Germany(shipping: null)] }).Compiled().Quote(question).Shipping!.Tax.ShouldBeNull();
        rules.Compiled().Quote(question).Lines[0].Tax.ShouldBeNull();
        (rules with { TaxTables = [Germany()] }).Compiled().Quote(question with { Destination = null }).Tax.ShouldBe(0m);
    }
}
