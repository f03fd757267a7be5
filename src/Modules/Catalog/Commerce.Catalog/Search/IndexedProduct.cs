using System.Globalization;
using System.Text.Json;
using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.Monetary;

namespace Commerce.Catalog.Search;

/// <summary>A product as the index sees it.</summary>
internal sealed class IndexedProduct(ProductDocument product, string? words)
{
    private const int MaxFacets = 64;
    private const int MaxFacetName = 60;
    private const int MaxFacetValue = 80;

    /// <summary>The product.</summary>
    public ProductDocument Product { get; } = product;

    /// <summary>Whether shoppers may find it, now or once its publication is due: the cards of results leave out what is not on sale yet.</summary>
    public bool IsActive => Product.Status == ProductStatus.Active || Product.PublishAt is not null;

    /// <summary>The rank of its availability, 0 for the best.</summary>
    public short Availability
    {
        get
        {
            var bySku = words is null ? [] : JsonSerializer.Deserialize(words, DocumentFormat.Json.DictionaryStringString)!;
            return (short)Availabilities.Rank(Availabilities.Best(Product.Variants.Select(variant => bySku.GetValueOrDefault(variant.Sku, Availabilities.OutOfStock))));
        }
    }

    /// <summary>Its lowest prices, as <c>search_docs.offers</c> keeps them.</summary>
    public string Offers => string.Join(';', PriceList.Spans(Product.Variants).Select(span => span switch
    {
        { From: null, Until: null } => string.Create(CultureInfo.InvariantCulture, $"{span.Currency}:{Minor(span)}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.Currency}:{Minor(span)}:{span.From?.ToUnixTimeMilliseconds() ?? long.MinValue}:{span.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue}"),
    }));

    /// <summary>Its words. Category names are given, since they are not the product's own.</summary>
    public IndexedText Text(IEnumerable<string> categoryNames)
    {
        var text = new IndexedText();
        foreach (var translation in Product.Translations.Values)
        {
            text.Add(Field.Name, translation.Name);
            text.Add(Field.Description, translation.Description);
        }

        foreach (var (name, value) in Product.Attributes)
        {
            text.Add(name == "brand" ? Field.Key : Field.Attribute, value);
        }

        foreach (var variant in Product.Variants)
        {
            text.Add(Field.Key, variant.Sku);
            text.Add(Field.Key, variant.Barcode);
            foreach (var value in variant.Options.Values)
            {
                text.Add(Field.Attribute, value);
            }
        }

        foreach (var name in categoryNames)
        {
            text.Add(Field.Key, name);
        }

        return text;
    }

    /// <summary>What it can be filtered and counted by: categories (given with all above them), brand, other attributes and options.</summary>
    public IEnumerable<(string Field, string Value)> Facets(IEnumerable<Guid> categories)
    {
        var attributes = Product.Attributes.Select(pair => (pair.Key, pair.Value))
            .Concat(Product.Variants.SelectMany(variant => variant.Options.Select(pair => (pair.Key, pair.Value))))
            .Where(pair => pair.Key.Length <= MaxFacetName && pair.Value.Length <= MaxFacetValue)
            .Distinct()
            .OrderByDescending(pair => pair.Key == "brand")
            .Take(MaxFacets)
            .Select(pair => ("attr." + pair.Key, pair.Value));
        return categories.Select(id => ("category", id.ToString())).Concat(attributes);
    }

    private static long Minor(PriceSpan span) => (long)(span.Amount * Minors.Of(span.Currency));
}

/// <summary>Amounts as whole numbers.</summary>
internal static class Minors
{
    private static readonly long[] Powers = [1, 10, 100, 1000];

    /// <summary>How many minor units one major unit has.</summary>
    public static long Of(string currency) => Powers[Currency.MinorDigits(currency)];
}
