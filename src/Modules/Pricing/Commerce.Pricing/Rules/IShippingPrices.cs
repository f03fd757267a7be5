using System.Collections.Frozen;
using Commerce.Pricing.Contracts;

namespace Commerce.Pricing.Rules;

/// <summary>What shipping costs. Pure.</summary>
internal interface IShippingPrices
{
    /// <summary>The ways in the shop's order.</summary>
    IReadOnlyList<ShippingMethodSet> Methods { get; }

    /// <summary>The way with this code, or null.</summary>
    ShippingMethodSet? Find(string code);

    /// <summary>The rate that holds for these goods to this destination, or null when they do not go this way.</summary>
    ShippingRate? RateFor(ShippingMethodSet method, Basket basket, Destination destination);

    /// <summary>The price under a rate.</summary>
    /// <param name="rate">One that holds.</param>
    /// <param name="basket">The goods.</param>
    /// <param name="goods">Their value after discounts.</param>
    decimal PriceOf(ShippingRate rate, Basket basket, decimal goods);
}

/// <summary>
/// Flat or by weight, free from an amount, by country and region. The most exact rate wins: a region before its country before everywhere; among equals
/// the first.
/// </summary>
internal sealed class ShippingByRates(IEnumerable<ShippingMethodSet> methods) : IShippingPrices
{
    private readonly FrozenDictionary<string, ShippingMethodSet> _byCode = methods.ToFrozenDictionary(method => method.Code, StringComparer.Ordinal);

    /// <inheritdoc />
    public IReadOnlyList<ShippingMethodSet> Methods { get; } = [.. methods.OrderBy(method => method.Position).ThenBy(method => method.Code, StringComparer.Ordinal)];

    /// <inheritdoc />
    public ShippingMethodSet? Find(string code) => _byCode.GetValueOrDefault(code);

    /// <inheritdoc />
    public ShippingRate? RateFor(ShippingMethodSet method, Basket basket, Destination destination)
    {
        var (found, exactness) = (default(ShippingRate), 0);
        foreach (var rate in method.Rates)
        {
            var here = Exactness(rate, destination);
            if (here > exactness && (rate.Currency() is not { } currency || currency == basket.Question.Currency) && (rate.Weights is not [.., var last] || basket.Grams <= last.UpToGrams))
            {
                (found, exactness) = (rate, here);
            }
        }

        return found;
    }

    /// <inheritdoc />
    public decimal PriceOf(ShippingRate rate, Basket basket, decimal goods)
    {
        if (rate.FreeFrom is { } from && goods >= from.Amount)
        {
            return 0m;
        }

        if (rate.Weights is not [..] weights)
        {
            return rate.Price?.Amount ?? 0m;
        }

        var at = 0;
        while (at < weights.Count - 1 && basket.Grams > weights[at].UpToGrams)
        {
            at++;
        }

        return weights[at].Price.Amount;
    }

    private static int Exactness(ShippingRate rate, Destination destination) =>
        rate.Countries is not [_, ..] ? 1
        : !rate.Countries.Contains(destination.Country, StringComparer.Ordinal) ? 0
        : rate.Regions is not [_, ..] ? 2
        : destination.Region is { } region && rate.Regions.Contains(region, StringComparer.OrdinalIgnoreCase) ? 3
        : 0;
}
