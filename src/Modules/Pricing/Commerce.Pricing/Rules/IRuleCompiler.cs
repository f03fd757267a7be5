using Commerce.Pricing.ReadModels;

namespace Commerce.Pricing.Rules;

/// <summary>Makes rules that can be asked from what is written down: the place to put another way of shipping, taxing or discounting.</summary>
internal interface IRuleCompiler
{
    /// <summary>What shipping costs.</summary>
    IShippingPrices Shipping(RulesDocument rules);

    /// <summary>What the state asks for.</summary>
    ITaxes Taxes(RulesDocument rules);

    /// <summary>What goods are cheaper by.</summary>
    IDiscounts Discounts(RulesDocument rules);
}

/// <summary>The ways that the shop brings along.</summary>
internal sealed class BuiltInRules : IRuleCompiler
{
    /// <inheritdoc />
    public IShippingPrices Shipping(RulesDocument rules) => new ShippingByRates(
        [.. rules.ShippingMethods, .. BuiltIn.ShippingMethods.Where(method => !rules.ReplacedMethods.Contains(method.Code, StringComparer.Ordinal))]);

    /// <inheritdoc />
    public ITaxes Taxes(RulesDocument rules) => new TaxByTables(rules.TaxTables, rules.TaxClasses, rules.Branches);

    /// <inheritdoc />
    public IDiscounts Discounts(RulesDocument rules) => new StackedDiscounts(rules.Discounts, rules.Branches);
}
