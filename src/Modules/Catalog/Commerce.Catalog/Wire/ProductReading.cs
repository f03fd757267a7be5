using Commerce.Monetary;
using Commerce.Outcomes;

namespace Commerce.Catalog.Wire;

/// <summary>From requests to sound values: every field is looked at, and every fault is told under its path.</summary>
internal static class ProductReading
{
    /// <summary>A whole product. A new one needs texts and a variant; a row that changes a known one needs only what identifies it.</summary>
    public static Outcome<ProductDraft> Read(ProductRequest request, bool isNew)
    {
        var findings = new Findings();
        var draft = new ProductDraft(
            SlugOf(request.Slug, findings),
            Texts(request.Translations, isNew, findings),
            CategoryIds(request.CategoryIds, findings),
            CategorySlugs(request.Categories, findings),
            Attributes(request.Attributes, findings),
            Images(request.Images, findings),
            Variants(request.Variants, findings),
            Status(request.Status, findings),
            Instant(request.PublishAt));
        findings.Check(request.PublishAt is null || request.Status is null or "draft", "publishAt", "Only a draft is published later.");
        findings.Check(request.CategoryIds is null || request.Categories is null, "categories", "Name the categories by id or by slug, not both.");
        return findings.Any ? findings.Failure() : draft;
    }

    /// <summary>One more variant of a product.</summary>
    public static Outcome<ProductVariant> ReadVariant(VariantRequest request)
    {
        var findings = new Findings();
        var variant = Variant(request, "", findings);
        return findings.Any ? findings.Failure() : variant;
    }

    /// <summary>A list of prices that replaces all of a variant.</summary>
    public static Outcome<IReadOnlyList<PriceEntry>> ReadPrices(IReadOnlyList<PriceRequest?> requests)
    {
        var findings = new Findings();
        var prices = Prices(null, requests, "", findings);
        return findings.Any ? findings.Failure() : Outcome.Of<IReadOnlyList<PriceEntry>>(prices);
    }

    /// <summary>A slug that the client chose.</summary>
    public static string? SlugOf(string? slug, Findings findings)
    {
        findings.Check(
            slug is null || Slugs.IsValid(slug),
            "slug",
            $"1 to {Slugs.MaxLength} characters: lower-case letters a to z, digits and single hyphens between them; no UUID, not 'import' or 'export'.");
        return slug;
    }

    /// <summary>Texts by locale.</summary>
    public static Dictionary<string, ProductText>? Texts(Dictionary<string, TextRequest?>? requests, bool required, Findings findings)
    {
        if (requests is null)
        {
            findings.Check(!required, "translations", "At least one translation with a name is required, such as {\"en\":{\"name\":\"…\"}}.");
            return null;
        }

        findings.Check(requests.Count is > 0 and <= Limits.Locales, "translations", $"1 to {Limits.Locales} locales.");
        var texts = new Dictionary<string, ProductText>(StringComparer.Ordinal);
        foreach (var (locale, request) in requests.Take(Limits.Locales))
        {
            if (Text(locale, request, findings) is { } text)
            {
                texts[locale] = text;
            }
        }

        return texts;
    }

    /// <summary>The text of one locale.</summary>
    public static ProductText? Text(string locale, TextRequest? request, Findings findings)
    {
        var path = $"translations.{locale}";
        if (!Limits.IsLocale(locale))
        {
            findings.Add(path.Length <= 100 && Limits.IsText(path) ? path : "translations", "A locale is a language with an optional script and region, such as en, ko or pt-BR.");
            return null;
        }

        if (request is null)
        {
            findings.Add(path, "A translation is an object with a name.");
            return null;
        }

        TextOf(request.Name, $"{path}.name", Limits.Name, required: true, findings);
        TextOf(request.Description, $"{path}.description", Limits.Description, required: false, findings, multiline: true);
        findings.Check(
            request.Slug is null || Slugs.IsValidInLocale(request.Slug),
            $"{path}.slug",
            $"1 to {Slugs.MaxLength} letters and digits without capitals, with single hyphens between them; no UUID.");
        return new ProductText(request.Name?.Trim() ?? "", request.Description, request.Slug);
    }

    /// <summary>Names and values.</summary>
    public static void Attribute(string name, string? value, Findings findings)
    {
        var path = name.Length <= Limits.AttributeName && Limits.IsText(name) ? $"attributes.{name}" : "attributes";
        findings.Check(name.Trim().Length > 0 && path != "attributes", path, $"An attribute's name has 1 to {Limits.AttributeName} characters without control characters.");
        TextOf(value, path, Limits.AttributeValue, required: true, findings, multiline: true);
    }

