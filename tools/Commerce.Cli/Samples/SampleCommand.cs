using System.CommandLine;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Commerce.Cli.Import;

namespace Commerce.Cli.Samples;

/// <summary>
/// Makes the sample catalogue of <c>samples/</c> from the chorus-icecat catalogue and the Shopify taxonomy. The same
/// input gives the same files. Prices and stock are made up; see <c>samples/NOTICE</c>.
/// </summary>
internal static class SampleCommand
{
    private static readonly string[] Locales = ["en", "ko", "ja"];
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The taxonomy calls computer memory "recollection" in Korean.
    private static readonly Dictionary<string, string> Corrections = new(StringComparer.Ordinal) { ["추억"] = "메모리" };

    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Required = true, Description = "The folder of chorus-icecat and shopify-taxonomy." };
        var output = new Option<DirectoryInfo>("--out") { Required = true, Description = "The folder to write." };
        var shelf = new Option<int>("--each") { Description = "Products of a category at most.", DefaultValueFactory = _ => 120 };
        var command = new Command("sample", "Makes the sample catalogue.") { data, output, shelf };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await MakeAsync(parsed.GetRequiredValue(data).FullName, parsed.GetRequiredValue(output).FullName, parsed.GetValue(shelf), cancellationToken);
            return 0;
        });
        return command;
    }

    private static async Task MakeAsync(string data, string output, int each, CancellationToken cancellationToken)
    {
        var taxonomy = ReadTaxonomy(Path.Combine(data, "shopify-taxonomy", "categories.en-ko-ja.csv.gz"));
        var shelves = await FillAsync(Path.Combine(data, "chorus-icecat", "products.jsonl.gz"), each, cancellationToken);
        Directory.CreateDirectory(output);
        await WriteCategoriesAsync(Path.Combine(output, "categories.ndjson"), shelves.Select(shelf => shelf.Shelf), taxonomy, cancellationToken);

        await using var products = new GZipStream(File.Create(Path.Combine(output, "products.ndjson.gz")), CompressionLevel.SmallestSize);
        await using var stock = new StreamWriter(Path.Combine(output, "stock.csv"), append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        await stock.WriteLineAsync("sku,quantity");
        foreach (var (shelf, members) in shelves)
        {
            foreach (var member in members)
            {
                var row = Translate(member, shelf, taxonomy[shelf.TaxonomyId]);
                await products.WriteAsync(row.ToJson(), cancellationToken);
                await stock.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{row.Sku},{Stock(row.Sku)}"));
            }
        }

        Console.WriteLine($"{shelves.Sum(shelf => shelf.Members.Count)} products on {shelves.Count} shelves in {output}");
    }

    private static async Task<List<(SampleShelf Shelf, List<JsonElement> Members)>> FillAsync(
        string path, int each, CancellationToken cancellationToken)
    {
        var found = SampleShelf.All.ToDictionary(shelf => shelf, _ => new List<JsonElement>());
        await using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var reader = new StreamReader(file, Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var product = JsonSerializer.Deserialize<JsonElement>(line);
            var title = product.GetProperty("title").GetString()!;
            if (product.TryGetProperty("short_description", out var description)
                && description.GetString()!.Length > 20
                && SampleShelf.All.FirstOrDefault(shelf => shelf.Titles.IsMatch(title)) is { } match)
            {
                found[match].Add(product);
            }
        }

        return [.. SampleShelf.All.Select(shelf => (shelf, SpreadOverBrands(found[shelf], each))).Where(shelf => shelf.Item2.Count > 0)];
    }

    /// <summary>One of each brand, then the second of each, until the shelf is full: facets need more than one maker.</summary>
    private static List<JsonElement> SpreadOverBrands(List<JsonElement> products, int each) =>
        [.. products
            .GroupBy(product => product.GetProperty("supplier").GetString(), StringComparer.Ordinal)
            .SelectMany(brand => brand.Select((product, round) => (product, round)))
            .OrderBy(entry => entry.round)
            .ThenBy(entry => entry.product.GetProperty("id").GetString(), StringComparer.Ordinal)
            .Take(each)
            .Select(entry => entry.product)];

    private static ProductRow Translate(JsonElement product, SampleShelf shelf, TaxonomyEntry place)
    {
        var row = IcecatProduct.Read(product);
        var id = product.GetProperty("id").GetString()!;
        var brand = product.GetProperty("supplier").GetString();
        var number = product.GetProperty("name").GetString();
        var range = (uint)(shelf.HighestCents - shelf.LowestCents);
        return row with
        {
            // 40 details make a good test and a bad download.
            Attributes = row.Attributes.Take(14).ToDictionary(StringComparer.Ordinal),
            PriceCents = (shelf.LowestCents + (int)(Hash("price" + id) % range)) / 100 * 100 + 99,
            OtherNames = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["ko"] = $"{brand} {place.Leaf("ko")} {number}",
                ["ja"] = $"{brand} {place.Leaf("ja")} {number}",
            },
            Categories = [place.Slug],
        };
    }

    // Mostly plenty, sometimes few, now and then none, as on a real shelf.
    private static uint Stock(string sku)
    {
        var hash = Hash("stock" + sku);
        return (hash % 20) switch
        {
            0 => 0,
            1 or 2 => 1 + (hash / 20 % 4),
            _ => 10 + (hash / 20 % 190),
        };
    }

    private static uint Hash(string text) =>
        text.Aggregate(2166136261u, (hash, letter) => unchecked((hash ^ letter) * 16777619u));

    private static async Task WriteCategoriesAsync(
        string path, IEnumerable<SampleShelf> shelves, Dictionary<string, TaxonomyEntry> taxonomy, CancellationToken cancellationToken)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        await using var file = new StreamWriter(path, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        foreach (var shelf in shelves)
        {
            // Parents first, so that the file can be loaded from top to bottom.
            foreach (var entry in taxonomy[shelf.TaxonomyId].WithParents(taxonomy).Reverse())
            {
                if (written.Add(entry.Id))
                {
                    var parent = entry.Parent(taxonomy);
                    var line = JsonSerializer.Serialize(
                        new
                        {
                            slug = entry.Slug,
                            parent = parent?.Slug,
                            translations = Locales.ToDictionary(locale => locale, locale => new { name = entry.Leaf(locale) }),
                        },
                        Readable);
                    await file.WriteLineAsync(line.AsMemory(), cancellationToken);
                }
            }
        }
    }

    private static Dictionary<string, TaxonomyEntry> ReadTaxonomy(string path)
    {
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var reader = new StreamReader(file, Encoding.UTF8);
        var entries = new Dictionary<string, TaxonomyEntry>(StringComparer.Ordinal);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var row = CsvLine.Split(line);
            entries[row[0]] = new TaxonomyEntry(
                row[0], new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = row[1], ["ko"] = row[2], ["ja"] = row[3] });
        }

        return entries;
    }

    private sealed record TaxonomyEntry(string Id, IReadOnlyDictionary<string, string> Paths)
    {
        public string Slug => string.Join(
            '-', Leaf("en").ToLowerInvariant().Split([' ', '&', ',', '/', '-', '.'], StringSplitOptions.RemoveEmptyEntries));

        public string Leaf(string locale)
        {
            var leaf = Paths[locale].Split(" > ")[^1];
            return Corrections.GetValueOrDefault(leaf, leaf);
        }

        public TaxonomyEntry? Parent(Dictionary<string, TaxonomyEntry> taxonomy) =>
            Id.LastIndexOf('-') is > 0 and var dash ? taxonomy.GetValueOrDefault(Id[..dash]) : null;

        public IEnumerable<TaxonomyEntry> WithParents(Dictionary<string, TaxonomyEntry> taxonomy)
        {
            for (var entry = this; entry is not null; entry = entry.Parent(taxonomy))
            {
                yield return entry;
            }
        }
    }
}
