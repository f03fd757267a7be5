using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Commerce.Cli.Import;

namespace Commerce.Cli.Generate;

/// <summary>
/// Products that nobody sells, as many as are asked for: names in English and Korean out of the categories and attribute values of shopify-taxonomy, the
/// common categories and brands far commoner than the rare ones. The same seed gives the same products. Whatever is measured on them is synthetic.
/// </summary>
internal sealed class SyntheticCatalogue
{
    private const int Brands = 800;
    private const int MostValues = 40;

    private static readonly (string Name, string Attribute)[] Kinds =
    [
        ("color", "Color"), ("material", "Material"), ("pattern", "Pattern"), ("size", "Size"), ("theme", "Theme"), ("style", "Style"), ("features", "Features"), ("powerSource", "Power source"),
    ];

    private static readonly string[] Syllables = ["ka", "lo", "mi", "ra", "ve", "no", "ti", "sa", "bel", "dor", "fen", "gal", "hir", "jun", "kor", "lum", "mar", "nor", "pel", "quin", "ros", "sol", "tor", "vin", "wel", "zan"];
    private static readonly string[] Lines = ["Pro", "Plus", "Max", "Lite", "Classic", "Studio", "Home", "Travel", "Eco", "Prime"];

    private readonly Random random;
    private readonly List<Leaf> leaves = [];
    private readonly List<(string Slug, string? Parent, string En, string Ko)> categories = [];
    private readonly Dictionary<string, List<(string En, string Ko)>> values;
    private readonly string[] brands;
    private readonly double[] leafShares;
    private readonly double[] brandShares;

    public SyntheticCatalogue(string taxonomy, int seed)
    {
        random = new Random(seed);
        ReadCategories(Path.Combine(taxonomy, "categories.en-ko-ja.csv.gz"));
        values = ReadValues(Path.Combine(taxonomy, "attribute_values.en-ko-ja.csv.gz"));
        brands = MakeBrands();
        Shuffle(leaves);
        leafShares = Shares(leaves.Count, 0.7);
        brandShares = Shares(brands.Length, 0.9);
    }

    /// <summary>The categories, one JSON object a line, parents first.</summary>
    public IEnumerable<string> Categories() => categories.Select(category => JsonSerializer.Serialize(
        new { slug = category.Slug, parent = category.Parent, translations = new { en = new { name = category.En }, ko = new { name = category.Ko } } }, Plain));

    /// <summary>One product as a row of an import.</summary>
    /// <param name="number">From 1 on.</param>
    public string Product(int number)
    {
        var leaf = leaves[Pick(leafShares)];
        var brand = brands[Pick(brandShares)];
        var line = Lines[random.Next(Lines.Length)];
        var model = Model();
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["brand"] = brand, ["model"] = model };
        var (en, ko) = ("", "");
        foreach (var (name, _) in Kinds.Where(_ => random.Next(2) == 0))
        {
            var choices = values[name];
            // The first values are the common ones.
            var value = choices[(int)(choices.Count * random.NextDouble() * random.NextDouble())];
            attributes[name] = value.En;
            (en, ko) = en.Length == 0 ? (value.En, value.Ko) : (en, ko);
        }

        var cents = 199 + (int)(Math.Pow(random.NextDouble(), 3) * 99_800);
        return JsonSerializer.Serialize(new
        {
            status = "active",
            translations = new
            {
                en = new { name = $"{brand} {line} {en} {leaf.En} {model}".Replace("  ", " ", StringComparison.Ordinal), description = $"{leaf.En} by {brand} for {leaf.ParentEn}. {string.Join(", ", attributes.Values.Skip(2))}." },
                ko = new { name = $"{ko} {leaf.Ko} {model}".Trim() },
            },
            categories = new[] { leaf.Category },
            attributes,
            images = new[] { new { url = string.Create(CultureInfo.InvariantCulture, $"https://images.example.com/{number}.webp"), alt = leaf.En } },
            variants = new[]
            {
                new
                {
                    sku = string.Create(CultureInfo.InvariantCulture, $"syn-{number:0000000}"),
                    price = new { amount = ProductRow.Cents(cents), currency = "USD" },
                    prices = new[] { new { amount = (cents * 14 / 100 * 100).ToString(CultureInfo.InvariantCulture), currency = "KRW" } },
                    weightGrams = 50 + random.Next(5_000),
                },
            },
        }, Plain);
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // dv71-1211ea and the like.
    private string Model() => string.Create(
        CultureInfo.InvariantCulture, $"{(char)('A' + random.Next(26))}{(char)('A' + random.Next(26))}{random.Next(1, 100)}-{random.Next(10_000):0000}{(random.Next(2) == 0 ? "" : ((char)('a' + random.Next(26))).ToString())}");

    private string[] MakeBrands()
    {
        var made = new HashSet<string>(StringComparer.Ordinal);
        while (made.Count < Brands)
        {
            var name = string.Concat(Enumerable.Range(0, random.Next(2, 4)).Select(_ => Syllables[random.Next(Syllables.Length)]));
            made.Add(char.ToUpperInvariant(name[0]) + name[1..]);
        }

        return [.. made];
    }

    // Categories of two levels are the shop's; the names below them are what products are called.
    private void ReadCategories(string path)
    {
        var slugs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var fields in Rows(path))
        {
            var (english, korean) = (fields[1].Split(" > "), fields[2].Split(" > "));
            if (english.Length <= 2)
            {
                var slug = "tax-" + fields[0];
                slugs[fields[0]] = slug;
                categories.Add((slug, english.Length == 1 ? null : slugs[fields[0][..fields[0].LastIndexOf('-')]], english[^1], korean[^1]));
            }
            else
            {
                leaves.Add(new Leaf(slugs[string.Join('-', fields[0].Split('-').Take(2))], english[^1], korean[^1], english[^2]));
            }
        }
    }

    private static Dictionary<string, List<(string En, string Ko)>> ReadValues(string path)
    {
        var kinds = Kinds.ToDictionary(kind => kind.Attribute, kind => kind.Name, StringComparer.OrdinalIgnoreCase);
        var found = Kinds.ToDictionary(kind => kind.Name, _ => new List<(string, string)>(), StringComparer.Ordinal);
        foreach (var fields in Rows(path))
        {
            var at = fields[1].LastIndexOf(" [", StringComparison.Ordinal);
            if (at > 0 && kinds.TryGetValue(fields[1][(at + 2)..^1], out var name) && found[name].Count < MostValues)
            {
                found[name].Add((fields[1][..at], fields[2][..fields[2].LastIndexOf(" [", StringComparison.Ordinal)]));
            }
        }

        foreach (var (name, list) in found.Where(pair => pair.Value.Count == 0))
        {
            list.Add(("Standard " + name, "표준"));
        }

        return found;
    }

    private static IEnumerable<List<string>> Rows(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            yield return CsvLine.Split(line);
        }
    }

    private static double[] Shares(int count, double exponent)
    {
        var shares = new double[count];
        var sum = 0.0;
        for (var rank = 0; rank < count; rank++)
        {
            sum += 1 / Math.Pow(rank + 1, exponent);
            shares[rank] = sum;
        }

        return shares;
    }

    private int Pick(double[] shares)
    {
        var at = Array.BinarySearch(shares, random.NextDouble() * shares[^1]);
        return Math.Min(at < 0 ? ~at : at, shares.Length - 1);
    }

    private void Shuffle<T>(List<T> list)
    {
        for (var i = list.Count - 1; i > 0; i--)
        {
            var j = random.Next(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }

    private sealed record Leaf(string Category, string En, string Ko, string ParentEn);
}
