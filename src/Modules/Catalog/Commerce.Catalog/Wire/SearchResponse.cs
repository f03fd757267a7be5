using System.Text.Json.Serialization;
using Commerce.Monetary;

namespace Commerce.Catalog.Wire;

/// <summary>A page of search results.</summary>
/// <param name="Items">The products in order.</param>
/// <param name="Facets">What the found products can be narrowed by; a field's own filter does not narrow its counts.</param>
/// <param name="NextCursor">For the next page, or null.</param>
/// <param name="Total">How many products were found.</param>
/// <param name="Approximate">True when facets were counted over the best matches alone.</param>
/// <param name="CorrectedQuery">The query that was answered, when slips in it were mended.</param>
internal sealed record SearchResponse(
    IReadOnlyList<SearchItem> Items,
    IReadOnlyList<FacetResponse> Facets,
    string? NextCursor,
    int Total,
    bool Approximate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CorrectedQuery);

/// <summary>A product that was found.</summary>
internal sealed record SearchItem(
    Guid Id, string Slug, string Name, Money? Price, string? Image, string Availability, double Score, string? Brand, IReadOnlyList<string> Skus);

/// <summary>A field with its values.</summary>
internal sealed record FacetResponse(string Field, IReadOnlyList<FacetValueResponse> Values);

/// <summary>A value, what to call it, and how many products have it.</summary>
internal sealed record FacetValueResponse(string Value, int Count, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Label);
