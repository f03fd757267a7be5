using System.Globalization;
using Commerce.Catalog.Search;
using Commerce.Outcomes;
using Commerce.Web;
using Microsoft.AspNetCore.Http;

namespace Commerce.Catalog.Wire;

/// <summary>The parameters of a search as they stand in the address.</summary>
/// <param name="Text">What was typed.</param>
/// <param name="Locale">The locale of names.</param>
/// <param name="Categories">Ids or slugs: any of them.</param>
/// <param name="Currency">The currency asked for, or null.</param>
/// <param name="Query">Everything else, ready for the engine.</param>
internal sealed record SearchParameters(string? Text, string? Locale, IReadOnlyList<string> Categories, string? Currency, SearchQuery Query)
{
    private const int MaxText = 500;
    private const int MaxFilters = 20;
    private const int MaxValues = 50;

    /// <summary>Reads them, or says what is wrong with them.</summary>
    public static Outcome<SearchParameters> Read(IQueryCollection parameters, PageLimit limit, string defaultCurrency)
    {
        var findings = new Findings();
        string? One(string name)
        {
            findings.Check(parameters[name].Count <= 1, name, "This parameter stands once.");
            return parameters[name].Count == 0 ? null : parameters[name][0];
        }

        var (locale, currency) = (Blank(One("locale")), Blank(One("currency")));
        ViewQuery.Check(locale, currency, findings);
        var text = One("q");
        findings.Check(text is null or { Length: <= MaxText }, "q", $"At most {MaxText} characters.");
        var sort = Blank(One("sort")) ?? "relevance";
        findings.Check(sort is "relevance" or "price" or "-price" or "newest" or "popular", "sort", "relevance, price, -price, newest or popular.");
        var inStock = Blank(One("inStock"));
        findings.Check(inStock is null or "true" or "false", "inStock", "true or false.");
        var known = currency is not null && Monetary.Currency.IsKnown(currency) ? currency : defaultCurrency;
        var least = Amount(One("minPrice"), "minPrice", known, findings);
        var most = Amount(One("maxPrice"), "maxPrice", known, findings);
        findings.Check(!(least > most), "maxPrice", "It is not below minPrice.");
        var explains = Blank(One("explain"));
        findings.Check(explains is null or "true" or "false", "explain", "true or false.");
        var categories = parameters["category"].OfType<string>().Where(category => category.Length > 0).ToList();
        findings.Check(categories.Count <= MaxValues, "category", $"At most {MaxValues} categories.");
        SearchPlace? after = null;
        if (One("cursor") is { } cursor)
        {
            if (Cursor.TryDecode<string, double, Guid>(cursor, out var sorted, out var key, out var product) && sorted == sort)
            {
                after = new SearchPlace(key, product);
            }
            else
            {
                return Cursor.Malformed;
            }
        }

        var attributes = Attributes(parameters, findings);
        var query = new SearchQuery(text, [], least, most, known, attributes, inStock == "true", sort, limit.Value, after) { Explains = explains == "true" };
        return findings.Any ? findings.Failure() : new SearchParameters(text, locale, categories, currency, query);
    }

    private static Dictionary<string, IReadOnlyList<string>> Attributes(IQueryCollection parameters, Findings findings)
    {
        var filters = parameters.Where(pair => pair.Key.StartsWith("attr.", StringComparison.Ordinal) && pair.Key.Length > "attr.".Length).ToList();
        findings.Check(filters.Count <= MaxFilters, "attr", $"At most {MaxFilters} attributes.");
        findings.Check(filters.All(filter => filter.Value.Count <= MaxValues), "attr", $"At most {MaxValues} values of an attribute.");
        return filters.Take(MaxFilters).ToDictionary(pair => pair.Key, IReadOnlyList<string> (pair) => [.. pair.Value.OfType<string>()], StringComparer.Ordinal);
    }

    private static long? Amount(string? text, string name, string currency, Findings findings)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (text.Length > 20 || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) || amount > Limits.Amount)
        {
            findings.Add(name, "An amount such as 10 or 39.90.");
            return null;
        }

        var minor = amount * Minors.Of(currency);
        return (long)(name == "minPrice" ? decimal.Ceiling(minor) : decimal.Floor(minor));
    }

    private static string? Blank(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
