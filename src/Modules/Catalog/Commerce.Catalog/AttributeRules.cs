using System.Collections.Frozen;
using System.Globalization;
using Commerce.Catalog.Wire;
using Commerce.Outcomes;

namespace Commerce.Catalog;

/// <summary>What a category asks of one attribute of its products.</summary>
/// <param name="Name">The attribute's name.</param>
/// <param name="Type">See <see cref="AttributeTypes"/>.</param>
/// <param name="Required">Whether a product on sale must have it.</param>
/// <param name="Choices">The values to choose from, for a choice.</param>
/// <param name="Unit">What a number counts, such as <c>cm</c>.</param>
/// <param name="Labels">What it is called, by locale.</param>
internal sealed record AttributeDefinition(
    string Name, string Type, bool Required, IReadOnlyList<string>? Choices, string? Unit, IReadOnlyDictionary<string, string>? Labels)
{
    /// <summary>Equal in everything, collections by content.</summary>
    public bool Same(AttributeDefinition other) =>
        (Name, Type, Required, Unit) == (other.Name, other.Type, other.Required, other.Unit)
        && (Choices ?? []).SequenceEqual(other.Choices ?? [])
        && Contents.Same(Labels ?? Nothing, other.Labels ?? Nothing);

    private static readonly Dictionary<string, string> Nothing = [];
}

/// <summary>The kinds of values that attributes have.</summary>
internal static class AttributeTypes
{
    public const string Text = "text";
    public const string Number = "number";
    public const string Boolean = "boolean";
    public const string Choice = "choice";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Text, Number, Boolean, Choice];
}

/// <summary>
/// The definitions of all categories, as a decision needs them: what hangs in a category keeps to what it and everything above it define. The nearest
/// definition of a name counts; of several categories the first one's. Names that nobody defined are free text.
/// </summary>
internal sealed class AttributeRules
{
    /// <summary>No category defines anything.</summary>
    public static readonly AttributeRules None = new(new Dictionary<Guid, IReadOnlyList<AttributeDefinition>>());

    private readonly FrozenDictionary<Guid, IReadOnlyList<AttributeDefinition>> _byCategory;

    /// <summary>By category, with what is inherited.</summary>
    public AttributeRules(IReadOnlyDictionary<Guid, IReadOnlyList<AttributeDefinition>> byCategory) =>
        _byCategory = byCategory.Where(pair => pair.Value.Count > 0).ToFrozenDictionary(pair => pair.Key, pair => pair.Value);

    /// <summary>The content with its attributes as they are kept, or what is wrong with them.</summary>
    /// <param name="content">The content as it shall be.</param>
    /// <param name="before">The content as it was, or null; attributes that stay as they were are not asked for again.</param>
    /// <param name="onSale">Whether required attributes must be there.</param>
    public Outcome<ProductContent> Check(ProductContent content, ProductContent? before, bool onSale)
    {
        if (_byCategory.Count == 0 || (before is not null && content.CategoryIds.SequenceEqual(before.CategoryIds) && Contents.Same(content.Attributes, before.Attributes)))
        {
            return content;
        }

        var findings = new Findings();
        var attributes = new Dictionary<string, string>(content.Attributes, StringComparer.Ordinal);
        foreach (var definition in Of(content.CategoryIds))
        {
            if (!attributes.TryGetValue(definition.Name, out var value))
            {
                findings.Check(!(definition.Required && onSale), $"attributes.{definition.Name}", "A category asks for this attribute.");
            }
            else if (Read(definition, value) is { } read)
            {
                attributes[definition.Name] = read;
            }
            else
            {
                findings.Add($"attributes.{definition.Name}", Expected(definition));
            }
        }

        return findings.Any ? findings.Failure() : content with { Attributes = attributes };
    }

    /// <summary>Which required attributes are missing.</summary>
    public IReadOnlyList<string> Missing(ProductContent content) =>
        [.. Of(content.CategoryIds).Where(definition => definition.Required && !content.Attributes.ContainsKey(definition.Name)).Select(definition => definition.Name)];

    /// <summary>Nothing, or the refusal that required attributes are missing.</summary>
    public Outcome<Done> Complete(ProductContent content) => Missing(content) is { Count: > 0 } missing ? new AttributesMissing(missing) : default(Done);

    /// <summary>The value as it is kept, or null when it is none of this type.</summary>
    public static string? Read(AttributeDefinition definition, string value) => definition.Type switch
    {
        AttributeTypes.Number => decimal.TryParse(value.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? (number / 1.000000000000000000000000000m).ToString(CultureInfo.InvariantCulture)
            : null,
        AttributeTypes.Boolean => value.Trim() is "true" or "false" ? value.Trim() : null,
        AttributeTypes.Choice => definition.Choices!.Contains(value, StringComparer.Ordinal) ? value : null,
        _ => value,
    };

    private static string Expected(AttributeDefinition definition) => definition.Type switch
    {
        AttributeTypes.Number => "A number such as 12.5.",
        AttributeTypes.Boolean => "true or false.",
        _ => $"One of: {string.Join(", ", definition.Choices!.Take(20))}{(definition.Choices!.Count > 20 ? ", …" : ".")}",
    };

    private IEnumerable<AttributeDefinition> Of(IReadOnlyList<Guid> categories) =>
        categories.SelectMany(id => _byCategory.GetValueOrDefault(id, [])).DistinctBy(definition => definition.Name, StringComparer.Ordinal);
}

/// <summary>What is put on sale has what its categories ask for.</summary>
[Problem(409, "attributes-missing", "Required attributes are missing")]
internal sealed record AttributesMissing(IReadOnlyList<string> Attributes) : Refusal($"The categories of this product ask for: {string.Join(", ", Attributes)}.");
