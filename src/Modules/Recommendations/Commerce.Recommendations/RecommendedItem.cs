using Commerce.Monetary;

namespace Commerce.Recommendations;

/// <summary>A recommended product: its card, how strongly it is recommended, and why.</summary>
/// <param name="Id">The product.</param>
/// <param name="Slug">Its slug.</param>
/// <param name="Name">Its name in the asked locale, or the nearest.</param>
/// <param name="Price">What the cheapest variant costs now, or null.</param>
/// <param name="Image">The first picture's address, or null.</param>
/// <param name="Availability">inStock, lowStock, outOfStock or backorder.</param>
/// <param name="Score">The higher the better; comparable within this list alone.</param>
/// <param name="Reason">The evidence.</param>
/// <param name="ViewedAt">When it was viewed, on the list of recent views alone.</param>
internal sealed record RecommendedItem(
    Guid Id, string Slug, string Name, Money? Price, string? Image, string Availability, double Score, string Reason, DateTimeOffset? ViewedAt);
