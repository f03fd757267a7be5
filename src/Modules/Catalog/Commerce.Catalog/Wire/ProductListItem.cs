using Commerce.Catalog.ReadModels;
using Commerce.Monetary;

namespace Commerce.Catalog.Wire;

/// <summary>A product in a list.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Slug">Its part of an address.</param>
/// <param name="Status"><c>draft</c>, <c>active</c> or <c>archived</c>.</param>
/// <param name="Name">In the asked locale, or the nearest.</param>
/// <param name="Price">What the cheapest variant costs now, or null.</param>
/// <param name="Image">The first picture's address, or null.</param>
/// <param name="Availability">The best of its variants.</param>
/// <param name="CategoryIds">The categories it is in.</param>
/// <param name="Brand">The attribute <c>brand</c>, or null.</param>
/// <param name="Skus">The SKUs of its variants.</param>
internal sealed record ProductListItem(
    Guid Id,
    string Slug,
    string Status,
    string Name,
    Money? Price,
    string? Image,
    string Availability,
    IReadOnlyList<Guid> CategoryIds,
    string? Brand,
    IReadOnlyList<string> Skus)
{
    /// <summary>The item of a product at a moment.</summary>
    public static ProductListItem Of(ProductDocument product, ProductView view)
    {
        var currency = view.CurrencyOf(product.Variants);
        var text = Locales.Pick(product.Translations, view.Locale).Text;
        return new ProductListItem(
            product.Id,
            text.Slug ?? product.Slug,
            product.StatusAt(view.Now).Word(),
            text.Name,
            currency is not null && PriceList.Lowest(product.Variants, currency, view.Now) is { } amount ? Money.Of(amount, currency) : null,
            product.Images.Count > 0 ? product.Images[0].Url : null,
            Availabilities.Best(product.Variants.Select(variant => view.Availability.GetValueOrDefault(variant.Sku, Availabilities.OutOfStock))),
            product.CategoryIds,
            product.Attributes.GetValueOrDefault("brand"),
            [.. product.Variants.Select(variant => variant.Sku)]);
    }
}
