using Commerce.Monetary;
using Commerce.Pricing.Contracts;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Commerce.Pricing.Tests.Scenarios;

namespace Commerce.Pricing.Tests;

public sealed class TotalsProperties
{
    // A cart in minor units of a currency with 0, 2 or 3 digits, under rules of every kind.
    private static readonly Gen<Shopping> Carts =
        from currency in Gen.Elements("KRW", "USD", "KWD")
        from lines in (from cents in Gen.Choose(0, 20_000) from quantity in Gen.Choose(1, 9) from grams in Gen.Choose(0, 900) from taxClass in Gen.Elements("standard", "books", null)
            select (cents, quantity, grams, taxClass)).NonEmptyListOf()
        from discounts in (from kind in Gen.Choose(0, 3) from size in Gen.Choose(1, 100) from priority in Gen.Choose(0, 3) from exclusive in Gen.Elements(true, false, false)
            from target in Gen.Choose(0, 2) select (kind, size, priority, exclusive, target)).ListOf()
        from shipping in Gen.Choose(0, 3000)
        from freeFrom in Gen.Choose(0, 60_000)
        from rate in Gen.Choose(0, 300_000)
        from included in Gen.Elements(true, false)
        from taxesShipping in Gen.Elements(true, false)
        select new Shopping(currency, [.. lines.Take(12)], [.. discounts.Take(6)], shipping, freeFrom, rate / 1_000_000m, included, taxesShipping);

    [Property(MaxTest = 1000)]
    public Property A_total_is_always_the_sum_of_its_shown_parts() => Prop.ForAll(Carts.ToArbitrary(), cart =>
    {
        var quote = cart.Quote();
        var digits = Currency.MinorDigits(cart.Code);
        var (off, added, included) = (quote.Shipping!.Discount, Added(quote.Shipping.Tax), Included(quote.Shipping.Tax));
        for (var i = 0; i < quote.Lines.Count; i++)
        {
            var (line, total) = (quote.Lines[i], cart.Goods[i].UnitAmount * cart.Goods[i].Quantity);
            var here = line.Discounts.Sum(part => part.Amount);
            here.ShouldBeInRange(0m, total);
            line.Discounts.ShouldAllBe(part => part.Amount > 0m && decimal.Round(part.Amount, digits) == part.Amount);
            var tax = (total - here) * (cart.Included ? line.Tax!.Rate / (1m + line.Tax.Rate) : line.Tax!.Rate);
            line.Tax.Amount.ShouldBe(decimal.Round(tax, digits, MidpointRounding.AwayFromZero));
            (off, added, included) = (off + here, added + Added(line.Tax), included + Included(line.Tax));
        }

        quote.Subtotal.ShouldBe(cart.Goods.Sum(line => line.UnitAmount * line.Quantity));
        quote.Discount.ShouldBe(off);
        quote.Discounts.Sum(discount => discount.OnShipping).ShouldBe(quote.Shipping.Discount);
        quote.Tax.ShouldBe(added);
        quote.IncludedTax.ShouldBe(included);
        quote.Shipping.Discount.ShouldBeInRange(0m, quote.Shipping.Amount);
        quote.Total.ShouldBe(quote.Subtotal + quote.Shipping.Amount + quote.Tax - quote.Discount);
        quote.Total.ShouldBeGreaterThanOrEqualTo(0m);
        (cart.Included ? quote.Tax : quote.IncludedTax).ShouldBe(0m);
    });

    [Property(MaxTest = 300)]
    public Property No_choice_of_stacking_saves_more_than_the_one_that_is_made() => Prop.ForAll(Carts.ToArbitrary(), cart =>
    {
        var saved = cart.Quote().Discount;

        cart.Quote(discounts => discounts.Where(discount => !discount.Exclusive)).Discount.ShouldBeLessThanOrEqualTo(saved);
        for (var i = 0; i < cart.Discounts.Count; i++)
        {
            var only = cart.Discounts[i];
            if (only.Exclusive)
            {
                cart.Quote(_ => [only]).Discount.ShouldBeLessThanOrEqualTo(saved);
            }
        }
    });

    private static decimal Added(LineTax? tax) => tax is { IsIncluded: false } ? tax.Amount : 0m;

    private static decimal Included(LineTax? tax) => tax is { IsIncluded: true } ? tax.Amount : 0m;

    private sealed record Shopping(
        string Code, IReadOnlyList<(int Cents, int Quantity, int Grams, string? TaxClass)> Lines, IReadOnlyList<(int Kind, int Size, int Priority, bool Exclusive, int Target)> Discounts,
        int Shipping, int FreeFrom, decimal Rate, bool Included, bool TaxesShipping)
    {
        public IReadOnlyList<GoodsLine> Goods => [.. Lines.Select((line, i) => new GoodsLine($"S{i}", line.Quantity, Minor(line.Cents), line.Grams, null, line.TaxClass))];

        public PriceQuote Quote(Func<IEnumerable<(int Kind, int Size, int Priority, bool Exclusive, int Target)>, IEnumerable<(int Kind, int Size, int Priority, bool Exclusive, int Target)>>? only = null) => (Nothing with
        {
            ShippingMethods = [Method("standard", new ShippingRate(Price: Money.Of(Minor(Shipping), Code), FreeFrom: Money.Of(Minor(FreeFrom), Code)))],
            ReplacedMethods = ["standard", "express"],
            TaxTables = [new TaxTableSet("DE", Included, TaxesShipping ? "standard" : null, [new TaxRate("standard", Rate), new TaxRate("books", Rate / 2)])],
            Discounts = [.. (only is null ? Discounts : only(Discounts)).Select((discount, i) => Discount(Terms(discount), id: i + 1))],
        }).Compiled().Quote(new PriceQuestion(Code, Goods, Berlin, null, [], Buyer.Unknown, Now));

        private DiscountTerms Terms((int Kind, int Size, int Priority, bool Exclusive, int Target) discount) => new(
            "Some", (DiscountKind)discount.Kind, discount.Size, [Money.Of(Minor(discount.Size * 37), Code)], 1 + (discount.Size % 3), 1 + (discount.Size % 2),
            discount.Target == 0 ? null : [$"S{discount.Target}", "S0"], Priority: discount.Priority, IsExclusive: discount.Exclusive);

        private decimal Minor(int amount) => amount / (decimal)Math.Pow(10, Currency.MinorDigits(Code));
    }
}
