using Commerce.Outcomes;

namespace Commerce.Catalog.Wire;

/// <summary>The attributes of a category's products, as a whole.</summary>
/// <param name="Attributes">Each name once.</param>
internal sealed record AttributesRequest(List<AttributeRequest?> Attributes);

/// <summary>What is asked of one attribute.</summary>
/// <param name="Name">The name that products give their value under.</param>
/// <param name="Type"><c>text</c>, <c>number</c>, <c>boolean</c> or <c>choice</c>.</param>
/// <param name="Required">Whether a product on sale must have it.</param>
/// <param name="Choices">For a choice: the values to choose from.</param>
/// <param name="Unit">For a number: what it counts, such as <c>cm</c>.</param>
/// <param name="Labels">What it is called, by locale.</param>
internal sealed record AttributeRequest(
    string? Name = null, string? Type = null, bool? Required = null, List<string?>? Choices = null, string? Unit = null, Dictionary<string, string?>? Labels = null);

/// <summary>The attributes of a category's products, its own first, then those from above.</summary>
internal sealed record AttributesResponse(IReadOnlyList<AttributeResponse> Items);

/// <summary>One attribute.</summary>
/// <param name="Name">The name that products give their value under.</param>
/// <param name="Label">What it is called in the asked locale, or its name.</param>
/// <param name="Type"><c>text</c>, <c>number</c>, <c>boolean</c> or <c>choice</c>.</param>
/// <param name="Required">Whether a product on sale must have it.</param>
/// <param name="Choices">For a choice: the values to choose from.</param>
/// <param name="Unit">For a number: what it counts.</param>
/// <param name="Labels">What it is called, by locale.</param>
/// <param name="CategoryId">The category that defines it.</param>
internal sealed record AttributeResponse(
    string Name, string Label, string Type, bool Required, IReadOnlyList<string> Choices, string? Unit, IReadOnlyDictionary<string, string> Labels, Guid CategoryId)
{
    /// <summary>The wire form of a definition.</summary>
    public static AttributeResponse Of(AttributeDefinition definition, Guid categoryId, string? locale)
    {
        var labels = definition.Labels ?? new Dictionary<string, string>();
        var label = labels.Count == 0 ? definition.Name : Locales.Pick(labels.ToDictionary(pair => pair.Key, pair => new ProductText(pair.Value, null)), locale).Text.Name;
        return new AttributeResponse(definition.Name, label, definition.Type, definition.Required, definition.Choices ?? [], definition.Unit, labels, categoryId);
    }
}

/// <summary>From requests to sound definitions.</summary>
internal static class AttributeReading
{
    private const int Most = 200;
    private const int MostChoices = 500;

    /// <summary>The definitions, or what is wrong with them.</summary>
    public static Outcome<IReadOnlyList<AttributeDefinition>> Read(AttributesRequest request)
    {
        var findings = new Findings();
        findings.Check(request.Attributes.Count <= Most, "attributes", $"At most {Most} attributes.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var definitions = request.Attributes.Take(Most).Select((attribute, i) =>
        {
            var definition = Read(attribute ?? new AttributeRequest(), $"attributes[{i}]", findings);
            findings.Check(seen.Add(definition.Name), $"attributes[{i}].name", "This name stands twice.");
            return definition;
        }).ToList();
        return findings.Any ? findings.Failure() : definitions;
    }

    private static AttributeDefinition Read(AttributeRequest request, string path, Findings findings)
    {
        var type = request.Type ?? AttributeTypes.Text;
        findings.Check(
            request.Name?.Trim().Length is > 0 and <= Limits.AttributeName && Limits.IsText(request.Name),
            $"{path}.name",
            $"1 to {Limits.AttributeName} characters without control characters.");
        findings.Check(AttributeTypes.All.Contains(type), $"{path}.type", "text, number, boolean or choice.");
        findings.Check(request.Unit is null || (type == AttributeTypes.Number && IsShort(request.Unit)), $"{path}.unit", "Only a number has a unit, of 1 to 200 characters.");
        var choices = (request.Choices ?? []).Select(choice => choice ?? "").ToList();
        findings.Check(type == AttributeTypes.Choice ? choices.Count is > 0 and <= MostChoices : choices.Count == 0, $"{path}.choices", $"A choice, and nothing else, has 1 to {MostChoices} values.");
        findings.Check(choices.TrueForAll(IsShort), $"{path}.choices", "Each value has 1 to 200 characters without control characters.");
        findings.Check(choices.Distinct(StringComparer.Ordinal).Count() == choices.Count, $"{path}.choices", "A value stands twice.");
        var labels = (request.Labels ?? []).ToDictionary(pair => pair.Key, pair => pair.Value ?? "", StringComparer.Ordinal);
        findings.Check(labels.Count <= Limits.Locales && labels.All(pair => Limits.IsLocale(pair.Key) && IsShort(pair.Value)), $"{path}.labels", "Texts of 1 to 200 characters by locale, such as {\"en\":\"Weight\"}.");
        return new AttributeDefinition(
            request.Name ?? "", type, request.Required ?? false, choices.Count == 0 ? null : choices, request.Unit, labels.Count == 0 ? null : labels);
    }

    private static bool IsShort(string text) => text.Trim().Length is > 0 and <= Limits.OptionValue && Limits.IsText(text);
}
