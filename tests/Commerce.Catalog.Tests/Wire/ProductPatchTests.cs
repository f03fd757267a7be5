using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.Catalog.Wire;
using Commerce.Outcomes;
using FsCheck.Xunit;

namespace Commerce.Catalog.Tests.Wire;

public sealed class ProductPatchTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    [Property]
    public bool Patching_is_what_rfc_7396_says((byte Name, byte? Value)[] attributes, (bool Korean, byte? Name, byte? Description, bool Remove)[] texts, byte? slug)
    {
        var patch = new JsonObject
        {
            ["attributes"] = new JsonObject(attributes.GroupBy(a => a.Name % 4).Select(g => KeyValuePair.Create($"a{g.Key}", g.First().Value is { } v ? (JsonNode?)$"v{v}" : null))),
            ["translations"] = new JsonObject(texts.GroupBy(t => t.Korean ? "ko" : "ja").Select(g => KeyValuePair.Create(g.Key, (JsonNode?)Text(g.First())))),
        };
        if (slug is { } s)
        {
            patch["slug"] = $"slug-{s}";
        }

        var current = Scenarios.Content() with
        {
            Attributes = new Dictionary<string, string> { ["a0"] = "x", ["a1"] = "y" },
            Translations = new Dictionary<string, ProductText> { ["en"] = new("Name", null), ["ko"] = new("이름", "설명") },
        };
        var expected = Merge(JsonSerializer.SerializeToNode(current, Json), patch)!.AsObject();
        var applied = ProductPatch.Read(JsonSerializer.SerializeToElement(patch)).Then(read => read.Over(current));
        // A translation without a name is the one result that the shop refuses.
        var nameless = expected["translations"]!.AsObject().Any(pair => pair.Value!["name"] is null);
        return applied.IsSuccess
            ? !nameless && JsonNode.DeepEquals(JsonSerializer.SerializeToNode(applied.Value, Json), expected)
            : nameless;
    }

    [Theory]
    [InlineData("[]", "$")]
    [InlineData("""{"status":"active"}""", "status")]
    [InlineData("""{"variants":[]}""", "variants")]
    [InlineData("""{"slug":null}""", "slug")]
    [InlineData("""{"slug":"Not One"}""", "slug")]
    [InlineData("""{"categoryIds":["x"]}""", "categoryIds[0]")]
    [InlineData("""{"categoryIds":{}}""", "categoryIds")]
    [InlineData("""{"attributes":{"brand":[7]}}""", "attributes.brand")]
    [InlineData("""{"attributes":7}""", "attributes")]
    [InlineData("""{"images":[7]}""", "images[0]")]
    [InlineData("""{"images":[{"url":"nowhere"}]}""", "images[0].url")]
    [InlineData("""{"translations":{"ko":7}}""", "translations.ko")]
    [InlineData("""{"translations":{"ko":{"name":7}}}""", "translations.ko.name")]
    public void Faults_are_told_by_path(string patch, string path) =>
        ProductPatch.Read(JsonDocument.Parse(patch).RootElement).Refusal.ShouldBeOfType<ValidationFailed>().Errors.Keys.ShouldBe([path]);

    [Fact]
    public void The_last_translation_stays() =>
        ProductPatch.Read(JsonDocument.Parse("""{"translations":{"en":null}}""").RootElement).Value.Over(Scenarios.Content()).Refusal.ShouldBeOfType<ValidationFailed>();

    [Theory]
    [InlineData("""{"sku":"B"}""", "sku")]
    [InlineData("""{"prices":[]}""", "prices")]
    [InlineData("""{"weightGrams":"x"}""", "weightGrams")]
    [InlineData("""{"price":{"amount":"1","currency":"USD"}}""", "price.amount")]
    [InlineData("""{"price":7}""", "price")]
    [InlineData("""{"options":7}""", "options")]
    public void Faults_of_a_variant_are_told_by_path(string patch, string path) =>
        VariantPatch.Read(JsonDocument.Parse(patch).RootElement).Refusal.ShouldBeOfType<ValidationFailed>().Errors.Keys.ShouldBe([path]);

    [Fact]
    public void A_variant_is_patched()
    {
        var patch = VariantPatch.Read(JsonDocument.Parse("""{"options":{"size":null,"colour":"red"},"barcode":"123","weightGrams":200,"price":{"amount":"35.00","currency":"USD"}}""").RootElement).Value;
        var variant = patch.Over(Scenarios.Variant()).Value;
        variant.Options.ShouldBe(new Dictionary<string, string> { ["colour"] = "red" });
        (variant.Barcode, variant.WeightGrams).ShouldBe(("123", 200));
        variant.Prices.ShouldBe([PriceEntry.Base("USD", 35m)]);
    }

    private static JsonObject? Text((bool Korean, byte? Name, byte? Description, bool Remove) text) => text.Remove
        ? null
        : new JsonObject { ["name"] = text.Name is { } name ? $"n{name}" : null, ["description"] = text.Description is { } description ? $"d{description}" : null };

    // The pseudo code of RFC 7396, section 2.
    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject members)
        {
            return patch?.DeepClone();
        }

        var result = target is JsonObject ? target.DeepClone().AsObject() : [];
        foreach (var (name, value) in members)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = Merge(result[name], value);
            }
        }

        return result;
    }
}
