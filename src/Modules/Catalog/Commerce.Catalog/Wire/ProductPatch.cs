using System.Text.Json;
using Commerce.Outcomes;

namespace Commerce.Catalog.Wire;

/// <summary>
/// A JSON merge patch (RFC 7396) of a product's content: what is absent stays, null removes, objects are merged member by member, everything else is
/// replaced.
/// </summary>
internal sealed record ProductPatch
{
    // What a product has beyond its content is changed by other calls; saying so beats doing nothing in silence.
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["status"] = "The status is changed by POST /products/{id}/publish and /archive.",
        ["publishAt"] = "A publication is scheduled by POST /products/{id}/publish.",
        ["variants"] = "Variants are changed by the calls under /products/{id}/variants.",
    };

    /// <summary>The new slug, or null when it stays.</summary>
    public string? Slug { get; private init; }

    /// <summary>The new categories, or null when they stay.</summary>
    public IReadOnlyList<Guid>? CategoryIds { get; private init; }

    /// <summary>The new pictures, or null when they stay.</summary>
    public IReadOnlyList<ProductImage>? Images { get; private init; }

    /// <summary>The slugs that the patch names, for the product and for locales.</summary>
    public IEnumerable<string> Slugs => Translations.Values.Select(patch => patch?.Slug.Value).Prepend(Slug).OfType<string>().Distinct(StringComparer.Ordinal);

    private bool ClearTranslations { get; init; }

    private IReadOnlyDictionary<string, TextPatch?> Translations { get; init; } = new Dictionary<string, TextPatch?>();

    private bool ClearAttributes { get; init; }

    private IReadOnlyDictionary<string, string?> Attributes { get; init; } = new Dictionary<string, string?>();

    /// <summary>Reads a patch; its shape is checked here, the result of merging in <see cref="Over"/>.</summary>
    public static Outcome<ProductPatch> Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return ValidationFailed.Of("$", "A merge patch of a product is an object.");
        }

        var findings = new Findings();
        var patch = new ProductPatch();
        foreach (var member in body.EnumerateObject())
        {
            patch = member.Name switch
            {
                "slug" => patch with { Slug = PatchReading.Text(member.Value, "slug", findings) is { } slug ? ProductReading.SlugOf(slug, findings) : null },
                "translations" => patch with { ClearTranslations = member.Value.ValueKind == JsonValueKind.Null, Translations = PatchReading.Texts(member.Value, findings) },
                "categoryIds" => patch with { CategoryIds = ProductReading.CategoryIds(PatchReading.Ids(member.Value, "categoryIds", findings), findings) },
                "attributes" => patch with { ClearAttributes = member.Value.ValueKind == JsonValueKind.Null, Attributes = PatchReading.Attributes(member.Value, findings) },
                "images" => patch with { Images = ProductReading.Images(PatchReading.Images(member.Value, findings), findings) },
                _ => patch,
            };
            if (Elsewhere.TryGetValue(member.Name, out var where))
            {
                findings.Add(member.Name, where);
            }
        }

        return findings.Any ? findings.Failure() : patch;
    }

    /// <summary>The content after the patch, or what is wrong with it then.</summary>
    public Outcome<ProductContent> Over(ProductContent current)
    {
        var findings = new Findings();
        var texts = PatchReading.Merge(ClearTranslations ? new Dictionary<string, ProductText>() : current.Translations, Translations, findings);
        var attributes = new Dictionary<string, string>(ClearAttributes ? [] : current.Attributes, StringComparer.Ordinal);
        foreach (var (name, value) in Attributes)
        {
            if (value is null)
            {
                attributes.Remove(name);
            }
            else
            {
                attributes[name] = value;
            }
        }

        findings.Check(attributes.Count <= Limits.Attributes, "attributes", $"At most {Limits.Attributes} attributes.");
        return findings.Any
            ? findings.Failure()
            : new ProductContent(Slug ?? current.Slug, texts, CategoryIds ?? current.CategoryIds, attributes, Images ?? current.Images);
    }
}

/// <summary>A patch of one locale's texts.</summary>
internal sealed record TextPatch(Change Name, Change Description, Change Slug);

/// <summary>What a patch says of one text.</summary>
/// <param name="Said">False leaves it as it is.</param>
/// <param name="Value">Null removes it.</param>
internal readonly record struct Change(bool Said, string? Value)
{
    /// <summary>The text after the change.</summary>
    public string? Over(string? current) => Said ? Value : current;
}
