using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Catalog.ReadModels;
using Commerce.Outcomes;

namespace Commerce.Catalog.Wire;

/// <summary>A category as a client sends it.</summary>
/// <param name="Slug">Made from the name when absent.</param>
/// <param name="ParentId">Absent for a category at the top.</param>
/// <param name="Translations">Texts by locale; at least one.</param>
/// <param name="Position">Its place among its siblings; siblings of one position stand by slug.</param>
internal sealed record CategoryRequest(string? Slug = null, Guid? ParentId = null, Dictionary<string, TextRequest?>? Translations = null, int? Position = null);

/// <summary>A category with what is below it.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Slug">Its part of an address.</param>
/// <param name="ParentId">Null at the top.</param>
/// <param name="Version">The stream's version.</param>
/// <param name="Locale">The locale of name and description.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">Its description.</param>
/// <param name="Translations">All its texts by locale.</param>
/// <param name="Position">Its place among its siblings.</param>
/// <param name="Children">The categories right below it, each with its own.</param>
/// <param name="Attributes">What it asks of its products' attributes beside what it inherits; absent when that is nothing.</param>
internal sealed record CategoryResponse(
    Guid Id,
    string Slug,
    Guid? ParentId,
    long Version,
    string Locale,
    string Name,
    string? Description,
    IReadOnlyDictionary<string, ProductText> Translations,
    int Position,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CategoryResponse>? Children,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<AttributeResponse>? Attributes = null)
{
    /// <summary>One category without its children.</summary>
    public static CategoryResponse Of(Guid id, long version, CategoryContent content)
    {
        var (locale, text) = Locales.Pick(content.Translations, null);
        return new CategoryResponse(id, content.Slug, content.ParentId, version, locale, text.Name, text.Description, content.Translations, content.Position, null);
    }

    /// <summary>One category after a write.</summary>
    public static CategoryResponse Of(Guid id, long version, Category category) => Of(id, version, category.Content) with { Attributes = Own(id, category.Attributes, null) };

    /// <summary>A category with all below it.</summary>
    public static CategoryResponse Of(CategoryRow row, CategoryMap map, string? locale)
    {
        var (found, text) = Locales.Pick(row.Translations, locale);
        return new CategoryResponse(
            row.Id, row.Slug, row.ParentId, row.Version, found, text.Name, text.Description, row.Translations, row.Position,
            [.. map.ChildrenOf(row.Id).Select(child => Of(child, map, locale))], Own(row.Id, row.Attributes ?? [], locale));
    }

    private static List<AttributeResponse>? Own(Guid id, IReadOnlyList<AttributeDefinition> attributes, string? locale) =>
        attributes.Count == 0 ? null : [.. attributes.Select(definition => AttributeResponse.Of(definition, id, locale))];
}

/// <summary>From category requests to sound values.</summary>
internal static class CategoryReading
{
    /// <summary>A new category.</summary>
    public static Outcome<CategoryContent> Read(CategoryRequest request, Guid id)
    {
        var findings = new Findings();
        var slug = ProductReading.SlugOf(request.Slug, findings);
        var texts = ProductReading.Texts(request.Translations, required: true, findings);
        Position(request.Position ?? 0, findings);
        if (findings.Any)
        {
            return findings.Failure();
        }

        var generated = Slugs.From(Locales.Pick(texts!, null).Text.Name, Slugs.WithSuffix("category", id));
        return new CategoryContent(slug ?? generated, texts!, request.ParentId, request.Position ?? 0);
    }

    /// <summary>The content after a merge patch, or what is wrong with it.</summary>
    public static Outcome<CategoryContent> Merge(CategoryContent current, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            return ValidationFailed.Of("$", "A merge patch of a category is an object.");
        }

        var findings = new Findings();
        var content = current;
        foreach (var member in patch.EnumerateObject())
        {
            content = member.Name switch
            {
                "slug" => content with { Slug = PatchReading.Text(member.Value, "slug", findings) is { } slug ? ProductReading.SlugOf(slug, findings)! : "" },
                "parentId" => content with { ParentId = ParentOf(member.Value, findings) },
                "position" => content with { Position = PositionOf(member.Value, findings) },
                "translations" => content with
                {
                    Translations = PatchReading.Merge(
                        member.Value.ValueKind == JsonValueKind.Null ? new Dictionary<string, ProductText>() : content.Translations,
                        PatchReading.Texts(member.Value, findings),
                        findings),
                },
                _ => content,
            };
        }

        return findings.Any ? findings.Failure() : content;
    }

    private static Guid? ParentOf(JsonElement value, Findings findings)
    {
        if (value.ValueKind == JsonValueKind.String && value.TryGetGuid(out var id))
        {
            return id;
        }

        findings.Check(value.ValueKind == JsonValueKind.Null, "parentId", "Expected a UUID, or null for the top.");
        return null;
    }

    private static int PositionOf(JsonElement value, Findings findings)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return 0;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var position))
        {
            Position(position, findings);
            return position;
        }

        findings.Add("position", "Expected a whole number in range.");
        return 0;
    }

    private static void Position(int position, Findings findings) =>
        findings.Check(position is >= 0 and <= 1_000_000, "position", "0 to 1000000.");
}
