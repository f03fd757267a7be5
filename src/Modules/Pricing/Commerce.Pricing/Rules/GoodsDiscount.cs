using System.Collections.Frozen;
using Commerce.Pricing.Contracts;

namespace Commerce.Pricing.Rules;

/// <summary>The goods that a discount is about.</summary>
internal sealed class GoodsFilter
{
    private readonly FrozenSet<string> _skus;
    private readonly FrozenSet<Guid> _categories;

    public GoodsFilter(DiscountTerms terms, IReadOnlyDictionary<Guid, IReadOnlyList<Guid>> branches)
    {
        _skus = (terms.Skus ?? []).ToFrozenSet(StringComparer.Ordinal);
        _categories = (terms.CategoryIds ?? []).SelectMany(id => branches.TryGetValue(id, out var all) ? all.Append(id) : [id]).ToFrozenSet();
    }

    /// <summary>Whether a line is among them.</summary>
    public bool Matches(GoodsLine line) =>
        (_skus.Count == 0 && _categories.Count == 0) || _skus.Contains(line.Sku) || (line.CategoryIds is { } ids && _categories.Count > 0 && ids.Any(_categories.Contains));

    /// <summary>Whether any line is among them.</summary>
    public bool MatchesAny(IReadOnlyList<GoodsLine> lines) => lines.Any(Matches);

    /// <summary>How many units are among them.</summary>
    public int Units(IReadOnlyList<GoodsLine> lines) => lines.Where(Matches).Sum(line => line.Quantity);
}

/// <summary>What a discount takes off each line of what is left of it. The parts add up to the discount, to the smallest coin.</summary>
internal static class GoodsDiscount
{
    /// <summary>The parts; none is more than what is left.</summary>
    public static decimal[] Off(DiscountTerms terms, GoodsFilter goods, Basket basket, decimal[] left) => terms.Kind switch
    {
        DiscountKind.Percentage => Percentage(terms.Percent!.Value / 100m, goods, basket, left),
        DiscountKind.Amount => Amount(terms.Amounts!.First(amount => amount.Currency == basket.Question.Currency).Amount, goods, basket, left),
        DiscountKind.BuyXGetY => CheapestUnits(terms, goods, basket, left),
        DiscountKind.FreeShipping => new decimal[left.Length],
        _ => throw new InvalidOperationException($"A discount has no kind {terms.Kind}."),
    };

    // Each line by itself, rounded by itself: what a line shows must not depend on its neighbours.
    private static decimal[] Percentage(decimal part, GoodsFilter goods, Basket basket, decimal[] left)
    {
        var off = new decimal[left.Length];
        for (var i = 0; i < left.Length; i++)
        {
            off[i] = goods.Matches(basket.Lines[i]) ? basket.Round(left[i] * part) : 0m;
        }

        return off;
    }

    // In proportion to what is left of the lines. Parts are cut from the rounded running sum, so that they add up to the whole.
    private static decimal[] Amount(decimal amount, GoodsFilter goods, Basket basket, decimal[] left)
    {
        var off = new decimal[left.Length];
        var all = 0m;
        for (var i = 0; i < left.Length; i++)
        {
            all += goods.Matches(basket.Lines[i]) ? left[i] : 0m;
        }

        var (whole, running, given) = (Math.Min(amount, all), 0m, 0m);
        for (var i = 0; i < left.Length && all > 0m; i++)
        {
            if (goods.Matches(basket.Lines[i]))
            {
                running += left[i];
                off[i] = basket.Round(whole * (running / all)) - given;
                given += off[i];
            }
        }

        return off;
    }

    // Of each full set the cheapest units are given.
    private static decimal[] CheapestUnits(DiscountTerms terms, GoodsFilter goods, Basket basket, decimal[] left)
    {
        var off = new decimal[left.Length];
        var (set, given) = (terms.BuyQuantity!.Value + terms.GetQuantity!.Value, terms.GetQuantity.Value);
        var free = goods.Units(basket.Lines) / set * given;
        foreach (var i in Enumerable.Range(0, left.Length).Where(i => goods.Matches(basket.Lines[i])).OrderBy(i => basket.Lines[i].UnitAmount))
        {
            var units = Math.Min(free, basket.Lines[i].Quantity);
            free -= units;
            off[i] = basket.Round(left[i] * ((terms.Percent ?? 100m) / 100m) * units / basket.Lines[i].Quantity);
        }

        return off;
    }
}
