using System.Globalization;
using Commerce.Catalog.Contracts;
using Commerce.Monetary;
using Commerce.Recommendations.Ranking;

namespace Commerce.Recommendations;

/// <summary>How a caller wants its products: locale and currency.</summary>
internal sealed record Presentation(string? Locale, string? Currency);

/// <summary>Turns ranked products into items with their cards. What shoppers cannot see is passed over.</summary>
internal sealed class ProductShelf(IProductCards cards)
{
    /// <summary>Ranked products beyond the limit, because some of them may be no longer for sale.</summary>
    internal const int Spare = 20;

    /// <summary>The items in the ranked order.</summary>
    internal async Task<IReadOnlyList<RecommendedItem>> ItemsAsync(
        IReadOnlyList<RankedProduct> ranked, int most, Presentation presentation, CancellationToken cancellationToken)
    {
        var shown = ranked.Take(most + Spare).ToList();
        if (shown.Count == 0)
        {
            return [];
        }

        var ids = shown.Select(product => product.ProductId).Concat(shown.Select(product => product.Seed).OfType<Guid>()).Distinct().ToList();
        var known = await cards.CardsAsync(ids, presentation.Locale, presentation.Currency, cancellationToken);
        return [.. shown.Where(product => known.ContainsKey(product.ProductId)).Take(most).Select(product => ItemOf(product, known))];
    }

    /// <summary>Whether shoppers can see a product.</summary>
    internal async Task<bool> ShowsAsync(Guid productId, CancellationToken cancellationToken) =>
        (await cards.CardsAsync([productId], null, null, cancellationToken)).ContainsKey(productId);

    private static RecommendedItem ItemOf(RankedProduct product, IReadOnlyDictionary<Guid, ProductCard> cards)
    {
        var card = cards[product.ProductId];
        var seed = product.Seed is { } id && cards.TryGetValue(id, out var seedCard) ? seedCard.Name : "another product of yours";
        return new RecommendedItem(
            card.Id, card.Slug, card.Name,
            card is { Amount: { } amount, Currency: { } currency } ? Money.Of(amount, currency) : null,
            card.ImageUrl, card.Availability, product.Score,
            product.Reason.Contains("{0}", StringComparison.Ordinal) ? string.Format(CultureInfo.InvariantCulture, product.Reason, seed) : product.Reason,
            product.At);
    }
}
