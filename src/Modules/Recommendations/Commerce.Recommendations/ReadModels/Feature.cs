using Commerce.Catalog.Contracts;

namespace Commerce.Recommendations.ReadModels;

/// <summary>Something that products can share.</summary>
/// <param name="Kind">all, category, brand or attribute.</param>
/// <param name="Key">Unique within the kind.</param>
/// <param name="Label">What a reason calls it; made of kind and key alone, so that the order of events does not matter.</param>
internal sealed record Feature(string Kind, string Key, string Label)
{
    internal const string Category = "category";
    internal const string Brand = "brand";
    internal const string Attribute = "attribute";

    /// <summary>Had by every active product: its count is the size of the catalogue.</summary>
    internal static readonly Feature All = new("all", "all", "");

    private const int Most = 32;
    private const int MostCharacters = 80;

    /// <summary>The features of a product, the telling ones first and at most so many; none when shoppers cannot see it.</summary>
    internal static IReadOnlyList<Feature> Of(ProductChangedAnnouncement product)
    {
        if (!string.Equals(product.Status, "active", StringComparison.Ordinal))
        {
            return [];
        }

        var features = new List<Feature> { All };
        features.AddRange(product.CategoryIds.Distinct().Select(OfCategory));
        features.AddRange(product.Attributes
            .Where(attribute => attribute.Value.Length is > 0 and <= MostCharacters && attribute.Key.Length <= MostCharacters)
            .OrderByDescending(attribute => IsBrand(attribute.Key))
            .ThenBy(attribute => attribute.Key, StringComparer.Ordinal)
            .Select(attribute => IsBrand(attribute.Key)
                ? new Feature(Brand, attribute.Value, $"brand {attribute.Value}")
                : new Feature(Attribute, $"{attribute.Key}={attribute.Value}", $"{attribute.Key.Replace('_', ' ').Trim()} {attribute.Value}")));
        return [.. features.Take(Most)];
    }

    internal static Feature OfCategory(Guid id) => new(Category, id.ToString("D"), "the same category");

    private static bool IsBrand(string key) => string.Equals(key, Brand, StringComparison.OrdinalIgnoreCase);
}
