using System.Text.Json;

namespace Commerce.Catalog.Wire;

/// <summary>The members of a merge patch, each with its own fault when it is of another kind than it should be.</summary>
internal static class PatchReading
{
    public static string? Text(JsonElement value, string path, Findings findings)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        findings.Add(path, "Expected a text.");
        return null;
    }

    public static List<Guid> Ids(JsonElement value, string path, Findings findings)
    {
        var ids = new List<Guid>();
        foreach (var (item, at) in Items(value, path, findings))
        {
            if (item.ValueKind == JsonValueKind.String && item.TryGetGuid(out var id))
            {
                ids.Add(id);
            }
            else
            {
                findings.Add(at, "Expected a UUID.");
            }
        }

        return ids;
    }

    public static List<ImageRequest?> Images(JsonElement value, Findings findings)
    {
        var images = new List<ImageRequest?>();
        foreach (var (item, at) in Items(value, "images", findings))
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                findings.Add(at, "Expected an object with url and alt.");
                continue;
            }

            images.Add(new ImageRequest(Member(item, "url", at, findings).Value, Member(item, "alt", at, findings).Value));
        }

        return images;
    }

    public static Dictionary<string, string?> Attributes(JsonElement value, Findings findings)
    {
        var attributes = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var member in Members(value, "attributes", findings))
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                attributes[member.Name] = null;
            }
            else if ((AttributeTexts.TextOf(member.Value) ?? Text(member.Value, $"attributes.{member.Name}", findings)) is { } text)
            {
                ProductReading.Attribute(member.Name, text, findings);
                attributes[member.Name] = text;
            }
        }

        return attributes;
    }

    public static Dictionary<string, TextPatch?> Texts(JsonElement value, Findings findings)
    {
        var texts = new Dictionary<string, TextPatch?>(StringComparer.Ordinal);
        foreach (var member in Members(value, "translations", findings))
        {
            var path = $"translations.{member.Name}";
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                texts[member.Name] = null;
            }
            else if (member.Value.ValueKind == JsonValueKind.Object)
            {
                texts[member.Name] = new TextPatch(Member(member.Value, "name", path, findings), Member(member.Value, "description", path, findings), Member(member.Value, "slug", path, findings));
            }
            else
            {
                findings.Add(path, "Expected an object with name and description, or null.");
            }
        }

        return texts;
    }

    /// <summary>Texts after the patch; each changed one is checked like a new one.</summary>
    public static Dictionary<string, ProductText> Merge(
        IReadOnlyDictionary<string, ProductText> current, IReadOnlyDictionary<string, TextPatch?> patches, Findings findings)
    {
        var texts = current.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        foreach (var (locale, patch) in patches)
        {
            if (patch is null)
            {
                texts.Remove(locale);
                continue;
            }

            var before = texts.GetValueOrDefault(locale);
            if (ProductReading.Text(locale, new TextRequest(patch.Name.Over(before?.Name), patch.Description.Over(before?.Description), patch.Slug.Over(before?.Slug)), findings) is { } text)
            {
                texts[locale] = text;
            }
        }

        findings.Check(texts.Count is > 0 and <= Limits.Locales, "translations", $"1 to {Limits.Locales} locales remain.");
        return texts;
    }

    /// <summary>A text member that may be absent or null.</summary>
    public static Change Member(JsonElement value, string name, string path, Findings findings)
    {
        if (!value.TryGetProperty(name, out var member))
        {
            return default;
        }

        return member.ValueKind == JsonValueKind.Null ? new Change(true, null) : new Change(true, Text(member, $"{path}.{name}", findings));
    }

    /// <summary>Members of an object; null has none, anything else is a fault.</summary>
    public static IEnumerable<JsonProperty> Members(JsonElement value, string path, Findings findings)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            return value.EnumerateObject();
        }

        findings.Check(value.ValueKind == JsonValueKind.Null, path, "Expected an object.");
        return [];
    }

    private static IEnumerable<(JsonElement Item, string Path)> Items(JsonElement value, string path, Findings findings)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.EnumerateArray().Select((item, i) => (item, $"{path}[{i}]"));
        }

        findings.Check(value.ValueKind == JsonValueKind.Null, path, "Expected an array.");
        return [];
    }
}
