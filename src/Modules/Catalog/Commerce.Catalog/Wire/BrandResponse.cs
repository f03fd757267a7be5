using Commerce.Catalog.ReadModels;

namespace Commerce.Catalog.Wire;

/// <summary>A brand.</summary>
/// <param name="Slug">Its part of an address, made from its name.</param>
/// <param name="Name">Its name as most products write it.</param>
/// <param name="ProductCount">How many products on sale are of it; some seconds old at the most.</param>
internal sealed record BrandResponse(string Slug, string Name, long ProductCount)
{
    /// <summary>The wire form of a brand.</summary>
    public static BrandResponse Of(BrandRow brand) => new(brand.Slug, brand.Name, brand.Products);
}
