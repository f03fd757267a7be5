using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Outcomes;
using Commerce.Pricing.Contracts;
using Commerce.Pricing.ReadModels;
using Commerce.Pricing.Rules;

namespace Commerce.Pricing.Tests;

/// <summary>Rules and questions that tests start from.</summary>
internal static class Scenarios
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly Guid Customer = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
    public static readonly Guid OrderId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8058");
    public static readonly Destination Berlin = new("DE");

    private static readonly BuiltInRules Compiler = new();

    public static RulesDocument Nothing => new([], [], [], [], [], new Dictionary<Guid, IReadOnlyList<Guid>>(), false);

    public static RulesDocument Free(this RulesDocument rules) => rules with { ShippingMethods = [Method("standard", new ShippingRate())], ReplacedMethods = ["standard", "express"] };

    public static PriceRules Compiled(this RulesDocument rules) => new(Compiler.Shipping(rules), Compiler.Taxes(rules), Compiler.Discounts(rules));

    public static ShippingMethodSet Method(string code, params ShippingRate[] rates) => new(code, code, 0, rates);

    public static TaxTableSet Germany(bool included = false, string? shipping = "standard") =>
        new("DE", included, shipping, [new TaxRate("standard", 0.19m), new TaxRate("books", 0.07m), new TaxRate("standard", 0.20m, "BE")]);

    public static RuleDiscount Discount(DiscountTerms terms, string? coupon = null, int id = 1) =>
        new(new Guid(id, 0, 0, new byte[8]), coupon, terms, coupon is not null || terms.IsLimited(), false, false);

    public static DiscountTerms Percent(decimal percent) => new("Percent", DiscountKind.Percentage, percent);

    public static DiscountTerms Off(decimal amount, string currency = "USD") => new("Off", DiscountKind.Amount, Amounts: [Money.Of(amount, currency)]);

    public static PriceQuestion Asked(params GoodsLine[] lines) => new("USD", lines, Berlin, null, [], Buyer.Unknown, Now);

    public static Money Usd(decimal amount) => Money.Of(amount, "USD");

    public static TAggregate Given<TAggregate>(params object[] events)
        where TAggregate : class, IAggregate<TAggregate> => events.Aggregate(TAggregate.Initial, (state, @event) => state.Evolve(@event));

    public static TRefusal ThenRefused<TRefusal>(this Decision decision)
        where TRefusal : Refusal => decision.Refusal.ShouldBeOfType<TRefusal>();
}