    /// <summary>Pictures.</summary>
    public static List<ProductImage>? Images(List<ImageRequest?>? requests, Findings findings)
    {
        findings.Check(requests is not { Count: > Limits.Images }, "images", $"At most {Limits.Images} images.");
        return requests?.Take(Limits.Images).Select((request, i) =>
        {
            var url = request?.Url ?? "";
            findings.Check(Limits.IsUrl(url), $"images[{i}].url", $"An absolute http or https address of at most {Limits.Url} characters.");
            TextOf(request?.Alt, $"images[{i}].alt", Limits.Alt, required: false, findings);
            return new ProductImage(url, request?.Alt);
        }).ToList();
    }

    /// <summary>Category ids, each once.</summary>
    public static List<Guid>? CategoryIds(List<Guid>? ids, Findings findings)
    {
        findings.Check(ids is not { Count: > Limits.CategoriesOfProduct }, "categoryIds", $"At most {Limits.CategoriesOfProduct} categories.");
        return ids?.Distinct().ToList();
    }

    /// <summary>Options of a variant.</summary>
    public static Dictionary<string, string> Options(Dictionary<string, string?>? options, string prefix, Findings findings)
    {
        findings.Check(options is not { Count: > Limits.Options }, $"{prefix}options", $"At most {Limits.Options} options.");
        foreach (var (name, value) in (options ?? []).Take(Limits.Options))
        {
            var fine = name.Trim().Length is > 0 and <= Limits.OptionName && Limits.IsText(name);
            findings.Check(fine, $"{prefix}options", $"An option's name has 1 to {Limits.OptionName} characters without control characters.");
            TextOf(value, fine ? $"{prefix}options.{name}" : $"{prefix}options", Limits.OptionValue, required: true, findings);
        }

        return (options ?? []).ToDictionary(pair => pair.Key, pair => pair.Value ?? "", StringComparer.Ordinal);
    }

    /// <summary>Barcode and weight of a variant.</summary>
    public static void Details(string? barcode, int? weightGrams, string prefix, Findings findings)
    {
        findings.Check(
            barcode is null || (barcode.Length is > 0 and <= Limits.Barcode && Limits.IsPrintable(barcode)),
            $"{prefix}barcode",
            $"1 to {Limits.Barcode} printable characters without spaces.");
        findings.Check(weightGrams is null or (>= 0 and <= Limits.WeightGrams), $"{prefix}weightGrams", $"0 to {Limits.WeightGrams}.");
    }

    /// <summary>The plain price.</summary>
    public static PriceEntry? BasePrice(MoneyRequest request, string path, Findings findings) =>
        Amount(request.Amount, request.Currency, $"{path}.", findings) is { } money ? PriceEntry.Base(money.Currency, money.Amount) : null;

    private static List<string>? CategorySlugs(List<string?>? slugs, Findings findings)
    {
        findings.Check(slugs is not { Count: > Limits.CategoriesOfProduct }, "categories", $"At most {Limits.CategoriesOfProduct} categories.");
        return slugs?.Take(Limits.CategoriesOfProduct).Select((slug, i) =>
        {
            findings.Check(slug is not null && Slugs.IsValid(slug), $"categories[{i}]", "The slug of a category.");
            return slug ?? "";
        }).Distinct(StringComparer.Ordinal).ToList();
    }

    private static Dictionary<string, string>? Attributes(Dictionary<string, string?>? attributes, Findings findings)
    {
        if (attributes is null)
        {
            return null;
        }

        findings.Check(attributes.Count <= Limits.Attributes, "attributes", $"At most {Limits.Attributes} attributes.");
        foreach (var (name, value) in attributes.Take(Limits.Attributes))
        {
            Attribute(name, value, findings);
        }

        return attributes.ToDictionary(pair => pair.Key, pair => pair.Value ?? "", StringComparer.Ordinal);
    }

    private static List<ProductVariant> Variants(List<VariantRequest?>? requests, Findings findings)
    {
        findings.Check(requests is { Count: > 0 and <= Product.MaxVariants }, "variants", $"1 to {Product.MaxVariants} variants.");
        var variants = (requests ?? []).Take(Product.MaxVariants).Select((request, i) => Variant(request ?? new VariantRequest(), $"variants[{i}].", findings)).ToList();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < variants.Count; i++)
        {
            findings.Check(seen.Add(variants[i].Sku), $"variants[{i}].sku", "This SKU stands twice.");
        }

