using System.Text;

namespace Commerce.Cli.Import;

/// <summary>Baskets of item groups, one a line, and what is known of the groups.</summary>
internal sealed class Groceries
{
    private Groceries(IReadOnlyList<IReadOnlyList<string>> baskets, IReadOnlyList<ProductRow> products)
    {
        Baskets = baskets;
        Products = products;
    }

    /// <summary>The SKUs of each basket.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Baskets { get; }

    public IReadOnlyList<ProductRow> Products { get; }

    public static Groceries Read(string basketsPath, int limit)
    {
        var groups = ReadGroups(Path.Combine(Path.GetDirectoryName(basketsPath)!, "items.csv"));
        List<IReadOnlyList<string>> baskets = [];
        var products = new SortedDictionary<string, ProductRow>(StringComparer.Ordinal);
        foreach (var items in Rows(basketsPath))
        {
            foreach (var item in items)
            {
                var sku = Sku(item);
                if (products.TryGetValue(sku, out var known) && known.Name != item)
                {
                    throw new ImportException($"'{item}' and '{known.Name}' would share the SKU {sku}.");
                }

                products.TryAdd(sku, Product(sku, item, groups));
            }

            // Every product of the file, but only the asked baskets: the catalogue does not depend on the limit.
            if (baskets.Count < limit)
            {
                baskets.Add([.. items.Select(Sku)]);
            }
        }

        return new Groceries(baskets, [.. products.Values]);
    }

    /// <summary>How many of each SKU all baskets take.</summary>
    public List<(string Sku, int Quantity)> Demand() =>
        [.. Baskets.SelectMany(basket => basket)
            .GroupBy(sku => sku, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count()))];

    private static string Sku(string item)
    {
        var slug = new StringBuilder("groceries");
        foreach (var word in item.ToLowerInvariant().Split([' ', '/', '-', '.', '(', ')', '&', '\''], StringSplitOptions.RemoveEmptyEntries))
        {
            slug.Append('-').Append(word);
        }

        return slug.Length <= 64 ? slug.ToString() : slug.ToString(0, 64);
    }

    private static ProductRow Product(string sku, string item, Dictionary<string, (string Group, string Department)> groups)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (groups.TryGetValue(item, out var place))
        {
            attributes["department"] = place.Department;
            attributes["group"] = place.Group;
        }

        return new ProductRow { Sku = sku, Name = item, Attributes = attributes, PriceCents = Price(item) };
    }

    // The baskets carry no prices: 0.49 to 9.89, the same for an item every time.
    private static int Price(string item)
    {
        var hash = item.Aggregate(2166136261u, (hash, letter) => unchecked((hash ^ letter) * 16777619u));
        return 49 + ((int)(hash % 95) * 10);
    }

    private static Dictionary<string, (string Group, string Department)> ReadGroups(string path) =>
        File.Exists(path)
            ? Rows(path).Skip(1).Where(row => row.Count >= 4)
                .GroupBy(row => row[0], StringComparer.Ordinal)
                .ToDictionary(rows => rows.Key, rows => (rows.First()[2], rows.First()[3]), StringComparer.Ordinal)
            : [];

    private static IEnumerable<List<string>> Rows(string path) =>
        File.ReadLines(path, Encoding.UTF8).Where(line => line.Length > 0).Select(CsvLine.Split);
}
