using System.Text.Json.Serialization;
using Commerce.Monetary;

namespace Commerce.Catalog.Wire;

/// <summary>A page of search results.</summary>
/// <param name="Items">The products in order.</param>
/// <param name="Facets">What the found products can be narrowed by; a field's own filter does not narrow its counts.</param>
/// <param name="NextCursor">For the next page, or null.</param>
/// <param name="Total">How many products were found.</param>
/// <param name="Approximate">True when there is so much that facets were counted over a part and tell about how many there are.</param>
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
    Guid Id, string Slug, string Name, Money? Price, string? Image, string Availability, double Score, string? Brand, IReadOnlyList<string> Skus)
{
    /// <summary>How the score came about, when staff ask for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ScoreExplanation? Explanation { get; init; }
}

/// <summary>How a product came by its score: the sum of its words, times the weight of the form of the query, times the lift of its popularity.</summary>
/// <param name="Query">The form of the query that found it: as it was typed, or with a synonym.</param>
/// <param name="AllWords">Whether it has all words; such products go before all others.</param>
/// <param name="Weight">1, or less for a form that was not typed.</param>
/// <param name="PopularityLift">1 to 1.1.</param>
/// <param name="Terms">What each word adds.</param>
internal sealed record ScoreExplanation(string Query, bool AllWords, double Weight, double PopularityLift, IReadOnlyList<TermExplanation> Terms);

/// <summary>What a word adds: its weight, times its rarity, times how much the product says it.</summary>
/// <param name="Word">As it was asked for.</param>
/// <param name="Term">The indexed term that stands for it: the word, its completion, or what it was a slip of.</param>
/// <param name="Weight">1 for the very word.</param>
/// <param name="Rarity">Larger for words that few products have.</param>
/// <param name="Score">What it adds.</param>
/// <param name="Fields">Where it stands.</param>
internal sealed record TermExplanation(string Word, string Term, double Weight, double Rarity, double Score, IReadOnlyList<FieldExplanation> Fields);

/// <summary>What a word adds by standing in a field.</summary>
/// <param name="Field"><c>name</c>, <c>key</c> (brand, categories, SKUs, barcodes), <c>attribute</c> or <c>description</c>.</param>
/// <param name="Count">How often, 3 for any more.</param>
/// <param name="Length">The words of the field; a word says more in a short one.</param>
/// <param name="Score">What that adds.</param>
internal sealed record FieldExplanation(string Field, int Count, int Length, double Score);

/// <summary>A field with its values.</summary>
internal sealed record FacetResponse(string Field, IReadOnlyList<FacetValueResponse> Values);

/// <summary>A value, what to call it, and how many products have it.</summary>
internal sealed record FacetValueResponse(string Value, int Count, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Label);
