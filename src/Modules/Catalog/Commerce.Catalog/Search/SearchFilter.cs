namespace Commerce.Catalog.Search;

/// <summary>What else a shopper asks of the products found. Each condition has its own bit, so that a facet can be counted without its own.</summary>
internal sealed class SearchFilter
{
    /// <summary>The bit of the category.</summary>
    public const int Category = 1;

    /// <summary>The bit of the price.</summary>
    public const int Price = 2;

    /// <summary>The bit of the stock.</summary>
    public const int Stock = 4;

    private const int FirstAttribute = 8;

    private readonly int? _category;
    private readonly (long? Least, long? Most) _price;
    private readonly bool _inStock;
    private readonly List<(string Field, HashSet<int> Values)> _attributes;

    /// <summary>The conditions of a request, as the numbers that the index has for them.</summary>
    public SearchFilter(SearchQuery query, FacetNames names)
    {
        _category = query.Category is { } category ? names.Find("category", category.ToString()) : null;
        _price = (query.MinPrice, query.MaxPrice);
        _inStock = query.InStock;
        _attributes = [.. query.Attributes.Select(pair => (pair.Key, pair.Value.Select(value => names.Find(pair.Key, value)).ToHashSet()))];
    }

    /// <summary>The bit of a facet's field, or 0 when nothing is asked of it.</summary>
    public int BitOf(string field) => field == "category" ? _category is null ? 0 : Category : _attributes.FindIndex(attribute => attribute.Field == field) is >= 0 and var at ? FirstAttribute << at : 0;

    /// <summary>The fields that something is asked of.</summary>
    public IEnumerable<string> Fields => _attributes.Select(attribute => attribute.Field);

    /// <summary>Which conditions a document fails; 0 for none.</summary>
    public int Failed(ReadOnlySpan<int> facets, long price, byte availability)
    {
        var failed = 0;
        if (_category is { } category && facets.BinarySearch(category) < 0)
        {
            failed |= Category;
        }

        if ((_price.Least is not null || _price.Most is not null) && (price < 0 || price < _price.Least || price > _price.Most))
        {
            failed |= Price;
        }

        if (_inStock && availability > 1)
        {
            failed |= Stock;
        }

        for (var i = 0; i < _attributes.Count; i++)
        {
            failed |= Any(facets, _attributes[i].Values) ? 0 : FirstAttribute << i;
        }

        return failed;
    }

    private static bool Any(ReadOnlySpan<int> facets, HashSet<int> values)
    {
        foreach (var facet in facets)
        {
            if (values.Contains(facet))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A search as it is asked of the engine.</summary>
/// <param name="Text">What was typed, or null.</param>
/// <param name="Category">Only in this category or below it.</param>
/// <param name="MinPrice">From this price on, in minor units.</param>
/// <param name="MaxPrice">Up to this price.</param>
/// <param name="Currency">The currency of prices.</param>
/// <param name="Attributes">Values by facet field (<c>attr.brand</c>): any of them.</param>
/// <param name="InStock">Only what can be had at once.</param>
/// <param name="Sort">relevance, price, -price, newest or popular.</param>
/// <param name="Limit">Items of a page.</param>
/// <param name="After">The last item of the page before, or null.</param>
internal sealed record SearchQuery(
    string? Text, Guid? Category, long? MinPrice, long? MaxPrice, string Currency, IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes, bool InStock, string Sort, int Limit, SearchPlace? After);

/// <summary>A place in a sorted result: smaller keys come first, and of equal ones the newer product.</summary>
internal readonly record struct SearchPlace(double Key, Guid Product) : IComparable<SearchPlace>
{
    /// <inheritdoc />
    public int CompareTo(SearchPlace other)
    {
        var byKey = Key.CompareTo(other.Key);
        return byKey != 0 ? byKey : other.Product.CompareTo(Product);
    }
}
