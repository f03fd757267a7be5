using System.Collections.Frozen;
using Commerce.Pricing.Contracts;

namespace Commerce.Pricing.Rules;

/// <summary>What the state asks for. Pure.</summary>
internal interface ITaxes
{
    /// <summary>The tax on a line; null where none is asked for.</summary>
    /// <param name="basket">The goods, for their destination.</param>
    /// <param name="line">Which of them.</param>
    /// <param name="amount">The line's value after discounts.</param>
    LineTax? OnLine(Basket basket, GoodsLine line, decimal amount);

    /// <summary>The tax on shipping; null where none is asked for.</summary>
    LineTax? OnShipping(Basket basket, decimal amount);
}

/// <summary>
/// One table for each country of destination. A rate is looked for by region and class, then by class, then for standard goods alike; what no table knows is
/// not taxed. Each line is rounded by itself, half away from zero, because each line shows its tax and the sum must be the sum of what is shown.
/// </summary>
internal sealed class TaxByTables : ITaxes
{
    private readonly FrozenDictionary<string, TaxTableSet> _tables;
    private readonly FrozenDictionary<Guid, string> _classes;

    public TaxByTables(IEnumerable<TaxTableSet> tables, IEnumerable<TaxClassSet> classes, IReadOnlyDictionary<Guid, IReadOnlyList<Guid>> branches)
    {
        _tables = tables.ToFrozenDictionary(table => table.Country, StringComparer.Ordinal);
        var byCategory = new Dictionary<Guid, string>();
        // A category that is named itself goes before one that is only below; among equals the first class by name.
        foreach (var (code, category) in classes.OrderBy(one => one.Code, StringComparer.Ordinal).SelectMany(one => one.CategoryIds.Select(category => (one.Code, category))))
        {
            byCategory.TryAdd(category, code);
        }

        foreach (var (code, category) in classes.OrderBy(one => one.Code, StringComparer.Ordinal).SelectMany(one => one.CategoryIds.SelectMany(category => Below(category).Select(below => (one.Code, below)))))
        {
            byCategory.TryAdd(category, code);
        }

        _classes = byCategory.ToFrozenDictionary();

        IEnumerable<Guid> Below(Guid category) => branches.TryGetValue(category, out var all) ? all : [];
    }

    /// <inheritdoc />
    public LineTax? OnLine(Basket basket, GoodsLine line, decimal amount) => Table(basket) is { } table ? On(table, basket, ClassOf(line), amount) : null;

    /// <inheritdoc />
    public LineTax? OnShipping(Basket basket, decimal amount) => Table(basket) is { ShippingClass: { } taxClass } table ? On(table, basket, taxClass, amount) : null;

    private static LineTax On(TaxTableSet table, Basket basket, string taxClass, decimal amount)
    {
        var rate = RateOf(table, taxClass, basket.Question.Destination!.Region);
        var tax = basket.Round(table.PricesIncludeTax ? amount * (rate / (1m + rate)) : amount * rate);
        return new LineTax(taxClass, rate, tax, table.PricesIncludeTax);
    }

    private static decimal RateOf(TaxTableSet table, string taxClass, string? region) =>
        Find(table, taxClass, region) ?? Find(table, taxClass, null) ?? Find(table, BuiltIn.TaxClass, region) ?? Find(table, BuiltIn.TaxClass, null) ?? 0m;

    private static decimal? Find(TaxTableSet table, string taxClass, string? region)
    {
        foreach (var rate in table.Rates)
        {
            if (rate.Class == taxClass && string.Equals(rate.Region, region, StringComparison.OrdinalIgnoreCase))
            {
                return rate.Rate;
            }
        }

        return null;
    }

    private TaxTableSet? Table(Basket basket) => basket.Question.Destination is { } destination ? _tables.GetValueOrDefault(destination.Country) : null;

    private string ClassOf(GoodsLine line)
    {
        if (line.TaxClass is { } named)
        {
            return named;
        }

        foreach (var category in line.CategoryIds ?? [])
        {
            if (_classes.TryGetValue(category, out var found))
            {
                return found;
            }
        }

        return BuiltIn.TaxClass;
    }
}
