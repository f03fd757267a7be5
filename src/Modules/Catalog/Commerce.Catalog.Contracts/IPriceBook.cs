namespace Commerce.Catalog.Contracts;

/// <summary>What the shop asks for its goods now. The only source of prices: a client's price is never believed.</summary>
public interface IPriceBook
{
    /// <summary>
    /// The offers for these SKUs, by SKU. A SKU is absent when it is unknown, its product is not active, or it has no price in that currency at this moment.
    /// Quantities count: a price may ask for a minimum quantity.
    /// </summary>
    /// <param name="lines">SKUs with their quantities; a SKU that is named twice is priced by its summed quantity.</param>
    /// <param name="currency">ISO 4217 code.</param>
    /// <param name="customerGroup">The caller's customer group, or null.</param>
    /// <param name="locale">The locale of the product names.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    ValueTask<IReadOnlyDictionary<string, SkuOffer>> OffersAsync(
        IReadOnlyList<SkuQuantity> lines, string currency, string? customerGroup, string locale, CancellationToken cancellationToken);
}

/// <summary>So many of a SKU.</summary>
/// <param name="Sku">The stock keeping unit.</param>
/// <param name="Quantity">At least 1.</param>
public sealed record SkuQuantity(string Sku, int Quantity);

/// <summary>What one unit of a SKU costs now.</summary>
/// <param name="Sku">The stock keeping unit.</param>
/// <param name="ProductId">The product it belongs to.</param>
/// <param name="ProductName">The product's name in the asked locale, or in the nearest one it has.</param>
/// <param name="UnitAmount">The amount of one unit in major units.</param>
/// <param name="Currency">ISO 4217 code, as asked.</param>
/// <param name="WeightGrams">The weight of one unit, or null when nobody entered it.</param>
/// <param name="CategoryIds">The categories of its product, or null for none.</param>
/// <param name="TaxClass">What the product's attribute <c>taxClass</c> says, or null.</param>
public sealed record SkuOffer(
    string Sku, Guid ProductId, string ProductName, decimal UnitAmount, string Currency, int? WeightGrams = null, IReadOnlyList<Guid>? CategoryIds = null, string? TaxClass = null);
