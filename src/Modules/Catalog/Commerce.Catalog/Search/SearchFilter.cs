
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

    /// <summary>The bit of the first attribute; those of the others follow.</summary>
    public const int FirstAttribute = 8;

    private readonly (long? Least, long? Most) _price;
    private readonly bool _inStock;
    private readonly List<string> _fields;

    /// <param name="query">What is asked.</param>
    /// <param name="fields">The attributes that something is asked of.</param>
    /// <param name="sets">The numbers of the values that are asked for.</param>
    public SearchFilter(SearchQuery query, List<string> fields, List<(int Bit, HashSet<int> Values)> sets)
    {
        _price = (query.MinPrice, query.MaxPrice);
        _inStock = query.InStock;
        _fields = fields;
        FacetSets = sets;
        AllFacets = sets.Aggregate(0, (all, set) => all | set.Bit);
    }

    /// <summary>The values that are asked for, field by field, each field with its bit; any value of a field will do.</summary>
    public IReadOnlyList<(int Bit, HashSet<int> Values)> FacetSets { get; }

    /// <summary>The bits of all fields of facets that something is asked of.</summary>
    public int AllFacets { get; }

    /// <summary>Whether anything is asked.</summary>
    public bool Any => AllFacets != 0 || HasOthers;

    /// <summary>The attributes that something is asked of.</summary>
    public IReadOnlyList<string> Fields => _fields;

    /// <summary>Whether anything is asked that a document's facets do not tell.</summary>
    public bool HasOthers => _inStock || HasPrice;

    private bool HasPrice => _price.Least is not null || _price.Most is not null;

    /// <summary>The conditions of a request, as the numbers that the index has for them.</summary>
    public static async Task<SearchFilter> OfAsync(SearchConnection connection, SearchQuery query, FacetNames names, CancellationToken cancellationToken)
    {
        var asked = query.Categories.Select(category => ("category", category.ToString()))
            .Concat(query.Attributes.SelectMany(pair => pair.Value.Select(value => (pair.Key, value))))
            .Distinct()
            .ToList();
        var ids = await names.IdsAsync(connection, asked, cancellationToken);
        int IdOf(string field, string value) => ids.GetValueOrDefault((field, value), -1);
        var sets = new List<(int, HashSet<int>)>();
        if (query.Categories.Count > 0)
        {
            sets.Add((Category, [.. query.Categories.Select(category => IdOf("category", category.ToString()))]));
        }

        var fields = query.Attributes.Keys.ToList();
        sets.AddRange(fields.Select((field, at) => (FirstAttribute << at, query.Attributes[field].Select(value => IdOf(field, value)).ToHashSet())));
        return new SearchFilter(query, fields, sets);
    }

    /// <summary>The bit of a facet's field, or 0 when nothing is asked of it.</summary>
    public int BitOf(string field) => field == "category" ? AllFacets & Category : _fields.IndexOf(field) is >= 0 and var at ? FirstAttribute << at : 0;

    /// <summary>Whether no more than one condition is failed.</summary>
    public static bool IsSingle(int failed) => (failed & (failed - 1)) == 0;

    /// <summary>Which of the other conditions a document fails; 0 for none.</summary>
    public int FailedOthers(long price, byte availability) =>
        (HasPrice && (price < 0 || price < _price.Least || price > _price.Most) ? Price : 0) | (_inStock && availability > 1 ? Stock : 0);
}

/// <summary>A search as it is asked of the engine.</summary>
/// <param name="Text">What was typed, or null.</param>
/// <param name="Categories">Only in one of these categories or below it.</param>
/// <param name="MinPrice">From this price on, in minor units.</param>
/// <param name="MaxPrice">Up to this price.</param>
/// <param name="Currency">The currency of prices.</param>
/// <param name="Attributes">Values by facet field (<c>attr.brand</c>): any of them.</param>
/// <param name="InStock">Only what can be had at once.</param>
/// <param name="Sort">relevance, price, -price, newest or popular.</param>
/// <param name="Limit">Items of a page.</param>
/// <param name="After">The last item of the page before, or null.</param>
internal sealed record SearchQuery(
    string? Text, IReadOnlyList<Guid> Categories, long? MinPrice, long? MaxPrice, string Currency, IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes, bool InStock, string Sort, int Limit, SearchPlace? After)
{
    /// <summary>Whether more than words is asked for.</summary>
    public bool IsNarrowed => Categories.Count > 0 || MinPrice is not null || MaxPrice is not null || Attributes.Count > 0 || InStock;

    /// <summary>Whether staff want to know how the scores came about.</summary>
    public bool Explains { get; init; }
}

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