        return variants;
    }

    private static ProductVariant Variant(VariantRequest request, string prefix, Findings findings)
    {
        findings.Check(Limits.IsSku(request.Sku), $"{prefix}sku", $"1 to {Limits.Sku} printable characters without spaces.");
        Details(request.Barcode, request.WeightGrams, prefix, findings);
        var prices = Prices(request.Price, request.Prices ?? [], prefix, findings);
        findings.Check(prices.Count > 0, $"{prefix}price", "A price is required, such as {\"amount\":\"39.90\",\"currency\":\"USD\"}.");
        return new ProductVariant(request.Sku ?? "", Options(request.Options, prefix, findings), request.Barcode, request.WeightGrams, prices);
    }

    private static List<PriceEntry> Prices(MoneyRequest? plain, IReadOnlyList<PriceRequest?> requests, string prefix, Findings findings)
    {
        findings.Check(requests.Count <= Limits.Prices, $"{prefix}prices", $"At most {Limits.Prices} prices.");
        var prices = new List<PriceEntry>();
        if (plain is not null && BasePrice(plain, $"{prefix}price", findings) is { } price)
        {
            prices.Add(price);
        }

        for (var i = 0; i < Math.Min(requests.Count, Limits.Prices); i++)
        {
            var path = $"{prefix}prices[{i}]";
            if (Price(requests[i] ?? new PriceRequest(), path, findings) is not { } entry)
            {
                continue;
            }

            if (prices.Find(entry.SameConditions) is { } same)
            {
                findings.Check(same == entry && same.IsBase() && plain is not null, path, "Another price has the same conditions.");
            }
            else
            {
                prices.Add(entry);
            }
        }

        return prices;
    }

    private static PriceEntry? Price(PriceRequest request, string path, Findings findings)
    {
        var group = request.CustomerGroup;
        findings.Check(group is null || (group.Length is > 0 and <= Limits.CustomerGroup && Limits.IsPrintable(group)), $"{path}.customerGroup", $"1 to {Limits.CustomerGroup} printable characters without spaces.");
        findings.Check(request.MinQuantity is null or (>= 1 and <= Limits.Quantity), $"{path}.minQuantity", $"1 to {Limits.Quantity}.");
        findings.Check(!(request.EndsAt <= request.StartsAt), $"{path}.endsAt", "It ends after it starts.");
        return Amount(request.Amount, request.Currency, $"{path}.", findings) is { } money
            ? new PriceEntry(money.Currency, money.Amount, Instant(request.StartsAt), Instant(request.EndsAt), group, request.MinQuantity ?? 1)
            : null;
    }

    /// <summary>A moment as it is kept.</summary>
    // Whole microseconds in UTC, as they come back from the store: otherwise the same row would look changed.
    public static DateTimeOffset? Instant(DateTimeOffset? time) =>
        time is { } t ? new DateTimeOffset(t.UtcTicks - (t.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero) : null;

    private static Money? Amount(string? amount, string? currency, string prefix, Findings findings)
    {
        if (!Currency.IsKnown(currency))
        {
            findings.Add($"{prefix}currency", "An ISO 4217 code in capitals, such as USD.");
            return null;
        }

        var digits = Currency.MinorDigits(currency!);
        if (!Money.TryParse(amount, currency, out var money) || money.Amount is < 0 or > Limits.Amount)
        {
            findings.Add($"{prefix}amount", digits == 0
                ? $"A whole amount of {currency} from 0 on as text, such as \"1000\"."
                : $"An amount of {currency} from 0 on as text with exactly {digits} digits after the point, such as \"39.{new string('0', digits)}\".");
            return null;
        }

        return money;
    }

    private static ProductStatus? Status(string? word, Findings findings)
    {
        var status = ProductStatusWords.Parse(word);
        findings.Check(word is null || status is not null, "status", "draft, active or archived.");
        return status;
    }

    private static void TextOf(string? text, string path, int most, bool required, Findings findings, bool multiline = false)
    {
        if (text is null)
        {
            findings.Check(!required, path, "This text is required.");
            return;
        }

        findings.Check(!required || text.Trim().Length > 0, path, "This text must not be empty.");
        findings.Check(text.Length <= most, path, $"At most {most} characters.");
        findings.Check(Limits.IsText(text, multiline), path, "Control characters and broken characters are not allowed.");
    }
}

/// <summary>Outcomes of interface types, which have no implicit conversion.</summary>
internal static class Outcome
{
    public static Outcome<T> Of<T>(T value) => value;
}
