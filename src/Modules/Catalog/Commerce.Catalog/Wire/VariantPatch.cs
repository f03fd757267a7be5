using System.Text.Json;
using Commerce.Outcomes;

namespace Commerce.Catalog.Wire;

/// <summary>A JSON merge patch of a variant's options, barcode, weight and plain price.</summary>
internal sealed record VariantPatch
{
    private bool ClearOptions { get; init; }

    private IReadOnlyDictionary<string, string?> Options { get; init; } = new Dictionary<string, string?>();

    private Change Barcode { get; init; }

    private (bool Said, int? Value) WeightGrams { get; init; }

    private PriceEntry? Price { get; init; }

    /// <summary>Reads a patch; its shape is checked here, the result of merging in <see cref="Over"/>.</summary>
    public static Outcome<VariantPatch> Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return ValidationFailed.Of("$", "A merge patch of a variant is an object.");
        }

        var findings = new Findings();
        var patch = new VariantPatch();
        foreach (var member in body.EnumerateObject())
        {
            patch = member.Name switch
            {
                "options" => patch with { ClearOptions = member.Value.ValueKind == JsonValueKind.Null, Options = OptionsOf(member.Value, findings) },
                "barcode" => patch with { Barcode = PatchReading.Member(body, "barcode", "", findings) },
                "weightGrams" => patch with { WeightGrams = (true, WeightOf(member.Value, findings)) },
                "price" => patch with { Price = PriceOf(member.Value, findings) },
                _ => patch,
            };
            findings.Check(member.Name != "sku", "sku", "A SKU stays; add a variant with the new one and remove this.");
            findings.Check(member.Name != "prices", "prices", "All prices are replaced by PUT …/prices.");
        }

        return findings.Any ? findings.Failure() : patch;
    }

    /// <summary>The variant after the patch, or what is wrong with it then.</summary>
    public Outcome<ProductVariant> Over(ProductVariant current)
    {
        var findings = new Findings();
        var options = (ClearOptions ? [] : current.Options.ToDictionary(pair => pair.Key, string? (pair) => pair.Value, StringComparer.Ordinal));
        foreach (var (name, value) in Options)
        {
            if (value is null)
            {
                options.Remove(name);
            }
            else
            {
                options[name] = value;
            }
        }

        var variant = current with
        {
            Options = ProductReading.Options(options, "", findings),
            Barcode = Barcode.Over(current.Barcode),
            WeightGrams = WeightGrams.Said ? WeightGrams.Value : current.WeightGrams,
        };
        ProductReading.Details(variant.Barcode, variant.WeightGrams, "", findings);
        variant = Price is null ? variant : variant.WithBasePrice(Price);
        findings.Check(variant.Prices.Count <= Limits.Prices + 1, "price", $"At most {Limits.Prices} prices beside the plain one.");
        return findings.Any ? findings.Failure() : variant;
    }

    private static Dictionary<string, string?> OptionsOf(JsonElement value, Findings findings)
    {
        var options = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var member in PatchReading.Members(value, "options", findings))
        {
            options[member.Name] = member.Value.ValueKind == JsonValueKind.Null ? null : PatchReading.Text(member.Value, $"options.{member.Name}", findings);
        }

        return options;
    }

    private static int? WeightOf(JsonElement value, Findings findings)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var grams))
        {
            return grams;
        }

        findings.Check(value.ValueKind == JsonValueKind.Null, "weightGrams", "Expected a whole number in range.");
        return null;
    }

    private static PriceEntry? PriceOf(JsonElement value, Findings findings)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            findings.Add("price", "Expected an object such as {\"amount\":\"39.90\",\"currency\":\"USD\"}.");
            return null;
        }

        var request = new MoneyRequest(PatchReading.Member(value, "amount", "price", findings).Value, PatchReading.Member(value, "currency", "price", findings).Value);
        return findings.Any ? null : ProductReading.BasePrice(request, "price", findings);
    }
}
