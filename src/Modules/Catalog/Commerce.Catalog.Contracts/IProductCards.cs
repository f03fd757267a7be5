namespace Commerce.Catalog.Contracts;

/// <summary>What a list shows of a product, for modules that know only its id.</summary>
public interface IProductCards
{
    /// <summary>The cards by product id; products that are unknown or not active are absent.</summary>
    /// <param name="productIds">At most a few hundred ids.</param>
    /// <param name="locale">The locale of the names, or null for the shop's own.</param>
    /// <param name="currency">The currency of the amounts, or null for each product's first.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    ValueTask<IReadOnlyDictionary<Guid, ProductCard>> CardsAsync(
        IReadOnlyCollection<Guid> productIds, string? locale, string? currency, CancellationToken cancellationToken);
}

/// <summary>A product in a list.</summary>
/// <param name="Id">The product's id.</param>
/// <param name="Slug">Its slug.</param>
/// <param name="Name">Its name in the asked locale, or in the nearest one it has.</param>
/// <param name="Amount">The lowest price of its variants that applies now, or null when there is none in that currency.</param>
/// <param name="Currency">The amount's currency, or null.</param>
/// <param name="ImageUrl">The first image, or null.</param>
/// <param name="Availability"><c>inStock</c>, <c>lowStock</c>, <c>outOfStock</c> or <c>backorder</c>: the best of its variants.</param>
public sealed record ProductCard(Guid Id, string Slug, string Name, decimal? Amount, string? Currency, string? ImageUrl, string Availability);
